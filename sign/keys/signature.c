#include "sign/keys/signature.h"

#include "sign/digest/digest.h"
#include "sign/keys/key_math.h"

#include <mbedtls/hmac_drbg.h>
#include <mbedtls/md.h>

#include <stdlib.h>
#include <string.h>

enum { PSS_SALT_BYTES = 32, DER_SHORT_MOST = 127 };

struct message_digest signature_digest(enum key_kind kind, struct span message)
{
    struct message_digest ret = {.byte_count = DIGEST_BYTES};
    if (kind == KEY_P384) {
        const mbedtls_md_info_t *sha384 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA384);
        ret.byte_count = mbedtls_md_get_size(sha384);
        if (mbedtls_md(sha384, message.data, message.bytes, ret.bytes) != 0)
            abort(); /* the software implementation cannot fail */
        return ret;
    }
    const struct digest digest = digest_of(message);
    memcpy(ret.bytes, digest.bytes, DIGEST_BYTES);
    return ret;
}

static struct span span_of(const struct message_digest *digest)
{
    return (struct span){digest->bytes, digest->byte_count};
}

/* ---- the form of ECDSA signatures ----
 *
 * ECDSA-Sig-Value ::= SEQUENCE { INTEGER r, INTEGER s }      Source: RFC 3279 2.2.3
 */

static void append_number(struct signature *to, const uint8_t *number, size_t bytes)
{
    const struct span trimmed = der_trim((struct span){number, bytes});
    const bool needs_zero = trimmed.bytes == 0 || trimmed.data[0] >= 0x80;
    to->bytes[to->byte_count++] = DER_INTEGER;
    to->bytes[to->byte_count++] = (uint8_t)(trimmed.bytes + (needs_zero ? 1 : 0));
    if (needs_zero)
        to->bytes[to->byte_count++] = 0;
    memcpy(to->bytes + to->byte_count, trimmed.data, trimmed.bytes);
    to->byte_count += trimmed.bytes;
}

/* At most 2 + 2 * (2 + 1 + 48) bytes, so that each length is one byte. */
static struct signature encode(enum key_kind kind, const struct ec_signature *numbers)
{
    struct signature encoded = {.byte_count = 2};
    append_number(&encoded, numbers->r, key_math_bytes(kind));
    append_number(&encoded, numbers->s, key_math_bytes(kind));
    encoded.bytes[0] = DER_SEQUENCE;
    encoded.bytes[1] = (uint8_t)(encoded.byte_count - 2);
    return encoded;
}

static bool place_number(struct span number, uint8_t *ret, size_t bytes)
{
    if (number.bytes == 0 || number.bytes > bytes)
        return false;
    memset(ret, 0, bytes - number.bytes);
    memcpy(ret + bytes - number.bytes, number.data, number.bytes);
    return true;
}

static bool decode(enum key_kind kind, struct span signature, struct ec_signature *ret)
{
    const size_t bytes = key_math_bytes(kind);
    struct span content, r, s;
    return der_whole(signature, DER_SEQUENCE, &content) && der_take_number(&content, &r) &&
           der_take_number(&content, &s) && content.bytes == 0 && place_number(r, ret->r, bytes) &&
           place_number(s, ret->s, bytes);
}

/* ---- checking ---- */

static bool wrong(struct source_pos pos, struct diag_list *diags, const char *why)
{
    return diag_error(diags, "signature-wrong", pos,
                      "the signature was not made by this key over these bytes%s", why);
}

static bool is_good_ec(const struct public_key *key, const struct message_digest *digest,
                       const struct ec_signature *numbers)
{
    struct spki_parts parts;
    return key_parts_spki(key->spki, &parts) &&
           ec_verify(key->kind, parts.key, span_of(digest), numbers);
}

static bool verify_ec(const struct public_key *key, const struct message_digest *digest,
                      struct span signature, struct source_pos pos, struct diag_list *diags)
{
    struct ec_signature numbers;
    if (!decode(key->kind, signature, &numbers))
        return diag_error(diags, "signature-form", pos,
                          "the %s signature is not two numbers in strict DER",
                          key_kind_name(key->kind));
    return is_good_ec(key, digest, &numbers) || wrong(pos, diags, "");
}

static bool verify_rsa(const struct public_key *key, const struct message_digest *digest,
                       struct span signature, struct source_pos pos, struct diag_list *diags)
{
    struct spki_parts parts;
    struct rsa_public_parts rsa;
    if (signature.bytes != key_math_bytes(key->kind))
        return diag_error(diags, "signature-form", pos,
                          "the signature has %zu bytes; those of an %s key have %zu",
                          signature.bytes, key_kind_name(key->kind), key_math_bytes(key->kind));
    if (!key_parts_spki(key->spki, &parts) || !key_parts_rsa_public(parts.key, &rsa))
        return wrong(pos, diags, "");
    switch (rsa_verify(&rsa, span_of(digest), signature)) {
    case RSA_GOOD:
        return true;
    case RSA_OTHER_SALT:
        wrong(pos, diags, ": it is PSS with a salt that is not 32 bytes long");
        diag_hint(diags, "with openssl, use `-sigopt rsa_padding_mode:pss -sigopt "
                         "rsa_pss_saltlen:digest`");
        return false;
    case RSA_PKCS1_V15:
        wrong(pos, diags, ": it is PKCS#1 v1.5, not PSS");
        diag_hint(diags, "with openssl, use `-sigopt rsa_padding_mode:pss -sigopt "
                         "rsa_pss_saltlen:digest`");
        return false;
    case RSA_WRONG:
        break;
    }
    return wrong(pos, diags, "");
}

bool signature_verify_digest(const struct public_key *key, const struct message_digest *digest,
                             struct span signature, struct source_pos named_at,
                             struct diag_list *diags)
{
    const struct source_pos pos = {.file = named_at.file};
    return key_math_is_rsa(key->kind) ? verify_rsa(key, digest, signature, pos, diags)
                                      : verify_ec(key, digest, signature, pos, diags);
}

bool signature_verify(const struct public_key *key, struct span message, struct span signature,
                      struct source_pos named_at, struct diag_list *diags)
{
    const struct message_digest digest = signature_digest(key->kind, message);
    return signature_verify_digest(key, &digest, signature, named_at, diags);
}

/* ---- making ---- */

/* The salt of PSS: as random as the key is to whoever does not have it, and always the same for a
 * key and a digest.
 * Source: NIST SP 800-90A, 10.1.2. */
static bool make_salt(const struct rsa_private_parts *parts, size_t modulus_bytes,
                      struct span digest, uint8_t *ret_salt)
{
    uint8_t seed[RSA_BYTES_MOST + DIGEST_BYTES] = {0};
    mbedtls_hmac_drbg_context drbg;
    memcpy(seed + modulus_bytes - parts->d.bytes, parts->d.data, parts->d.bytes);
    memcpy(seed + modulus_bytes, digest.data, digest.bytes);
    mbedtls_hmac_drbg_init(&drbg);
    const bool ok = mbedtls_hmac_drbg_seed_buf(&drbg, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256),
                                               seed, modulus_bytes + digest.bytes) == 0 &&
                    mbedtls_hmac_drbg_random(&drbg, ret_salt, PSS_SALT_BYTES) == 0;
    mbedtls_hmac_drbg_free(&drbg);
    secret_wipe(seed, sizeof seed);
    return ok;
}

static bool sign_rsa(const struct private_key *key, struct span digest, struct signature *ret)
{
    const size_t bytes = key_math_bytes(key->public.kind);
    struct rsa_private_parts parts;
    uint8_t salt[PSS_SALT_BYTES];
    ret->byte_count = bytes;
    return key_parts_rsa_private((struct span){key->der, key->der_bytes}, &parts) &&
           parts.d.bytes <= bytes && make_salt(&parts, bytes, digest, salt) &&
           rsa_sign(&parts, digest, salt, ret->bytes);
}

static bool sign_ec(const struct private_key *key, struct span digest, struct signature *ret)
{
    struct ec_private_parts parts;
    struct ec_signature numbers;
    if (!key_parts_ec_private((struct span){key->der, key->der_bytes}, &parts) ||
        !ec_sign(key->public.kind, parts.scalar, digest, &numbers))
        return false;
    *ret = encode(key->public.kind, &numbers);
    return true;
}

bool signature_make(const struct private_key *key, struct span message, struct signature *ret,
                    struct diag_list *diags)
{
    const struct message_digest digest = signature_digest(key->public.kind, message);
    struct signature made = {0};
    struct diag_list ignored = diag_list_in(diags->arena);
    const bool is_made = key_math_is_rsa(key->public.kind) ? sign_rsa(key, span_of(&digest), &made)
                                                           : sign_ec(key, span_of(&digest), &made);
    secret_wipe_stack();
    if (!is_made ||
        !signature_verify_digest(&key->public, &digest, (struct span){made.bytes, made.byte_count},
                                 NOWHERE, &ignored))
        return diag_error(diags, "sign-failed", NOWHERE,
                          is_made ? "the signature that was made does not verify: a fault of this "
                                    "machine or of the crypto library"
                                  : "the crypto library could not sign: no entropy, or no memory");
    *ret = made;
    return true;
}

/* ---- answers of signers ---- */

bool signature_from_answer(const struct public_key *key, const struct message_digest *digest,
                           struct span answer, struct source_pos named_at, struct signature *ret,
                           struct diag_list *diags)
{
    const struct source_pos pos = {.file = named_at.file};
    const size_t bytes = key_math_bytes(key->kind);
    struct signature taken = {.byte_count = answer.bytes};
    struct ec_signature numbers;
    if (key_math_is_rsa(key->kind)) {
        if (!verify_rsa(key, digest, answer, pos, diags))
            return false;
        memcpy(taken.bytes, answer.data, answer.bytes);
        *ret = taken;
        return true;
    }
    /* DER of 2 * bytes in all is possible, if unlikely: it is tried first. */
    const bool is_der = decode(key->kind, answer, &numbers);
    bool is_good = is_der && is_good_ec(key, digest, &numbers);
    if (!is_good && answer.bytes == 2 * bytes) {
        memcpy(numbers.r, answer.data, bytes);
        memcpy(numbers.s, answer.data + bytes, bytes);
        is_good = is_good_ec(key, digest, &numbers);
    } else if (!is_der) {
        return diag_error(diags, "signature-form", pos,
                          "the %zu bytes are neither a strict DER signature by a %s key, nor r and "
                          "s of %zu bytes each",
                          answer.bytes, key_kind_name(key->kind), bytes);
    }
    if (!is_good)
        return wrong(pos, diags, "");
    *ret = encode(key->kind, &numbers);
    return true;
}
