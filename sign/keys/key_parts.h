/* Where the parts of keys stand in their DER forms. All spans point into what is read; nothing is
 * copied, since much of it is secret. Functions return false, with *ret untouched, for any other
 * form. */
#ifndef SIGN_KEYS_KEY_PARTS_H
#define SIGN_KEYS_KEY_PARTS_H

#include "sign/keys/der.h"

/* What follows the algorithm's OBJECT IDENTIFIER in an AlgorithmIdentifier: one element or none. */
struct key_algorithm {
    struct span oid;        /* content */
    struct span parameters; /* a whole element; empty: there is none */
};

/* SubjectPublicKeyInfo ::= SEQUENCE { AlgorithmIdentifier, BIT STRING }.
 * Source: RFC 5280 4.1. */
struct spki_parts {
    struct key_algorithm algorithm;
    struct span key; /* content of the BIT STRING: RSAPublicKey, or a point */
};

/* Numbers are big-endian, without zeros in front. */
struct rsa_public_parts {
    struct span n, e;
};

struct rsa_private_parts {
    struct span n, e, d, p, q, dp, dq, qp;
};

struct ec_private_parts {
    struct span scalar;     /* as many bytes as the file has */
    struct span parameters; /* of the algorithm: a whole element; empty: not there */
    struct span point;      /* empty: not there */
};

struct pkcs8_parts {
    struct key_algorithm algorithm;
    struct span key;        /* RSAPrivateKey or ECPrivateKey */
    struct span public_key; /* as in spki_parts; empty: not there */
};

/* AlgorithmIdentifier ::= SEQUENCE { OBJECT IDENTIFIER, ANY OPTIONAL }; cuts it off *rest. */
MUST_CHECK bool key_parts_take_algorithm(struct span *rest, struct key_algorithm *ret);

MUST_CHECK bool key_parts_spki(struct span der, struct spki_parts *ret);

/* RSAPublicKey ::= SEQUENCE { INTEGER n, INTEGER e }.
 * Source: RFC 8017 A.1.1. */
MUST_CHECK bool key_parts_rsa_public(struct span der, struct rsa_public_parts *ret);

/* RSAPrivateKey ::= SEQUENCE { INTEGER 0, n, e, d, p, q, dP, dQ, qInv }.
 * Source: RFC 8017 A.1.2. */
MUST_CHECK bool key_parts_rsa_private(struct span der, struct rsa_private_parts *ret);

/* ECPrivateKey ::= SEQUENCE { INTEGER 1, OCTET STRING, [0] ANY OPTIONAL, [1] BIT STRING OPTIONAL }.
 * Source: RFC 5915 section 3. */
MUST_CHECK bool key_parts_ec_private(struct span der, struct ec_private_parts *ret);

/* OneAsymmetricKey ::= SEQUENCE { INTEGER version, AlgorithmIdentifier, OCTET STRING,
 *     [0] Attributes OPTIONAL, [1] IMPLICIT BIT STRING OPTIONAL }
 * of version 0, or 1 when it has the last part.
 * Source: RFC 5958 section 2. */
MUST_CHECK bool key_parts_pkcs8(struct span der, struct pkcs8_parts *ret);

#endif
