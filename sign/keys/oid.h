/* Object identifiers of keys and their encryption. */
#ifndef SIGN_KEYS_OID_H
#define SIGN_KEYS_OID_H

#include "base/arena.h"
#include "base/span.h"

enum oid {
    OID_OTHER,
    OID_RSA,
    OID_EC,
    OID_P256,
    OID_P384,
    OID_PBES2,
    OID_PBKDF2,
    OID_SCRYPT,
    OID_HMAC_SHA1,
    OID_HMAC_SHA224,
    OID_HMAC_SHA256,
    OID_HMAC_SHA384,
    OID_HMAC_SHA512,
    OID_AES_128_CBC,
    OID_AES_192_CBC,
    OID_AES_256_CBC
};

/* Which one the content of an OBJECT IDENTIFIER element is. */
enum oid oid_of(struct span content);

/* The content of its element; not for OID_OTHER. */
struct span oid_content(enum oid oid);

/* What people call it, also for many that are not in the enum; else its numbers, "1.2.840.113549".
 */
const char *oid_name(struct span content, struct arena *arena);

#endif
