#include "sign/keys/oid.h"

#include "base/buffer.h"

#include <stdlib.h>

struct entry {
    enum oid oid;
    const char *name;
    const char *content;
    size_t bytes;
};

#define ENTRY(oid, name, content)                                                                  \
    {                                                                                              \
        oid, name, content, sizeof(content) - 1                                                    \
    }

/* Sources: RFC 8017 A.1, RFC 5480 2.1.1, RFC 8410 3, RFC 8018 B and C, RFC 7914 7, RFC 5639 4.1,
 * SEC 2 A.2, NIST's register of AES. */
static const struct entry entries[] = {
    ENTRY(OID_RSA, "RSA", "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"),
    ENTRY(OID_EC, "EC", "\x2a\x86\x48\xce\x3d\x02\x01"),
    ENTRY(OID_P256, "P-256", "\x2a\x86\x48\xce\x3d\x03\x01\x07"),
    ENTRY(OID_P384, "P-384", "\x2b\x81\x04\x00\x22"),
    ENTRY(OID_PBES2, "PBES2", "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"),
    ENTRY(OID_PBKDF2, "PBKDF2", "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c"),
    ENTRY(OID_SCRYPT, "scrypt", "\x2b\x06\x01\x04\x01\xda\x47\x04\x0b"),
    ENTRY(OID_HMAC_SHA1, "HMAC-SHA-1", "\x2a\x86\x48\x86\xf7\x0d\x02\x07"),
    ENTRY(OID_HMAC_SHA224, "HMAC-SHA-224", "\x2a\x86\x48\x86\xf7\x0d\x02\x08"),
    ENTRY(OID_HMAC_SHA256, "HMAC-SHA-256", "\x2a\x86\x48\x86\xf7\x0d\x02\x09"),
    ENTRY(OID_HMAC_SHA384, "HMAC-SHA-384", "\x2a\x86\x48\x86\xf7\x0d\x02\x0a"),
    ENTRY(OID_HMAC_SHA512, "HMAC-SHA-512", "\x2a\x86\x48\x86\xf7\x0d\x02\x0b"),
    ENTRY(OID_AES_128_CBC, "AES-128-CBC", "\x60\x86\x48\x01\x65\x03\x04\x01\x02"),
    ENTRY(OID_AES_192_CBC, "AES-192-CBC", "\x60\x86\x48\x01\x65\x03\x04\x01\x16"),
    ENTRY(OID_AES_256_CBC, "AES-256-CBC", "\x60\x86\x48\x01\x65\x03\x04\x01\x2a"),
    /* these only have their names in messages */
    ENTRY(OID_OTHER, "RSA-PSS", "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"),
    ENTRY(OID_OTHER, "DSA", "\x2a\x86\x48\xce\x38\x04\x01"),
    ENTRY(OID_OTHER, "DH", "\x2a\x86\x48\x86\xf7\x0d\x01\x03\x01"),
    ENTRY(OID_OTHER, "X25519", "\x2b\x65\x6e"),
    ENTRY(OID_OTHER, "X448", "\x2b\x65\x6f"),
    ENTRY(OID_OTHER, "Ed25519", "\x2b\x65\x70"),
    ENTRY(OID_OTHER, "Ed448", "\x2b\x65\x71"),
    ENTRY(OID_OTHER, "P-192", "\x2a\x86\x48\xce\x3d\x03\x01\x01"),
    ENTRY(OID_OTHER, "P-224", "\x2b\x81\x04\x00\x21"),
    ENTRY(OID_OTHER, "P-521", "\x2b\x81\x04\x00\x23"),
    ENTRY(OID_OTHER, "secp256k1", "\x2b\x81\x04\x00\x0a"),
    ENTRY(OID_OTHER, "brainpoolP256r1", "\x2b\x24\x03\x03\x02\x08\x01\x01\x07"),
    ENTRY(OID_OTHER, "brainpoolP384r1", "\x2b\x24\x03\x03\x02\x08\x01\x01\x0b"),
    ENTRY(OID_OTHER, "brainpoolP512r1", "\x2b\x24\x03\x03\x02\x08\x01\x01\x0d"),
    ENTRY(OID_OTHER, "SM2", "\x2a\x81\x1c\xcf\x55\x01\x82\x2d"),
    ENTRY(OID_OTHER, "PBES1 with MD5 and DES", "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x03"),
    ENTRY(OID_OTHER, "PBES1 with SHA-1 and DES", "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0a"),
    ENTRY(OID_OTHER, "PKCS#12 with RC4-128", "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x01"),
    ENTRY(OID_OTHER, "PKCS#12 with triple DES", "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x03"),
    ENTRY(OID_OTHER, "PKCS#12 with RC2-40", "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x06"),
    ENTRY(OID_OTHER, "DES-CBC", "\x2b\x0e\x03\x02\x07"),
    ENTRY(OID_OTHER, "triple DES", "\x2a\x86\x48\x86\xf7\x0d\x03\x07"),
    ENTRY(OID_OTHER, "RC2-CBC", "\x2a\x86\x48\x86\xf7\x0d\x03\x02"),
    ENTRY(OID_OTHER, "AES-128-GCM", "\x60\x86\x48\x01\x65\x03\x04\x01\x06"),
    ENTRY(OID_OTHER, "AES-256-GCM", "\x60\x86\x48\x01\x65\x03\x04\x01\x2e"),
};

enum { ENTRY_COUNT = sizeof entries / sizeof *entries, BYTES_PRINTED_MOST = 32 };

static struct span content_of(const struct entry *entry)
{
    return (struct span){(const uint8_t *)entry->content, entry->bytes};
}

static const struct entry *find(struct span content)
{
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        if (span_equal(content_of(&entries[i]), content))
            return &entries[i];
    }
    return NULL;
}

enum oid oid_of(struct span content)
{
    const struct entry *entry = find(content);
    return entry == NULL ? OID_OTHER : entry->oid;
}

struct span oid_content(enum oid oid)
{
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        if (entries[i].oid == oid && oid != OID_OTHER)
            return content_of(&entries[i]);
    }
    abort();
}

/* The numbers joined by dots.
 * Source: ITU-T X.690, 8.19. */
static const char *numbers(struct span content, struct arena *arena)
{
    struct buffer text = buffer_in(arena);
    uint64_t number = 0;
    bool is_first = true;
    if (content.bytes > BYTES_PRINTED_MOST)
        return "with more numbers than can be printed";
    for (size_t i = 0; i < content.bytes; i++) {
        if (number >> 57 != 0)
            return "with numbers too large to print";
        number = number << 7 | (content.data[i] & 0x7f);
        if (content.data[i] & 0x80)
            continue;
        if (is_first) {
            const uint64_t top = number < 80 ? number / 40 : 2;
            buffer_format(&text, "%llu.%llu", (unsigned long long)top,
                          (unsigned long long)(number - 40 * top));
        } else {
            buffer_format(&text, ".%llu", (unsigned long long)number);
        }
        is_first = false;
        number = 0;
    }
    return buffer_text(&text);
}

const char *oid_name(struct span content, struct arena *arena)
{
    const struct entry *entry = find(content);
    if (entry != NULL)
        return entry->name;
    return arena_format(arena, "object identifier %s", numbers(content, arena));
}
