/* Signatures over a message, in the one encoding that each kind of key allows. Of an ECDSA
 * signature (r, s) anybody can make (r, order - s), which is as good: who signed what is the same,
 * but a signature's bytes must not serve as the name of anything. */
#ifndef SIGN_KEYS_SIGNATURE_H
#define SIGN_KEYS_SIGNATURE_H

#include "sign/keys/private_key.h"

enum { SIGNATURE_BYTES_MOST = 512, MESSAGE_DIGEST_BYTES_MOST = 48 };

/* ECDSA: strict DER of r and s. RSA: as many bytes as the modulus. */
struct signature {
    uint8_t bytes[SIGNATURE_BYTES_MOST];
    size_t byte_count;
};

/* The digest that a key signs: SHA-256, for P-384 SHA-384. */
struct message_digest {
    uint8_t bytes[MESSAGE_DIGEST_BYTES_MOST];
    size_t byte_count; /* 32 or 48 */
};

struct message_digest signature_digest(enum key_kind kind, struct span message);

/* Signs; the same key and message always give the same bytes. ECDSA by RFC 6979 (low or high s as
 * it comes). The salt of PSS: the first 32 bytes of HMAC-DRBG(SHA-256) seeded with the private
 * exponent as big-endian bytes of the modulus's length, then the digest. Blinding from a CTR-DRBG
 * of the system's entropy. The result is verified before it is returned.
 * Errors: sign-failed. *ret is untouched on failure.
 * Source: RFC 6979, RFC 8017 8.1, NIST SP 800-90A. */
MUST_CHECK bool signature_make(const struct private_key *key, struct span message,
                               struct signature *ret, struct diag_list *diags);

/* Whether the signature is one by this key over this message, in its strict form.
 * Errors: signature-form (not strict DER, or not of the key's length), signature-wrong (says, for
 *         RSA, when it is a valid PKCS#1 v1.5 signature or PSS with another salt length). */
MUST_CHECK bool signature_verify(const struct public_key *key, struct span message,
                                 struct span signature, struct source_pos named_at,
                                 struct diag_list *diags);

/* The same for a message of which only the digest is at hand. */
MUST_CHECK bool signature_verify_digest(const struct public_key *key,
                                        const struct message_digest *digest, struct span signature,
                                        struct source_pos named_at, struct diag_list *diags);

/* Turns what an HSM or a key server answered into a signature: DER, or r and s one after the other
 * (ECDSA), or as it is (RSA); then verifies it.
 * Errors: signature-form, signature-wrong. *ret is untouched on failure. */
MUST_CHECK bool signature_from_answer(const struct public_key *key,
                                      const struct message_digest *digest, struct span answer,
                                      struct source_pos named_at, struct signature *ret,
                                      struct diag_list *diags);

#endif
