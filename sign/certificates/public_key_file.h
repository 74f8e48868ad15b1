/* PEM files that hold a public key, by itself or in a certificate. */
#ifndef SIGN_CERTIFICATES_PUBLIC_KEY_FILE_H
#define SIGN_CERTIFICATES_PUBLIC_KEY_FILE_H

#include "sign/keys/public_key.h"

/* Reads the text of a PEM file with one PUBLIC KEY (SubjectPublicKeyInfo), or with certificates,
 * the key of the first of which is taken; all have to be readable. Nothing but white space and
 * comment lines outside the PEM blocks.
 * Shape:  ret->spki lies in `arena`.
 * Errors: key-empty, key-form, key-is-private (a private key where a public one was asked for),
 *         key-unsupported (another curve, size or algorithm; says which are supported). None has a
 *         line as its position (pem.h). *ret is untouched on failure.
 * Source: RFC 7468, RFC 5280 4.1.2.7, RFC 5480. */
MUST_CHECK bool public_key_file_read(struct span pem, struct source_pos named_at,
                                     struct arena *arena, struct public_key *ret,
                                     struct diag_list *diags);

#endif
