/* Private keys. Their bytes live in one fixed buffer, never in an arena, and are zeroized. */
#ifndef SIGN_KEYS_PRIVATE_KEY_H
#define SIGN_KEYS_PRIVATE_KEY_H

#include "sign/keys/public_key.h"
#include "sign/keys/secret.h"

enum {
    PRIVATE_KEY_BYTES_MOST = 4096,       /* an RSA-4096 key in DER takes about 2400 */
    PRIVATE_KEY_FILE_BYTES_MOST = 16384, /* of text; for the caller's buffer */
    PASSPHRASE_BYTES_MOST = 1024
};

/* Hold it in one place, do not copy it, and wipe it at the end. */
struct private_key {
    struct public_key public;
    uint8_t der[PRIVATE_KEY_BYTES_MOST]; /* PKCS#1 or SEC1 */
    size_t der_bytes;
};

/* Whether the text has an encrypted private key, so that a passphrase is needed. */
bool private_key_is_encrypted(struct span pem);

/* Reads the text of a PEM file with one private key: EC PRIVATE KEY (SEC1), RSA PRIVATE KEY
 * (PKCS#1), PRIVATE KEY (PKCS#8), ENCRYPTED PRIVATE KEY (PKCS#8 with PBES2: PBKDF2 with HMAC-SHA-1,
 * -SHA-224, -SHA-256, -SHA-384 or -SHA-512, and AES-128-, -192- or -256-CBC). The private key must
 * belong to its public key.
 * Shape:  pem: the caller keeps it in a buffer that it wipes; passphrase: empty when there is none.
 *         ret->public.spki lies in `arena`; nothing else does.
 * Errors: key-empty, key-form, key-is-public, key-unsupported (scrypt, old PEM encryption
 *         "Proc-Type: 4,ENCRYPTED", and other algorithms by their names), key-iterations,
 *         key-passphrase (wrong, or missing). None has a line as its position (pem.h). *ret is
 *         untouched or wiped on failure.
 * Source: RFC 5915, RFC 8017, RFC 5958, RFC 8018 6.2. */
MUST_CHECK bool private_key_read(struct span pem, struct span passphrase,
                                 struct source_pos named_at, struct arena *arena,
                                 struct private_key *ret, struct diag_list *diags);

/* Overwrites the private part; harmless on a wiped one. */
void private_key_wipe(struct private_key *key);

#endif
