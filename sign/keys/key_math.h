/* The arithmetic of keys, done by mbedTLS; numbers are big-endian bytes. Whatever differs between
 * versions 2.28 and 3 of that library's public-key functions is in key_math.c. */
#ifndef SIGN_KEYS_KEY_MATH_H
#define SIGN_KEYS_KEY_MATH_H

#include "sign/keys/key_kind.h"
#include "sign/keys/key_parts.h"

#include "base/diag.h"

enum { EC_BYTES_MOST = 48, EC_POINT_BYTES_MOST = 1 + 2 * EC_BYTES_MOST, RSA_BYTES_MOST = 512 };

/* Bytes of a coordinate, of a number below the curve's order, or of an RSA modulus. */
size_t key_math_bytes(enum key_kind kind);

bool key_math_is_rsa(enum key_kind kind);

/* r and s, each of key_math_bytes(). */
struct ec_signature {
    uint8_t r[EC_BYTES_MOST];
    uint8_t s[EC_BYTES_MOST];
};

/* Whether an uncompressed point is one of the curve, and not the one at infinity. */
MUST_CHECK bool ec_point_is_valid(enum key_kind kind, struct span point);

/* The uncompressed public point of a private scalar: 1 + 2 * key_math_bytes() bytes. False unless
 * the scalar is in the range 1 to order - 1. */
MUST_CHECK bool ec_point_of(enum key_kind kind, struct span scalar, uint8_t *ret_point);

/* Deterministic ECDSA over a digest of the kind's hash. False when the library fails.
 * Source: RFC 6979. */
MUST_CHECK bool ec_sign(enum key_kind kind, struct span scalar, struct span digest,
                        struct ec_signature *ret);

/* False also for r or s that is not in the range 1 to order - 1. */
MUST_CHECK bool ec_verify(enum key_kind kind, struct span point, struct span digest,
                          const struct ec_signature *signature);

/* Whether p, q, d, dP, dQ and qInv belong to n and e. */
MUST_CHECK bool rsa_is_consistent(const struct rsa_private_parts *parts);

/* PSS with SHA-256, MGF1 with SHA-256 and this salt of 32 bytes; as many bytes as n has. False when
 * the library fails.
 * Source: RFC 8017 8.1.1. */
MUST_CHECK bool rsa_sign(const struct rsa_private_parts *parts, struct span digest,
                         const uint8_t *salt, uint8_t *ret_signature);

/* What a signature of a right length is. */
enum rsa_answer {
    RSA_GOOD,
    RSA_OTHER_SALT, /* good, but for its salt of another length */
    RSA_PKCS1_V15,  /* a good one of that form */
    RSA_WRONG
};

/* Checks a signature of as many bytes as n over a SHA-256 digest.
 * Source: RFC 8017 8.1.2. */
enum rsa_answer rsa_verify(const struct rsa_public_parts *parts, struct span digest,
                           struct span signature);

#endif
