#include "sign/keys/pbes2.h"

#include "sign/keys/key_parts.h"
#include "sign/keys/key_reading.h"
#include "sign/keys/secret.h"

#include <mbedtls/cipher.h>
#include <mbedtls/md.h>
#include <mbedtls/pkcs5.h>

enum { BLOCK_BYTES = 16, KEY_BYTES_MOST = 32, SALT_BYTES_MOST = 1024 };

static bool wrong_form(const struct key_reading *reading, const char *what)
{
    return diag_error(reading->diags, "key-form", reading->pos,
                      "the encrypted key is not in the form of RFC 8018: %s", what);
}

static bool unsupported(const struct key_reading *reading, struct span oid)
{
    diag_error(reading->diags, "key-unsupported", reading->pos,
               "the key is encrypted with %s, which is not supported",
               oid_name(oid, reading->arena));
    diag_hint(reading->diags, "encrypt it again: `openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD.pem "
                              "-out NEW.pem`, for PBKDF2 and AES-CBC");
    return false;
}

static size_t key_bytes(enum oid cipher)
{
    return cipher == OID_AES_128_CBC ? 16 : cipher == OID_AES_192_CBC ? 24 : 32;
}

static bool is_cipher(enum oid oid)
{
    return oid == OID_AES_128_CBC || oid == OID_AES_192_CBC || oid == OID_AES_256_CBC;
}

static bool is_hmac(enum oid oid)
{
    return oid == OID_HMAC_SHA1 || oid == OID_HMAC_SHA224 || oid == OID_HMAC_SHA256 ||
           oid == OID_HMAC_SHA384 || oid == OID_HMAC_SHA512;
}

static bool check_iterations(const struct key_reading *reading, uint64_t iterations)
{
    if (iterations >= 1 && iterations <= PBES2_ITERATIONS_MOST)
        return true;
    diag_error(reading->diags, "key-iterations", reading->pos,
               "the key's encryption asks for %s%llu iterations of PBKDF2; at least 1 and at most "
               "%d are allowed",
               iterations > UINT32_MAX ? "more than " : "",
               (unsigned long long)(iterations > UINT32_MAX ? UINT32_MAX : iterations),
               PBES2_ITERATIONS_MOST);
    diag_hint(reading->diags,
              "encrypt it again: `openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 1000000 "
              "-in OLD.pem -out NEW.pem`");
    return false;
}

static bool read_iterations(const struct key_reading *reading, struct span *content, uint32_t *ret)
{
    struct span number;
    if (!der_take_number(content, &number))
        return wrong_form(reading, "no number of iterations");
    uint64_t iterations = 0;
    for (size_t i = 0; i < number.bytes; i++)
        iterations = iterations >> 32 != 0 ? iterations : iterations << 8 | number.data[i];
    if (!check_iterations(reading, iterations))
        return false;
    *ret = (uint32_t)iterations;
    return true;
}

/* Reads PBKDF2-params; *ret_key_bytes stays as it is when they name no length. */
static bool read_pbkdf2(const struct key_reading *reading, struct span parameters,
                        struct pbes2 *ret, uint32_t *ret_key_bytes)
{
    struct span content;
    struct key_algorithm hash;
    if (!der_whole(parameters, DER_SEQUENCE, &content) ||
        !der_take(&content, DER_OCTET_STRING, &ret->salt) || ret->salt.bytes > SALT_BYTES_MOST)
        return wrong_form(reading, "no salt for PBKDF2, or one of more than 1024 bytes");
    if (!read_iterations(reading, &content, &ret->iterations))
        return false;
    if (der_is_next(content, DER_INTEGER) && !der_take_u32(&content, ret_key_bytes))
        return wrong_form(reading, "the key length of PBKDF2");
    ret->hash = OID_HMAC_SHA1;
    if (content.bytes == 0)
        return true;
    if (!key_parts_take_algorithm(&content, &hash) || content.bytes != 0 ||
        (hash.parameters.bytes != 0 && !der_is_null(hash.parameters)))
        return wrong_form(reading, "the hash of PBKDF2");
    ret->hash = oid_of(hash.oid);
    return is_hmac(ret->hash) || unsupported(reading, hash.oid);
}

/* Reads PBES2-params. */
static bool read_scheme(const struct key_reading *reading, struct span parameters,
                        struct pbes2 *ret)
{
    struct span content;
    struct key_algorithm derivation, cipher;
    if (!der_whole(parameters, DER_SEQUENCE, &content) ||
        !key_parts_take_algorithm(&content, &derivation) ||
        !key_parts_take_algorithm(&content, &cipher) || content.bytes != 0)
        return wrong_form(reading, "the parameters of PBES2");
    if (oid_of(derivation.oid) != OID_PBKDF2)
        return unsupported(reading, derivation.oid);
    ret->cipher = oid_of(cipher.oid);
    if (!is_cipher(ret->cipher))
        return unsupported(reading, cipher.oid);
    if (!der_whole(cipher.parameters, DER_OCTET_STRING, &ret->iv) || ret->iv.bytes != BLOCK_BYTES)
        return wrong_form(reading, "the initial vector of AES is not 16 bytes");
    uint32_t length = (uint32_t)key_bytes(ret->cipher);
    if (!read_pbkdf2(reading, derivation.parameters, ret, &length))
        return false;
    if (length != key_bytes(ret->cipher))
        return wrong_form(reading, "the key length of PBKDF2 is not that of the cipher");
    return true;
}

bool pbes2_read(struct span der, struct source_pos named_at, struct arena *arena, struct pbes2 *ret,
                struct diag_list *diags)
{
    const struct key_reading reading = {{.file = named_at.file}, arena, diags};
    struct span content;
    struct key_algorithm algorithm;
    struct pbes2 read = {0};
    if (!der_whole(der, DER_SEQUENCE, &content) ||
        !key_parts_take_algorithm(&content, &algorithm) ||
        !der_take(&content, DER_OCTET_STRING, &read.content) || content.bytes != 0)
        return wrong_form(&reading, "its parts are not DER, or bytes follow them");
    if (oid_of(algorithm.oid) != OID_PBES2)
        return unsupported(&reading, algorithm.oid);
    if (!read_scheme(&reading, algorithm.parameters, &read))
        return false;
    if (read.content.bytes == 0 || read.content.bytes % BLOCK_BYTES != 0)
        return wrong_form(&reading, "what is encrypted is not a whole number of blocks");
    *ret = read;
    return true;
}

/* ---- decryption ---- */

static mbedtls_md_type_t hash_type(enum oid hash)
{
    switch ((int)hash) {
    case OID_HMAC_SHA224:
        return MBEDTLS_MD_SHA224;
    case OID_HMAC_SHA256:
        return MBEDTLS_MD_SHA256;
    case OID_HMAC_SHA384:
        return MBEDTLS_MD_SHA384;
    case OID_HMAC_SHA512:
        return MBEDTLS_MD_SHA512;
    default:
        return MBEDTLS_MD_SHA1;
    }
}

static mbedtls_cipher_type_t cipher_type(enum oid cipher)
{
    return cipher == OID_AES_128_CBC   ? MBEDTLS_CIPHER_AES_128_CBC
           : cipher == OID_AES_192_CBC ? MBEDTLS_CIPHER_AES_192_CBC
                                       : MBEDTLS_CIPHER_AES_256_CBC;
}

static bool derive(const struct pbes2 *from, struct span passphrase, uint8_t *ret_key)
{
    mbedtls_md_context_t hmac;
    mbedtls_md_init(&hmac);
    const bool ok =
        mbedtls_md_setup(&hmac, mbedtls_md_info_from_type(hash_type(from->hash)), 1) == 0 &&
        mbedtls_pkcs5_pbkdf2_hmac(&hmac, passphrase.data, passphrase.bytes, from->salt.data,
                                  from->salt.bytes, from->iterations,
                                  (uint32_t)key_bytes(from->cipher), ret_key) == 0;
    mbedtls_md_free(&hmac);
    return ok;
}

/* PKCS#7 padding is taken off by the library. */
static bool decrypt(const struct pbes2 *from, const uint8_t *key, uint8_t *ret, size_t *ret_bytes)
{
    mbedtls_cipher_context_t cipher;
    mbedtls_cipher_init(&cipher);
    const bool ok =
        mbedtls_cipher_setup(&cipher, mbedtls_cipher_info_from_type(cipher_type(from->cipher))) ==
            0 &&
        mbedtls_cipher_setkey(&cipher, key, (int)(8 * key_bytes(from->cipher)), MBEDTLS_DECRYPT) ==
            0 &&
        mbedtls_cipher_crypt(&cipher, from->iv.data, from->iv.bytes, from->content.data,
                             from->content.bytes, ret, ret_bytes) == 0;
    mbedtls_cipher_free(&cipher);
    return ok;
}

bool pbes2_decrypt(const struct pbes2 *from, struct span passphrase, uint8_t *ret,
                   size_t *ret_bytes)
{
    uint8_t key[KEY_BYTES_MOST];
    size_t bytes = 0;
    const bool ok = derive(from, passphrase, key) && decrypt(from, key, ret, &bytes);
    secret_wipe(key, sizeof key);
    secret_wipe_stack();
    if (ok)
        *ret_bytes = bytes;
    return ok;
}
