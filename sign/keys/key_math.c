#include "sign/keys/key_math.h"

#include "sign/keys/secret.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <mbedtls/entropy.h>
#include <mbedtls/md.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>

#include <string.h>

enum { SALT_BYTES = 32 };

size_t key_math_bytes(enum key_kind kind)
{
    switch (kind) {
    case KEY_P256:
        return 32;
    case KEY_P384:
        return 48;
    case KEY_RSA_3072:
        return 384;
    case KEY_RSA_4096:
        return 512;
    }
    return 0;
}

bool key_math_is_rsa(enum key_kind kind)
{
    return kind == KEY_RSA_3072 || kind == KEY_RSA_4096;
}

/* ---- random numbers, for blinding only ---- */

struct blinding {
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context drbg;
};

static bool blinding_begin(struct blinding *blinding)
{
    mbedtls_entropy_init(&blinding->entropy);
    mbedtls_ctr_drbg_init(&blinding->drbg);
    return mbedtls_ctr_drbg_seed(&blinding->drbg, mbedtls_entropy_func, &blinding->entropy, NULL,
                                 0) == 0;
}

static void blinding_end(struct blinding *blinding)
{
    mbedtls_ctr_drbg_free(&blinding->drbg);
    mbedtls_entropy_free(&blinding->entropy);
}

/* ---- elliptic curves ---- */

/* Everything that one computation on a curve needs. */
struct curve {
    mbedtls_ecp_group group;
    mbedtls_ecp_point point;
    mbedtls_mpi scalar, r, s;
    mbedtls_md_type_t hash;
};

static bool curve_begin(struct curve *curve, enum key_kind kind)
{
    const bool is_p256 = kind == KEY_P256;
    mbedtls_ecp_group_init(&curve->group);
    mbedtls_ecp_point_init(&curve->point);
    mbedtls_mpi_init(&curve->scalar);
    mbedtls_mpi_init(&curve->r);
    mbedtls_mpi_init(&curve->s);
    curve->hash = is_p256 ? MBEDTLS_MD_SHA256 : MBEDTLS_MD_SHA384;
    return mbedtls_ecp_group_load(&curve->group, is_p256 ? MBEDTLS_ECP_DP_SECP256R1
                                                         : MBEDTLS_ECP_DP_SECP384R1) == 0;
}

/* The library overwrites the numbers as it frees them. */
static void curve_end(struct curve *curve)
{
    mbedtls_mpi_free(&curve->s);
    mbedtls_mpi_free(&curve->r);
    mbedtls_mpi_free(&curve->scalar);
    mbedtls_ecp_point_free(&curve->point);
    mbedtls_ecp_group_free(&curve->group);
}

static bool read_number(mbedtls_mpi *to, struct span number)
{
    return mbedtls_mpi_read_binary(to, number.data, number.bytes) == 0;
}

static bool read_point(struct curve *curve, struct span point)
{
    return mbedtls_ecp_point_read_binary(&curve->group, &curve->point, point.data, point.bytes) ==
               0 &&
           mbedtls_ecp_check_pubkey(&curve->group, &curve->point) == 0;
}

static bool read_scalar(struct curve *curve, struct span scalar)
{
    return read_number(&curve->scalar, scalar) &&
           mbedtls_ecp_check_privkey(&curve->group, &curve->scalar) == 0;
}

bool ec_point_is_valid(enum key_kind kind, struct span point)
{
    struct curve curve;
    const bool ok = curve_begin(&curve, kind) && read_point(&curve, point);
    curve_end(&curve);
    return ok;
}

bool ec_point_of(enum key_kind kind, struct span scalar, uint8_t *ret_point)
{
    struct curve curve;
    struct blinding blinding;
    size_t written = 0;
    const size_t bytes = 1 + 2 * key_math_bytes(kind);
    const bool is_seeded = blinding_begin(&blinding);
    const bool ok =
        curve_begin(&curve, kind) && is_seeded && read_scalar(&curve, scalar) &&
        mbedtls_ecp_mul(&curve.group, &curve.point, &curve.scalar, &curve.group.G,
                        mbedtls_ctr_drbg_random, &blinding.drbg) == 0 &&
        mbedtls_ecp_point_write_binary(&curve.group, &curve.point, MBEDTLS_ECP_PF_UNCOMPRESSED,
                                       &written, ret_point, bytes) == 0 &&
        written == bytes;
    curve_end(&curve);
    blinding_end(&blinding);
    secret_wipe_stack();
    return ok;
}

bool ec_sign(enum key_kind kind, struct span scalar, struct span digest, struct ec_signature *ret)
{
    struct curve curve;
    struct blinding blinding;
    const size_t bytes = key_math_bytes(kind);
    const bool is_seeded = blinding_begin(&blinding);
    const bool ok = curve_begin(&curve, kind) && is_seeded && read_scalar(&curve, scalar) &&
                    mbedtls_ecdsa_sign_det_ext(&curve.group, &curve.r, &curve.s, &curve.scalar,
                                               digest.data, digest.bytes, curve.hash,
                                               mbedtls_ctr_drbg_random, &blinding.drbg) == 0 &&
                    mbedtls_mpi_write_binary(&curve.r, ret->r, bytes) == 0 &&
                    mbedtls_mpi_write_binary(&curve.s, ret->s, bytes) == 0;
    curve_end(&curve);
    blinding_end(&blinding);
    secret_wipe_stack();
    return ok;
}

bool ec_verify(enum key_kind kind, struct span point, struct span digest,
               const struct ec_signature *signature)
{
    struct curve curve;
    const size_t bytes = key_math_bytes(kind);
    const bool ok = curve_begin(&curve, kind) && read_point(&curve, point) &&
                    read_number(&curve.r, (struct span){signature->r, bytes}) &&
                    read_number(&curve.s, (struct span){signature->s, bytes}) &&
                    mbedtls_ecdsa_verify(&curve.group, digest.data, digest.bytes, &curve.point,
                                         &curve.r, &curve.s) == 0;
    curve_end(&curve);
    return ok;
}

/* ---- RSA ---- */

static void rsa_begin(mbedtls_rsa_context *context)
{
#if MBEDTLS_VERSION_MAJOR < 3
    mbedtls_rsa_init(context, MBEDTLS_RSA_PKCS_V21, MBEDTLS_MD_SHA256);
#else
    mbedtls_rsa_init(context);
    (void)mbedtls_rsa_set_padding(context, MBEDTLS_RSA_PKCS_V21, MBEDTLS_MD_SHA256);
#endif
}

static int verify_pss(mbedtls_rsa_context *context, struct span digest, int salt_bytes,
                      const uint8_t *signature)
{
#if MBEDTLS_VERSION_MAJOR < 3
    return mbedtls_rsa_rsassa_pss_verify_ext(context, NULL, NULL, MBEDTLS_RSA_PUBLIC,
                                             MBEDTLS_MD_SHA256, (unsigned)digest.bytes, digest.data,
                                             MBEDTLS_MD_SHA256, salt_bytes, signature);
#else
    return mbedtls_rsa_rsassa_pss_verify_ext(context, MBEDTLS_MD_SHA256, (unsigned)digest.bytes,
                                             digest.data, MBEDTLS_MD_SHA256, salt_bytes, signature);
#endif
}

static int verify_pkcs1_v15(mbedtls_rsa_context *context, struct span digest,
                            const uint8_t *signature)
{
#if MBEDTLS_VERSION_MAJOR < 3
    return mbedtls_rsa_rsassa_pkcs1_v15_verify(context, NULL, NULL, MBEDTLS_RSA_PUBLIC,
                                               MBEDTLS_MD_SHA256, (unsigned)digest.bytes,
                                               digest.data, signature);
#else
    return mbedtls_rsa_rsassa_pkcs1_v15_verify(context, MBEDTLS_MD_SHA256, (unsigned)digest.bytes,
                                               digest.data, signature);
#endif
}

static bool import_private(mbedtls_rsa_context *context, const struct rsa_private_parts *parts)
{
    return mbedtls_rsa_import_raw(context, parts->n.data, parts->n.bytes, parts->p.data,
                                  parts->p.bytes, parts->q.data, parts->q.bytes, parts->d.data,
                                  parts->d.bytes, parts->e.data, parts->e.bytes) == 0 &&
           mbedtls_rsa_complete(context) == 0;
}

static bool is_number(const mbedtls_mpi *number, struct span expected)
{
    mbedtls_mpi other;
    mbedtls_mpi_init(&other);
    const bool same = read_number(&other, expected) && mbedtls_mpi_cmp_mpi(number, &other) == 0;
    mbedtls_mpi_free(&other);
    return same;
}

/* The library computes dP, dQ and qInv from the other numbers; the file's own must be the same. */
static bool has_crt_numbers(const mbedtls_rsa_context *context,
                            const struct rsa_private_parts *parts)
{
    mbedtls_mpi dp, dq, qp;
    mbedtls_mpi_init(&dp);
    mbedtls_mpi_init(&dq);
    mbedtls_mpi_init(&qp);
    const bool ok = mbedtls_rsa_export_crt(context, &dp, &dq, &qp) == 0 &&
                    is_number(&dp, parts->dp) && is_number(&dq, parts->dq) &&
                    is_number(&qp, parts->qp);
    mbedtls_mpi_free(&qp);
    mbedtls_mpi_free(&dq);
    mbedtls_mpi_free(&dp);
    return ok;
}

bool rsa_is_consistent(const struct rsa_private_parts *parts)
{
    mbedtls_rsa_context context;
    rsa_begin(&context);
    const bool ok = import_private(&context, parts) && mbedtls_rsa_check_privkey(&context) == 0 &&
                    has_crt_numbers(&context, parts);
    mbedtls_rsa_free(&context);
    secret_wipe_stack();
    return ok;
}

/* The library takes the salt and the blinding from one source of random bytes, and asks it for the
 * salt first: a request for all of it, before any other. */
struct salt_source {
    const uint8_t *salt; /* NULL once it was given */
    struct blinding blinding;
};

static int salt_then_random(void *state, unsigned char *ret, size_t bytes)
{
    struct salt_source *source = state;
    if (source->salt == NULL)
        return mbedtls_ctr_drbg_random(&source->blinding.drbg, ret, bytes);
    if (bytes != SALT_BYTES)
        return MBEDTLS_ERR_RSA_RNG_FAILED;
    memcpy(ret, source->salt, SALT_BYTES);
    source->salt = NULL;
    return 0;
}

bool rsa_sign(const struct rsa_private_parts *parts, struct span digest, const uint8_t *salt,
              uint8_t *ret_signature)
{
    mbedtls_rsa_context context;
    struct salt_source source = {.salt = salt};
    rsa_begin(&context);
    const bool ok = blinding_begin(&source.blinding) && import_private(&context, parts) &&
                    mbedtls_rsa_rsassa_pss_sign_ext(&context, salt_then_random, &source,
                                                    MBEDTLS_MD_SHA256, (unsigned)digest.bytes,
                                                    digest.data, SALT_BYTES, ret_signature) == 0;
    mbedtls_rsa_free(&context);
    blinding_end(&source.blinding);
    secret_wipe_stack();
    return ok;
}

enum rsa_answer rsa_verify(const struct rsa_public_parts *parts, struct span digest,
                           struct span signature)
{
    mbedtls_rsa_context context;
    enum rsa_answer answer = RSA_WRONG;
    rsa_begin(&context);
    const bool ok = mbedtls_rsa_import_raw(&context, parts->n.data, parts->n.bytes, NULL, 0, NULL,
                                           0, NULL, 0, parts->e.data, parts->e.bytes) == 0 &&
                    mbedtls_rsa_complete(&context) == 0 &&
                    mbedtls_rsa_check_pubkey(&context) == 0 &&
                    mbedtls_rsa_get_len(&context) == signature.bytes;
    if (ok && verify_pss(&context, digest, SALT_BYTES, signature.data) == 0)
        answer = RSA_GOOD;
    else if (ok && verify_pss(&context, digest, MBEDTLS_RSA_SALT_LEN_ANY, signature.data) == 0)
        answer = RSA_OTHER_SALT;
    else if (ok && verify_pkcs1_v15(&context, digest, signature.data) == 0)
        answer = RSA_PKCS1_V15;
    mbedtls_rsa_free(&context);
    return answer;
}
