/* Signatures against the vectors of RFC 6979 and NIST, against a second implementation
 * (keys/reference), and against openssl. */
#include "key_fixture.h"

#include "sign/keys/key_math.h"
#include "sign/keys/key_parts.h"

#include <mbedtls/hmac_drbg.h>

static struct span span_of(const struct signature *signature)
{
    return (struct span){signature->bytes, signature->byte_count};
}

static struct message_digest digest_of_sample(enum key_kind kind)
{
    return signature_digest(kind, span_of_text("sample"));
}

static struct signature sign(struct fixture *fixture, const char *key_name, const char *message)
{
    struct private_key key;
    struct signature signature = {0};
    private_of(fixture, key_name, &key);
    assert_true(signature_make(&key, span_of_text(message), &signature, &fixture->diags));
    private_key_wipe(&key);
    return signature;
}

/* RFC 6979, A.2.5 and A.2.6. The numbers stand behind their tags and lengths. */
static void ecdsa_is_that_of_rfc_6979(void **state)
{
    static const char *const vectors[][3] = {
        {"p256.pem", "sample",
         "3046022100EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
         "022100F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"},
        {"p256.pem", "test",
         "3045022100F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
         "0220019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"},
        {"p384.pem", "sample",
         "306602310094EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44"
         "ACF96E36DD1E80FABE4602310099EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3"
         "A94FA329C145786E679E7B82C71A38628AC8"},
        {"p384.pem", "test",
         "30660231008203B63D3C853E8D77227FB377BCF7B7B772E97892A80F36AB775D509D7A5FEB0542A7F08129"
         "98DA8F1DD3CA3CF023DB023100DDD0760448D42D8A43AF45AF836FCE4DE8BE06B485E9B61B827C2F131739"
         "23E06A739F040649A667BF3B828246BAA5A5"},
    };
    for (size_t i = 0; i < COUNT(vectors); i++) {
        const struct signature signature = sign(*state, vectors[i][0], vectors[i][1]);
        assert_true(span_equal(span_of(&signature), hex(*state, vectors[i][2])));
    }
}

static void rsa_is_that_of_a_second_implementation(void **state)
{
    static const char *const names[][2] = {{"rsa3072-pkcs1.pem", "rsa3072.pss"},
                                           {"rsa3072.pem", "rsa3072.pss"},
                                           {"rsa4096.pem", "rsa4096.pss"}};
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct signature signature = sign(*state, names[i][0], "sample");
        assert_true(span_equal(span_of(&signature), hex_file(*state, names[i][1])));
    }
}

/* NIST, 186-3rsatestvectors, SigGenPSS_186-3.txt: [mod = 3072], the first one of SHA-256. */
static void pss_is_that_of_nist(void **state)
{
    struct fixture *fixture = *state;
    const struct span message = hex(
        fixture, "c16499110ed577202aed2d3e4d51ded6c66373faef6533a860e1934c63484f87a8d9b92f3ac45197"
                 "b2909710abba1daf759fe0510e9bd8dd4d73cec961f06ee07acd9d42c6d40dac9f430ef90374a7e9"
                 "44bde5220096737454f96b614d0f6cdd9f08ed529a4ad0e759cf3a023dc8a30b9a872974af9b2af6"
                 "dc3d111d0feb7006");
    const struct span salt =
        hex(fixture, "3e07ade72a3f52530f53135a5d7d93217435ba001ea55a8f5d5d1304684874bc");
    const struct span expected = hex(
        fixture, "4335707da735cfd10411c9c048ca9b60bb46e2fe361e51fbe336f9508dc945afe075503d24f83661"
                 "0f2178996b52c411693052d5d7aed97654a40074ed20ed6689c0501b7fbac21dc46b665ac0797600"
                 "86414406cd66f8537d1ebf0dce4cf0c98d4c30c71da359e9cd401ff49718fdd4d0f99efe70ad8dd8"
                 "ba1304cefb88f24b0eedf70116da15932c76f0069551a245b5fc3b91ec101f1d63b9853b598c6fa1"
                 "c1acdbacf9626356c760119be0955644301896d9d0d3ea5e6443cb72ca29f4d45246d16d74d00568"
                 "c219182feb191179e4593dc152c608fd80536329a533b3a631566814cd654f587c2d8ce696085e6e"
                 "d1b0b0278e60a049ec7a399f94fccae6462371a69695ef525e00936fa7d9781f9ee289d4105ee827"
                 "a27996583033cedb2f297e7b4926d906ce0d09d84128406ab33d7da0f8a1d4d2f666568686c394d1"
                 "39b0e5e99337758de85910a5fa25ca2aa6d8fb1c777244e7d98de4c79bbd426a5e6f657e37477e01"
                 "247432f83797fbf31b50d02b83f69ded26d4945b2bc3f86e");
    const struct message_digest digest = signature_digest(KEY_RSA_3072, message);
    const struct public_key public = public_of(fixture, "rsa3072-public.pem");
    struct private_key key;
    struct rsa_private_parts parts;
    uint8_t made[RSA_BYTES_MOST];
    private_of(fixture, "rsa3072.pem", &key);
    assert_true(key_parts_rsa_private((struct span){key.der, key.der_bytes}, &parts));
    assert_true(rsa_sign(&parts, (struct span){digest.bytes, 32}, salt.data, made));
    assert_true(span_equal((struct span){made, expected.bytes}, expected));
    assert_true(signature_verify(&public, message, expected, NOWHERE, &fixture->diags));
    private_key_wipe(&key);
}

/* NIST, drbgvectors_no_reseed, HMAC_DRBG.rsp: the first one of SHA-256. It asks twice and shows the
 * second answer. What seeds it is entropy and nonce, one after the other, as here the key and the
 * digest. */
static void the_source_of_the_salt_is_that_of_nist(void **state)
{
    const struct span seed =
        hex(*state, "ca851911349384bffe89de1cbdc46e6831e44d34a4fb935ee285dd14b71a7488"
                    "659ba96c601dc69fc902940805ec0ca8");
    const struct span expected = hex(
        *state, "e528e9abf2dece54d47c7e75e5fe302149f817ea9fb4bee6f4199697d04d5b89d54fbb978a15b5c4"
                "43c9ec21036d2460b6f73ebad0dc2aba6e624abf07745bc107694bb7547bb0995f70de25d6b29e2d"
                "3011bb19d27676c07162c8b5ccde0668961df86803482cb37ed6d5c0bb8d50cf1f50d476aa0458bd"
                "aba806f48be9dcb8");
    mbedtls_hmac_drbg_context drbg;
    uint8_t random[128];
    mbedtls_hmac_drbg_init(&drbg);
    assert_int_equal(mbedtls_hmac_drbg_seed_buf(&drbg, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256),
                                                seed.data, seed.bytes),
                     0);
    assert_int_equal(mbedtls_hmac_drbg_random(&drbg, random, sizeof random), 0);
    assert_int_equal(mbedtls_hmac_drbg_random(&drbg, random, sizeof random), 0);
    assert_true(span_equal((struct span){random, sizeof random}, expected));
    mbedtls_hmac_drbg_free(&drbg);
}

static void signing_again_gives_the_same_bytes(void **state)
{
    static const char *const names[] = {"p256.pem", "p384.pem", "rsa3072.pem", "rsa4096.pem"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct signature first = sign(*state, names[i], "once");
        const struct signature second = sign(*state, names[i], "once");
        const struct signature other = sign(*state, names[i], "twice");
        assert_true(span_equal(span_of(&first), span_of(&second)));
        assert_false(span_equal(span_of(&first), span_of(&other)));
    }
}

static void a_key_that_does_not_fit_its_public_part_signs_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct private_key key;
    struct signature signature = {.byte_count = 7};
    private_of(fixture, "p256.pem", &key);
    key.public = public_of(fixture, "der64-public.pem");
    assert_false(signature_make(&key, span_of_text("sample"), &signature, &fixture->diags));
    take_diag(fixture, "sign-failed", "does not verify");
    private_key_wipe(&key);
    assert_false(signature_make(&key, span_of_text("sample"), &signature, &fixture->diags));
    take_diag(fixture, "sign-failed", "could not sign");
    assert_int_equal(signature.byte_count, 7);
}

/* ---- verifying ---- */

static void refuse(struct fixture *fixture, const struct public_key *key, struct span signature,
                   const char *code, const char *words)
{
    if (signature_verify(key, span_of_text("sample"), signature, (struct source_pos){"a.sig", 3, 1},
                         &fixture->diags))
        fail_msg("accepted: %s, %s", code, words);
    take_diag(fixture, code, words);
}

static void what_openssl_signs_verifies(void **state)
{
    struct fixture *fixture = *state;
    const struct public_key key = public_of(fixture, "rsa3072-public.pem");
    assert_true(signature_verify(&key, span_of_text("sample"),
                                 hex_file(fixture, "rsa3072-openssl.sig"), NOWHERE,
                                 &fixture->diags));
    refuse(fixture, &key, hex_file(fixture, "rsa3072-v15.sig"), "signature-wrong", "PKCS#1 v1.5");
    refuse(fixture, &key, hex_file(fixture, "rsa3072-salt0.sig"), "signature-wrong", "salt");
    refuse(fixture, &key, hex_file(fixture, "rsa3072-salt33.sig"), "signature-wrong", "salt");
    refuse(fixture, &key, hex_file(fixture, "rsa3072-saltmax.sig"), "signature-wrong", "salt");
    refuse(fixture, &key, hex_file(fixture, "rsa3072-mgf1-sha1.sig"), "signature-wrong", "");
}

/* The signature of RFC 6979, A.2.5, for "sample", in the forms that Wycheproof's
 * ecdsa_secp256r1_sha256_test.json tries on others: BER, lengths that lie, numbers too long. */
static void ecdsa_is_read_as_strict_der_only(void **state)
{
#define R "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
#define S "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    static const char *const forms[] = {
        "",
        "30",
        "3000",
        "30440220" R "0220" S, /* negative numbers */
        "3045022100" R "0220" S,
        "308146022100" R "022100" S, /* a longer length than needed */
        "30820046022100" R "022100" S,
        "3080022100" R "022100" S "0000", /* an end mark */
        "3047022100" R "022100" S,        /* lengths that lie */
        "3045022100" R "022100" S,
        "3046022200" R "022100" S,
        "30850100000046022100" R "022100" S,
        "3084ffffffff022100" R "022100" S,
        "3046022100" R "022100" S "00", /* more bytes */
        "3048022100" R "022100" S "0500",
        "304702220000" R "022100" S, /* zeros in front */
        "3047022100" R "02220000" S,
        "304702812100" R "022100" S,
        "3046042100" R "022100" S, /* other tags */
        "3046022100" R "032100" S,
        "3146022100" R "022100" S,
        "3023022100" R, /* one number */
        "3069022100" R "022100" S "022100" S,
        "3026020101022100" S,              /* r = 1, not a signature */
        "304902240100000000" R "022100" S, /* more than fits the curve */
    };
    struct fixture *fixture = *state;
    const struct public_key key = public_of(fixture, "p256-public.pem");
    assert_true(signature_verify(&key, span_of_text("sample"),
                                 hex(fixture, "3046022100" R "022100" S), NOWHERE,
                                 &fixture->diags));
    for (size_t i = 0; i < COUNT(forms); i++) {
        const bool is_form = strcmp(forms[i], "3026020101022100" S) != 0;
        refuse(fixture, &key, hex(fixture, forms[i]),
               is_form ? "signature-form" : "signature-wrong", "");
    }
}

/* Numbers that a lax verifier would take: 0, the order, and beyond it. */
static void ecdsa_numbers_are_in_range(void **state)
{
    static const char order[] =
        "00FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";
    struct fixture *fixture = *state;
    const struct public_key key = public_of(fixture, "p256-public.pem");
    refuse(fixture, &key, hex(fixture, "3006020100020100"), "signature-form", "");
    refuse(fixture, &key, hex(fixture, "3006020101020100"), "signature-form", "");
    refuse(fixture, &key, hex(fixture, arena_format(fixture->arena, "30260221%s020101", order)),
           "signature-wrong", "");
    refuse(fixture, &key, hex(fixture, arena_format(fixture->arena, "30260201010221%s", order)),
           "signature-wrong", "");
}

static void each_flipped_bit_fails(void **state)
{
    static const struct {
        const char *private_name, *public_name;
        size_t step; /* bits between those that are flipped */
    } keys[] = {{"p256.pem", "p256-public.pem", 3},
                {"p384.pem", "p384-public.pem", 19},
                {"rsa3072.pem", "rsa3072-public.pem", 61},
                {"rsa4096.pem", "rsa4096-public.pem", 191}};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(keys); i++) {
        const struct public_key key = public_of(fixture, keys[i].public_name);
        const struct signature good = sign(fixture, keys[i].private_name, "sample");
        for (size_t bit = 0; bit < 8 * good.byte_count; bit += keys[i].step) {
            struct signature other = good;
            other.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            struct diag_list ignored = diag_list_in(fixture->arena);
            assert_false(
                signature_verify(&key, span_of_text("sample"), span_of(&other), NOWHERE, &ignored));
            assert_int_equal(ignored.count, 1);
        }
        refuse(fixture, &key, (struct span){good.bytes, good.byte_count - 1}, "signature-form", "");
        assert_false(signature_verify(&key, span_of_text("other"), span_of(&good), NOWHERE,
                                      &fixture->diags));
        take_diag(fixture, "signature-wrong", "not made by this key");
    }
}

/* The same residue modulo n is another number, and another signature. */
static void an_rsa_signature_is_below_the_modulus(void **state)
{
    struct fixture *fixture = *state;
    const struct public_key key = public_of(fixture, "rsa3072-public.pem");
    const struct span good = hex_file(fixture, "rsa3072-openssl.sig");
    struct spki_parts parts;
    struct rsa_public_parts rsa;
    uint8_t sum[385] = {0};
    assert_true(key_parts_spki(key.spki, &parts));
    assert_true(key_parts_rsa_public(parts.key, &rsa));
    unsigned carry = 0;
    for (size_t i = 384; i-- > 0;) {
        carry += (unsigned)good.data[i] + rsa.n.data[i];
        sum[i + 1] = (uint8_t)carry;
        carry >>= 8;
    }
    sum[0] = (uint8_t)carry;
    if (sum[0] != 0)
        refuse(fixture, &key, (struct span){sum, 385}, "signature-form", "385 bytes");
    else
        refuse(fixture, &key, (struct span){sum + 1, 384}, "signature-wrong", "");
    refuse(fixture, &key, rsa.n, "signature-wrong", "");
}

/* ---- answers ---- */

static struct span raw_of(struct fixture *fixture, const char *r, const char *s)
{
    return hex(fixture, arena_format(fixture->arena, "%s%s", r, s));
}

static void an_answer_is_der_or_two_numbers(void **state)
{
    struct fixture *fixture = *state;
    const struct public_key key = public_of(fixture, "p256-public.pem");
    const struct message_digest digest = digest_of_sample(KEY_P256);
    const struct span der = hex(fixture, "3046022100" R "022100" S);
    const struct span answers[] = {der, raw_of(fixture, R, S)};
    struct signature taken = {0};
    for (size_t i = 0; i < COUNT(answers); i++) {
        assert_true(
            signature_from_answer(&key, &digest, answers[i], NOWHERE, &taken, &fixture->diags));
        assert_true(span_equal(span_of(&taken), der));
    }
    const struct {
        struct span answer;
        const char *code;
    } wrong[] = {
        {raw_of(fixture, S, R), "signature-wrong"},
        {raw_of(fixture, R, ""), "signature-form"},
        {raw_of(fixture, "00" R, "00" S), "signature-form"},
        {hex(fixture, "308146022100" R "022100" S), "signature-form"},
        {hex(fixture, "3046022100" S "022100" R), "signature-wrong"},
        {{NULL, 0}, "signature-form"},
        {{arena_alloc(fixture->arena, 64, 1), 64}, "signature-wrong"},
        {{arena_alloc(fixture->arena, 5000, 1), 5000}, "signature-form"},
    };
    taken.byte_count = 7;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_false(signature_from_answer(&key, &digest, wrong[i].answer, NOWHERE, &taken,
                                           &fixture->diags));
        take_diag(fixture, wrong[i].code, "");
    }
    assert_int_equal(taken.byte_count, 7);
}

static void an_answer_of_64_bytes_may_be_either(void **state)
{
    static const char *const names[] = {"der64", "raw-der"};
    struct fixture *fixture = *state;
    const struct message_digest digest = digest_of_sample(KEY_P256);
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct public_key key =
            public_of(fixture, arena_format(fixture->arena, "%s-public.pem", names[i]));
        const struct span answer =
            hex_file(fixture, arena_format(fixture->arena, "%s.sig", names[i]));
        struct signature taken;
        assert_int_equal(answer.bytes, 64);
        assert_true(signature_from_answer(&key, &digest, answer, NOWHERE, &taken, &fixture->diags));
        assert_true(signature_verify(&key, span_of_text("sample"), span_of(&taken), NOWHERE,
                                     &fixture->diags));
        assert_int_equal(span_equal(span_of(&taken), answer), i == 0);
    }
}

static void an_rsa_answer_is_taken_as_it_is(void **state)
{
    struct fixture *fixture = *state;
    const struct public_key key = public_of(fixture, "rsa3072-public.pem");
    const struct message_digest digest = digest_of_sample(KEY_RSA_3072);
    const struct span answer = hex_file(fixture, "rsa3072-openssl.sig");
    struct signature taken;
    assert_true(signature_from_answer(&key, &digest, answer, NOWHERE, &taken, &fixture->diags));
    assert_true(span_equal(span_of(&taken), answer));
    assert_false(signature_from_answer(&key, &digest, hex_file(fixture, "rsa3072-v15.sig"), NOWHERE,
                                       &taken, &fixture->diags));
    take_diag(fixture, "signature-wrong", "PKCS#1 v1.5");
    const struct span long_one = {arena_alloc(fixture->arena, 5000, 1), 5000};
    assert_false(signature_from_answer(&key, &digest, long_one, NOWHERE, &taken, &fixture->diags));
    take_diag(fixture, "signature-form", "5000 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ecdsa_is_that_of_rfc_6979),
        TEST(rsa_is_that_of_a_second_implementation),
        TEST(pss_is_that_of_nist),
        TEST(the_source_of_the_salt_is_that_of_nist),
        TEST(signing_again_gives_the_same_bytes),
        TEST(a_key_that_does_not_fit_its_public_part_signs_nothing),
        TEST(what_openssl_signs_verifies),
        TEST(ecdsa_is_read_as_strict_der_only),
        TEST(ecdsa_numbers_are_in_range),
        TEST(each_flipped_bit_fails),
        TEST(an_rsa_signature_is_below_the_modulus),
        TEST(an_answer_is_der_or_two_numbers),
        TEST(an_answer_of_64_bytes_may_be_either),
        TEST(an_rsa_answer_is_taken_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
