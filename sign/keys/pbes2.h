/* Encrypted private keys: EncryptedPrivateKeyInfo with PBES2. mbedTLS 2.28 does not read those that
 * are encrypted with AES, so this is done with its primitives.
 *
 *   EncryptedPrivateKeyInfo ::= SEQUENCE { AlgorithmIdentifier { PBES2, SEQUENCE {
 *       AlgorithmIdentifier { PBKDF2, SEQUENCE { OCTET STRING salt, INTEGER iterations,
 *           INTEGER keyLength OPTIONAL, AlgorithmIdentifier prf DEFAULT { HMAC-SHA-1, NULL } } },
 *       AlgorithmIdentifier { AES-…-CBC, OCTET STRING iv } } }, OCTET STRING encrypted }
 *
 * Source: RFC 5958 section 3, RFC 8018 A.2, A.4, B.2.5.
 */
#ifndef SIGN_KEYS_PBES2_H
#define SIGN_KEYS_PBES2_H

#include "sign/keys/oid.h"

#include "base/diag.h"
#include "base/span.h"

/* Of PBKDF2: openssl writes 2048, careful people 10^6. */
enum { PBES2_ITERATIONS_MOST = 10000000 };

struct pbes2 {
    struct span salt;
    uint32_t iterations;
    enum oid hash;       /* OID_HMAC_… */
    enum oid cipher;     /* OID_AES_… */
    struct span iv;      /* 16 bytes */
    struct span content; /* encrypted; at least one whole block of 16 bytes */
};

/* Reads the form, of which nothing is secret yet.
 * Shape:  the spans of *ret point into `der`.
 * Errors: key-form, key-unsupported (scrypt, older schemes and other ciphers, by name),
 *         key-iterations (more than PBES2_ITERATIONS_MOST, or none). *ret is untouched on
 *         failure. */
MUST_CHECK bool pbes2_read(struct span der, struct source_pos named_at, struct arena *arena,
                           struct pbes2 *ret, struct diag_list *diags);

/* Decrypts to a buffer with room for content.bytes, which may be where the content lies.
 * Errors: none but false, when the passphrase is wrong or the file is damaged: what decrypts is
 *         padded as it has to be by accident in one of 256 cases, and the caller sees what it got.
 */
MUST_CHECK bool pbes2_decrypt(const struct pbes2 *from, struct span passphrase, uint8_t *ret,
                              size_t *ret_bytes);

#endif
