#include "sign/keys/public_key.h"

#include "sign/digest/digest.h"
#include "sign/keys/key_math.h"
#include "sign/keys/key_reading.h"
#include "sign/keys/oid.h"
#include "sign/keys/pem.h"

#include <string.h>

enum {
    RSA_EXPONENT_BYTES_MOST = 32, /* FIPS 186-5, 5.1: below 2^256 */
    POINT_UNCOMPRESSED = 0x04
};

/* ---- SubjectPublicKeyInfo ---- */

static bool check_point(const struct key_reading *reading, enum key_kind kind, struct span point)
{
    if (point.bytes == 1 + key_math_bytes(kind) && point.data[0] != POINT_UNCOMPRESSED) {
        key_reading_unsupported(reading, "an EC public key with its point compressed");
        diag_hint(reading->diags, "convert it with `openssl ec -conv_form uncompressed`");
        return false;
    }
    if (point.bytes != 1 + 2 * key_math_bytes(kind) || point.data[0] != POINT_UNCOMPRESSED ||
        !ec_point_is_valid(kind, point))
        return key_reading_wrong(reading, "the public key is not a point of its curve");
    return true;
}

static bool read_ec(const struct key_reading *reading, const struct spki_parts *parts,
                    enum key_kind *ret)
{
    enum key_kind kind = KEY_P256;
    if (!key_reading_curve(reading, parts->algorithm.parameters, &kind))
        return false;
    if (!check_point(reading, kind, parts->key))
        return false;
    *ret = kind;
    return true;
}

static size_t count_bits(struct span number)
{
    size_t bits = 8 * number.bytes;
    for (uint8_t mask = 0x80; number.bytes > 0 && mask != 0 && (number.data[0] & mask) == 0;
         mask >>= 1)
        bits--;
    return bits;
}

static bool is_odd(struct span number)
{
    return number.bytes > 0 && (number.data[number.bytes - 1] & 1) != 0;
}

static bool read_rsa(const struct key_reading *reading, const struct spki_parts *parts,
                     enum key_kind *ret)
{
    struct rsa_public_parts rsa;
    if (!der_is_null(parts->algorithm.parameters) || !key_parts_rsa_public(parts->key, &rsa))
        return key_reading_wrong(reading, "the RSA public key is not DER as RFC 8017 describes it");
    const size_t bits = count_bits(rsa.n);
    if (bits != 3072 && bits != 4096)
        return key_reading_unsupported(
            reading, arena_format(reading->arena, "an RSA key of %zu bits", bits));
    if (!is_odd(rsa.n))
        return key_reading_wrong(reading, "the RSA key's modulus is even");
    if (!is_odd(rsa.e) || count_bits(rsa.e) < 17 || rsa.e.bytes > RSA_EXPONENT_BYTES_MOST)
        return diag_error(
            reading->diags, "key-unsupported", reading->pos,
            "the RSA key's public exponent must be an odd number of at least 65537, below "
            "2^256");
    *ret = bits == 3072 ? KEY_RSA_3072 : KEY_RSA_4096;
    return true;
}

static bool read_kind(const struct key_reading *reading, struct span der, enum key_kind *ret)
{
    struct spki_parts parts;
    if (!key_parts_spki(der, &parts))
        return key_reading_wrong(
            reading, "the public key is not a SubjectPublicKeyInfo in DER, or bytes follow it");
    switch ((int)oid_of(parts.algorithm.oid)) {
    case OID_EC:
        return read_ec(reading, &parts, ret);
    case OID_RSA:
        return read_rsa(reading, &parts, ret);
    default:
        return key_reading_unsupported(reading,
                                       arena_format(reading->arena, "a key of the algorithm %s",
                                                    oid_name(parts.algorithm.oid, reading->arena)));
    }
}

bool public_key_read_spki(struct span der, struct source_pos named_at, struct arena *arena,
                          struct public_key *ret, struct diag_list *diags)
{
    const struct key_reading reading = {{.file = named_at.file}, arena, diags};
    struct public_key key = {0};
    if (!read_kind(&reading, der, &key.kind))
        return false;
    key.spki = der_join(&der, 1, arena);
    const struct digest digest = digest_of(key.spki);
    memcpy(key.id, digest_hex(&digest, arena), KEY_ID_BYTES);
    *ret = key;
    return true;
}

/* ---- what a key is asked for ---- */

bool public_key_equal(const struct public_key *a, const struct public_key *b)
{
    return span_equal(a->spki, b->spki);
}

const char *public_key_pem(const struct public_key *key, struct arena *arena)
{
    return pem_write("PUBLIC KEY", key->spki, arena);
}

struct span public_key_pkcs1_or_spki(const struct public_key *key)
{
    struct spki_parts parts;
    if (!key_math_is_rsa(key->kind) || !key_parts_spki(key->spki, &parts))
        return key->spki;
    return parts.key;
}
