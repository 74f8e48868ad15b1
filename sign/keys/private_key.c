#include "sign/keys/private_key.h"

#include "sign/keys/key_math.h"
#include "sign/keys/key_reading.h"
#include "sign/keys/oid.h"
#include "sign/keys/pbes2.h"
#include "sign/keys/pem.h"

#include <string.h>

static bool no_match(const struct key_reading *reading)
{
    return key_reading_wrong(reading,
                             "the private key does not belong to the public key in its file");
}

/* ---- one key ---- */

/* Keeps a part of the key's own bytes and overwrites the rest. */
static void keep_only(struct private_key *key, struct span part)
{
    memmove(key->der, part.data, part.bytes);
    secret_wipe(key->der + part.bytes, sizeof key->der - part.bytes);
    key->der_bytes = part.bytes;
}

static struct span der_of(const struct private_key *key)
{
    return (struct span){key->der, key->der_bytes};
}

/* The DER SubjectPublicKeyInfo of an algorithm's public key. */
static struct span make_spki(const struct key_reading *reading, enum oid algorithm,
                             struct span parameters, struct span key)
{
    struct arena *arena = reading->arena;
    static const uint8_t no_unused_bits = 0;
    const struct span identifier[] = {der_wrap(DER_OID, oid_content(algorithm), arena), parameters};
    const struct span bits[] = {{&no_unused_bits, 1}, key};
    const struct span parts[] = {
        der_wrap(DER_SEQUENCE, der_join(identifier, 2, arena), arena),
        der_wrap(DER_BIT_STRING, der_join(bits, 2, arena), arena),
    };
    return der_wrap(DER_SEQUENCE, der_join(parts, 2, arena), arena);
}

/* The kind of an EC key, of which the key itself may name the curve, or the file beside it, or
 * both.
 */
static bool find_kind(const struct key_reading *reading, struct span inside, struct span beside,
                      enum key_kind *ret)
{
    if (inside.bytes != 0 && beside.bytes != 0 && !span_equal(inside, beside))
        return key_reading_wrong(reading, "the file names two curves for one key");
    return key_reading_curve(reading, inside.bytes != 0 ? inside : beside, ret);
}

/* Finishes a key of which `der` holds the ECPrivateKey. `beside`: the parameters that the file has
 * beside it; empty when it has none. */
static bool finish_ec(const struct key_reading *reading, struct span beside,
                      struct private_key *key)
{
    struct ec_private_parts parts;
    enum key_kind kind = KEY_P256;
    uint8_t point[EC_POINT_BYTES_MOST];
    if (!key_parts_ec_private(der_of(key), &parts))
        return key_reading_wrong(reading,
                                 "the EC private key is not DER as RFC 5915 describes it, or "
                                 "bytes follow it");
    if (!find_kind(reading, parts.parameters, beside, &kind))
        return false;
    const struct span public_point = {point, 1 + 2 * key_math_bytes(kind)};
    if (parts.scalar.bytes != key_math_bytes(kind) || !ec_point_of(kind, parts.scalar, point))
        return key_reading_wrong(reading, "the EC private key is not a number of its curve");
    if (parts.point.bytes != 0 && !span_equal(parts.point, public_point))
        return no_match(reading);
    const struct span parameters =
        der_wrap(DER_OID, oid_content(kind == KEY_P256 ? OID_P256 : OID_P384), reading->arena);
    return public_key_read_spki(make_spki(reading, OID_EC, parameters, public_point), reading->pos,
                                reading->arena, &key->public, reading->diags);
}

/* Finishes a key of which `der` holds the RSAPrivateKey. */
static bool finish_rsa(const struct key_reading *reading, struct private_key *key)
{
    static const uint8_t null[] = {DER_NULL, 0};
    struct rsa_private_parts parts;
    if (!key_parts_rsa_private(der_of(key), &parts))
        return key_reading_wrong(reading,
                                 "the RSA private key is not DER as RFC 8017 describes it, with "
                                 "two primes");
    struct arena *arena = reading->arena;
    const struct span numbers[] = {der_number(parts.n, arena), der_number(parts.e, arena)};
    const struct span rsa = der_wrap(DER_SEQUENCE, der_join(numbers, 2, arena), arena);
    const struct span spki = make_spki(reading, OID_RSA, (struct span){null, sizeof null}, rsa);
    if (!public_key_read_spki(spki, reading->pos, arena, &key->public, reading->diags))
        return false;
    if (parts.d.bytes > key_math_bytes(key->public.kind) || !rsa_is_consistent(&parts))
        return no_match(reading);
    return true;
}

/* The bits of the public key in PKCS#8 are those of the SubjectPublicKeyInfo. */
static bool check_public(const struct key_reading *reading, struct span found,
                         const struct private_key *key)
{
    struct spki_parts parts;
    if (found.bytes == 0)
        return true;
    if (!key_parts_spki(key->public.spki, &parts) || !span_equal(parts.key, found))
        return no_match(reading);
    return true;
}

/* Finishes a key of which `der` holds the PrivateKeyInfo. */
static bool finish_pkcs8(const struct key_reading *reading, struct private_key *key)
{
    struct pkcs8_parts parts;
    if (!key_parts_pkcs8(der_of(key), &parts))
        return key_reading_wrong(reading,
                                 "the private key is not DER as RFC 5958 describes it, or bytes "
                                 "follow it");
    const enum oid algorithm = oid_of(parts.algorithm.oid);
    if (algorithm != OID_EC && algorithm != OID_RSA)
        return key_reading_unsupported(reading,
                                       arena_format(reading->arena, "a key of the algorithm %s",
                                                    oid_name(parts.algorithm.oid, reading->arena)));
    /* copies, since the key's own bytes are moved over them */
    const struct span beside = der_join(&parts.algorithm.parameters, 1, reading->arena);
    const struct span public_key = der_join(&parts.public_key, 1, reading->arena);
    if (algorithm == OID_EC && beside.bytes == 0)
        return key_reading_wrong(reading, "the EC private key does not name its curve");
    if (algorithm == OID_RSA && !der_is_null(beside))
        return key_reading_wrong(reading,
                                 "the RSA key has parameters, which an RSA key must not have");
    keep_only(key, parts.key);
    const bool ok =
        algorithm == OID_EC ? finish_ec(reading, beside, key) : finish_rsa(reading, key);
    return ok && check_public(reading, public_key, key);
}

/* ---- encryption ---- */

static bool wrong_passphrase(const struct key_reading *reading)
{
    return diag_error(reading->diags, "key-passphrase", reading->pos,
                      "the passphrase does not decrypt this key");
}

/* Finishes a key of which `der` holds the EncryptedPrivateKeyInfo. What a wrong passphrase decrypts
 * to is hardly ever one whole SEQUENCE. */
static bool finish_encrypted(const struct key_reading *reading, struct span passphrase,
                             struct private_key *key)
{
    struct pbes2 encryption;
    struct span decrypted = {0}, content;
    if (!pbes2_read(der_of(key), reading->pos, reading->arena, &encryption, reading->diags))
        return false;
    if (passphrase.bytes == 0)
        return diag_error(reading->diags, "key-passphrase", reading->pos,
                          "the key is encrypted, but no passphrase was given");
    uint8_t *in_place = key->der + (encryption.content.data - key->der);
    if (!pbes2_decrypt(&encryption, passphrase, in_place, &decrypted.bytes))
        return wrong_passphrase(reading);
    decrypted.data = in_place;
    keep_only(key, decrypted);
    if (!der_whole(der_of(key), DER_SEQUENCE, &content))
        return wrong_passphrase(reading);
    return finish_pkcs8(reading, key);
}

/* ---- files ---- */

static bool has_old_encryption(const struct pem_block *block)
{
    static const char word[] = "ENCRYPTED";
    const size_t bytes = sizeof word - 1;
    for (size_t i = 0; i + bytes <= block->headers.bytes; i++) {
        if (memcmp(block->headers.data + i, word, bytes) == 0)
            return true;
    }
    return false;
}

static bool is_private(const struct pem_block *block)
{
    return pem_is(block, "EC PRIVATE KEY") || pem_is(block, "RSA PRIVATE KEY") ||
           pem_is(block, "PRIVATE KEY") || pem_is(block, "ENCRYPTED PRIVATE KEY");
}

static bool wrong_label(const struct key_reading *reading, const struct pem_block *block)
{
    const int bytes = (int)block->label.bytes;
    const char *label = (const char *)block->label.data;
    if (pem_is(block, "PUBLIC KEY") || pem_is(block, "RSA PUBLIC KEY"))
        return diag_error(reading->diags, "key-is-public", reading->pos,
                          "this is a public key; a private one is needed to sign");
    if (pem_is(block, "CERTIFICATE"))
        return diag_error(reading->diags, "key-is-public", reading->pos,
                          "this is a certificate; a private key is needed to sign");
    if (pem_is(block, "OPENSSH PRIVATE KEY") || pem_is(block, "DSA PRIVATE KEY")) {
        diag_error(reading->diags, "key-unsupported", reading->pos,
                   "a key in the form %.*s is not supported", bytes, label);
        diag_hint(reading->diags,
                  "make one with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`");
        return false;
    }
    return diag_error(reading->diags, "key-form", reading->pos,
                      "expected a private key, found a %.*s block", bytes, label);
}

static bool check_headers(const struct key_reading *reading, const struct pem_block *block)
{
    if (block->headers.bytes == 0)
        return true;
    if (!has_old_encryption(block))
        return key_reading_wrong(
            reading, "the key has header lines before its base64, which are not supported");
    diag_error(reading->diags, "key-unsupported", reading->pos,
               "the key uses the old PEM encryption (Proc-Type: 4,ENCRYPTED), which is not "
               "supported");
    diag_hint(reading->diags, "encrypt it again: `openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD.pem "
                              "-out NEW.pem`");
    return false;
}

/* Finds the file's one key, and the parameters, which are no secret, of a block before it, as
 * `openssl ecparam -genkey` writes one. */
static bool find_key(const struct key_reading *reading, const struct pem_file *file,
                     const struct pem_block **ret, struct span *ret_beside)
{
    if (file->block_count == 0)
        return diag_error(reading->diags, "key-empty", reading->pos,
                          "there is no key in this file");
    const bool has_parameters = file->block_count > 1 &&
                                pem_is(&file->blocks[0], "EC PARAMETERS") &&
                                pem_is(&file->blocks[1], "EC PRIVATE KEY");
    const size_t at = has_parameters ? 1 : 0;
    const struct pem_block *block = &file->blocks[at];
    if (!is_private(block))
        return wrong_label(reading, block);
    if (file->block_count > at + 1)
        return key_reading_wrong(reading, "there is something else after the key in this file; a "
                                          "file must hold one key and nothing else");
    if (!check_headers(reading, block) ||
        (has_parameters && !pem_decode_public(&file->blocks[0], "key-form", reading->pos,
                                              reading->arena, ret_beside, reading->diags)))
        return false;
    *ret = block;
    return true;
}

static bool read_key(const struct key_reading *reading, struct span pem, struct span passphrase,
                     struct private_key *key)
{
    struct pem_file file;
    const struct pem_block *block = NULL;
    struct span beside = {0};
    if (!pem_split(pem, "key-form", reading->pos, reading->arena, &file, reading->diags) ||
        !find_key(reading, &file, &block, &beside) ||
        !pem_decode(block, "key-form", reading->pos, key->der, sizeof key->der, &key->der_bytes,
                    reading->diags))
        return false;
    if (pem_is(block, "EC PRIVATE KEY"))
        return finish_ec(reading, beside, key);
    if (pem_is(block, "RSA PRIVATE KEY"))
        return finish_rsa(reading, key);
    if (pem_is(block, "PRIVATE KEY"))
        return finish_pkcs8(reading, key);
    return finish_encrypted(reading, passphrase, key);
}

bool private_key_read(struct span pem, struct span passphrase, struct source_pos named_at,
                      struct arena *arena, struct private_key *ret, struct diag_list *diags)
{
    const struct key_reading reading = {{.file = named_at.file}, arena, diags};
    ret->der_bytes = 0;
    const bool ok = read_key(&reading, pem, passphrase, ret);
    if (!ok)
        private_key_wipe(ret);
    secret_wipe_stack();
    return ok;
}

bool private_key_is_encrypted(struct span pem)
{
    static const char mark[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
    const size_t bytes = sizeof mark - 1;
    for (size_t at = 0; at + bytes <= pem.bytes; at++) {
        if ((at == 0 || pem.data[at - 1] == '\n') && memcmp(pem.data + at, mark, bytes) == 0)
            return true;
    }
    return false;
}

void private_key_wipe(struct private_key *key)
{
    secret_wipe(key->der, sizeof key->der);
    key->der_bytes = 0;
}
