/* Public keys: what signatures are checked with, and what trust compares. */
#ifndef SIGN_PUBLIC_KEY_H
#define SIGN_PUBLIC_KEY_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/span.h"

/* The key alone fixes the algorithm: P-256 with SHA-256 and P-384 with SHA-384 (ECDSA), RSA with
 * PSS, SHA-256, MGF1 with SHA-256 and a salt of 32 bytes. EC keys name their curve and have their
 * point uncompressed; RSA moduli have exactly 3072 or 4096 bits, public exponents are odd, from
 * 65537, below 2^256 (FIPS 186-5, 5.1). */
enum key_kind { KEY_P256, KEY_P384, KEY_RSA_3072, KEY_RSA_4096 };

enum { KEY_ID_BYTES = 16, KEY_FILE_BYTES_MOST = 1 << 20 };

struct public_key {
    enum key_kind kind;
    struct span spki;          /* DER SubjectPublicKeyInfo, in its one form for this key */
    char id[KEY_ID_BYTES + 1]; /* first 16 hex digits of SHA-256 over spki */
};

/* Reads the text of a PEM file with one PUBLIC KEY (SubjectPublicKeyInfo), or with certificates,
 * the key of the first of which is taken; all have to be readable. Nothing but white space and
 * comment lines outside the PEM blocks.
 * Shape:  ret->spki lies in `arena`.
 * Errors: key-empty, key-form, key-is-private (a private key where a public one was asked for),
 *         key-unsupported (another curve, size or algorithm; says which are supported). None has a
 *         line as its position (pem.h). *ret is untouched on failure.
 * Source: RFC 7468, RFC 5280 4.1.2.7, RFC 5480. */
MUST_CHECK bool public_key_read(struct span pem, struct source_pos named_at, struct arena *arena,
                                struct public_key *ret, struct diag_list *diags);

/* Reads a DER SubjectPublicKeyInfo. Errors: key-form, key-unsupported. */
MUST_CHECK bool public_key_read_spki(struct span der, struct source_pos named_at,
                                     struct arena *arena, struct public_key *ret,
                                     struct diag_list *diags);

/* Whether two keys are the same key: all of it, never the id alone. */
bool public_key_equal(const struct public_key *a, const struct public_key *b);

/* "P-256", "P-384", "RSA-3072", "RSA-4096". */
const char *public_key_kind_name(enum key_kind kind);

/* The key as a PEM file: PUBLIC KEY. */
const char *public_key_pem(const struct public_key *key, struct arena *arena);

/* For RSA the DER RSAPublicKey (PKCS#1), which some formats hash; for EC the SubjectPublicKeyInfo.
 */
struct span public_key_pkcs1_or_spki(const struct public_key *key);

#endif
