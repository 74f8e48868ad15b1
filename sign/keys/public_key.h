/* Public keys: what signatures are checked with, and what trust compares. */
#ifndef SIGN_KEYS_PUBLIC_KEY_H
#define SIGN_KEYS_PUBLIC_KEY_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/span.h"
#include "sign/keys/key_kind.h"

struct public_key {
    enum key_kind kind;
    struct span spki;          /* DER SubjectPublicKeyInfo, in its one form for this key */
    char id[KEY_ID_BYTES + 1]; /* first 16 hex digits of SHA-256 over spki */
};

/* Reads a DER SubjectPublicKeyInfo.
 * Errors: key-form, key-unsupported. */
MUST_CHECK bool public_key_read_spki(struct span der, struct source_pos named_at,
                                     struct arena *arena, struct public_key *ret,
                                     struct diag_list *diags);

/* Whether two keys are the same key: all of it, never the id alone. */
bool public_key_equal(const struct public_key *a, const struct public_key *b);

/* The key as a PEM file: PUBLIC KEY. */
const char *public_key_pem(const struct public_key *key, struct arena *arena);

/* For RSA the DER RSAPublicKey (PKCS#1), which some formats hash; for EC the SubjectPublicKeyInfo.
 */
struct span public_key_pkcs1_or_spki(const struct public_key *key);

#endif
