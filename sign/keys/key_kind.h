/* The kinds of keys that are supported. */
#ifndef SIGN_KEYS_KEY_KIND_H
#define SIGN_KEYS_KEY_KIND_H

/* The key alone fixes the algorithm: P-256 with SHA-256 and P-384 with SHA-384 (ECDSA), RSA with
 * PSS, SHA-256, MGF1 with SHA-256 and a salt of 32 bytes. EC keys name their curve and have their
 * point uncompressed; RSA moduli have exactly 3072 or 4096 bits, public exponents are odd, from
 * 65537, below 2^256 (FIPS 186-5, 5.1). */
enum key_kind { KEY_P256, KEY_P384, KEY_RSA_3072, KEY_RSA_4096 };

/* Of every kind. */
enum { KEY_ID_BYTES = 16, KEY_FILE_BYTES_MOST = 1 << 20 };

/* "P-256", "P-384", "RSA-3072", "RSA-4096". */
const char *key_kind_name(enum key_kind kind);

#endif
