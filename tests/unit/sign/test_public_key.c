/* Public keys of PEM files and certificates; their ids against `openssl pkey -pubout -outform DER |
 * sha256sum`. */
#include "key_fixture.h"
#include "sign/certificates/public_key_file.h"

#include "sign/keys/der.h"

static void ids_are_those_that_openssl_gives(void **state)
{
    static const char *const names[] = {"p256", "p384", "rsa3072", "rsa4096"};
    static const char *const kinds[] = {"P-256", "P-384", "RSA-3072", "RSA-4096"};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *file = arena_format(fixture->arena, "%s-public.pem", names[i]);
        const struct span id = key_file(fixture, arena_format(fixture->arena, "%s.id", names[i]));
        const struct public_key key = public_of(fixture, file);
        assert_memory_equal(key.id, id.data, KEY_ID_BYTES);
        assert_int_equal(strlen(key.id), KEY_ID_BYTES);
        assert_string_equal(key_kind_name(key.kind), kinds[i]);
        assert_true(span_equal(span_of_text(public_key_pem(&key, fixture->arena)),
                               key_file(fixture, file)));
    }
}

static void keys_are_compared_as_a_whole(void **state)
{
    const struct public_key a = public_of(*state, "p256-public.pem");
    struct public_key same = public_of(*state, "p256-public.pem");
    struct public_key other = public_of(*state, "p384-public.pem");
    memcpy(other.id, a.id, sizeof other.id);
    assert_true(public_key_equal(&a, &same));
    assert_false(public_key_equal(&a, &other));
}

static void some_formats_hash_the_pkcs1_form(void **state)
{
    const struct public_key rsa = public_of(*state, "rsa3072-public.pem");
    const struct public_key ec = public_of(*state, "p256-public.pem");
    assert_true(
        span_equal(public_key_pkcs1_or_spki(&rsa), der_of_file(*state, "bad-pkcs1-public.pem")));
    assert_true(span_equal(public_key_pkcs1_or_spki(&ec), ec.spki));
}

static void the_first_certificate_has_the_key(void **state)
{
    const struct public_key key = public_of(*state, "p256-public.pem");
    const struct public_key chain = public_of(*state, "p256-chain.pem");
    const struct public_key ca = public_of(*state, "ca-certificate.pem");
    const struct public_key p384 = public_of(*state, "p384-public.pem");
    assert_true(public_key_equal(&key, &chain));
    assert_true(public_key_equal(&p384, &ca));
}

static void refuse(struct fixture *fixture, struct span pem, const char *code, const char *words)
{
    struct public_key key = {.id = "untouched"};
    if (public_key_file_read(pem, (struct source_pos){"key.pem", 7, 1}, fixture->arena, &key,
                             &fixture->diags))
        fail_msg("accepted: %s, %s", code, words);
    take_diag(fixture, code, words);
    assert_string_equal(key.id, "untouched");
}

static void other_files_are_refused(void **state)
{
    static const char *const files[][3] = {
        {"bad-compressed-public.pem", "key-unsupported", "compressed"},
        {"bad-explicit-public.pem", "key-unsupported", "spells its curve out"},
        {"bad-p521-public.pem", "key-unsupported", "P-521"},
        {"bad-secp256k1-public.pem", "key-unsupported", "secp256k1"},
        {"bad-ed25519-public.pem", "key-unsupported", "Ed25519"},
        {"bad-rsa2048-public.pem", "key-unsupported", "2048 bits"},
        {"bad-rsa-e3-public.pem", "key-unsupported", "exponent"},
        {"bad-rsa-pss-public.pem", "key-unsupported", "RSA-PSS"},
        {"bad-pkcs1-public.pem", "key-form", "RSA PUBLIC KEY"},
        {"bad-request.pem", "key-form", "CERTIFICATE REQUEST"},
        {"p256.pem", "key-is-private", "private"},
        {"p256-ecparam.pem", "key-is-private", "private"},
        {"p256-aes256.pem", "key-is-private", "private"},
        {"rsa3072-pkcs1.pem", "key-is-private", "private"},
    };
    for (size_t i = 0; i < COUNT(files); i++)
        refuse(*state, key_file(*state, files[i][0]), files[i][1], files[i][2]);
}

static void texts_that_are_not_one_key_are_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct span key = key_file(fixture, "p256-public.pem");
    const struct span twice[] = {key, key};
    const struct span mixed[] = {key_file(fixture, "ca-certificate.pem"), key};
    refuse(fixture, (struct span){NULL, 0}, "key-empty", "no key");
    refuse(fixture, span_of_text("# nothing\n"), "key-empty", "no key");
    refuse(fixture, span_of_text("nothing\n"), "key-form", "line 1");
    refuse(fixture, der_of_file(fixture, "p256-public.pem"), "key-form", "DER");
    refuse(fixture, der_join(twice, 2, fixture->arena), "key-form", "more than one key");
    refuse(fixture, der_join(mixed, 2, fixture->arena), "key-form",
           "a PUBLIC KEY, but a CERTIFICATE is expected");
}

static void headers_are_refused(void **state)
{
    refuse(*state, with_header(*state, "p256-public.pem"), "key-form", "headers");
    refuse(*state, with_header(*state, "ca-certificate.pem"), "key-form", "headers");
}

/* Wherever a private key's file was cut or changed, as long as one of its two marks is there. */
static void traces_of_private_keys_are_seen(void **state)
{
    static const char *const files[] = {"p256.pem", "p256-aes256.pem", "rsa3072-pkcs1.pem"};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(files); i++) {
        const struct span pem = key_file(fixture, files[i]);
        const struct span halves[] = {{pem.data, pem.bytes / 2},
                                      {pem.data + pem.bytes / 2, pem.bytes - pem.bytes / 2}};
        assert_true(pem_mentions_private(pem));
        assert_true(pem_mentions_private(halves[0]));
        assert_true(pem_mentions_private(halves[1]));
        assert_false(pem_mentions_private((struct span){pem.data, 20}));
    }
    assert_false(pem_mentions_private(key_file(fixture, "p256-public.pem")));
    assert_false(pem_mentions_private(key_file(fixture, "p256-chain.pem")));
    assert_false(pem_mentions_private((struct span){NULL, 0}));
}

/* A certificate that nobody needs for the key is read all the same. */
static void a_half_broken_chain_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct span der = der_of_file(fixture, "ca-certificate.pem");
    const struct span leaf = key_file(fixture, "p256-chain.pem");
    const struct span forms[] = {
        replaced(fixture, der, 0, 1, hex(fixture, "31")),
        replaced(fixture, der, der.bytes, 0, hex(fixture, "00")),
        {der.data, der.bytes - 1},
    };
    for (size_t i = 0; i < COUNT(forms); i++) {
        const struct span parts[] = {leaf, pem_of(fixture, "CERTIFICATE", forms[i])};
        refuse(fixture, der_join(parts, 2, fixture->arena), "key-form", "cannot be read");
    }
}

/* No flipped bit leaves an EC key: the point would not be on the curve. */
static void flipped_bits_and_truncations_of_an_ec_key_are_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct span der = der_of_file(fixture, "p256-public.pem");
    struct public_key key;
    for (size_t bit = 0; bit < 8 * der.bytes; bit++) {
        const uint8_t flipped = (uint8_t)(der.data[bit / 8] ^ 1 << bit % 8);
        const struct span other = replaced(fixture, der, bit / 8, 1, (struct span){&flipped, 1});
        assert_false(public_key_read_spki(other, NOWHERE, fixture->arena, &key, &fixture->diags));
        assert_int_equal(fixture->diags.count, bit + 1);
    }
    for (size_t bytes = 0; bytes < der.bytes; bytes++)
        assert_false(public_key_read_spki((struct span){der.data, bytes}, NOWHERE, fixture->arena,
                                          &key, &fixture->diags));
}

static struct span rsa_spki(struct fixture *fixture, struct span n, struct span e)
{
    struct arena *arena = fixture->arena;
    const struct span numbers[] = {n, e};
    const struct span bits[] = {hex(fixture, "00"),
                                der_wrap(DER_SEQUENCE, der_join(numbers, 2, arena), arena)};
    const struct span parts[] = {hex(fixture, "300d06092a864886f70d0101010500"),
                                 der_wrap(DER_BIT_STRING, der_join(bits, 2, arena), arena)};
    return der_wrap(DER_SEQUENCE, der_join(parts, 2, arena), arena);
}

static void an_rsa_key_has_a_fit_modulus_and_exponent(void **state)
{
    static const struct {
        int bits; /* of the modulus, all ones but, when even, the last */
        const char *modulus_tail, *exponent, *code;
    } cases[] = {
        {3072, "ff", "0203010001", NULL},
        {4096, "ff", "0203010001", NULL},
        {3072, "fe", "0203010001", "key-form"},
        {3064, "ff", "0203010001", "key-unsupported"},
        {3080, "ff", "0203010001", "key-unsupported"},
        {8192, "ff", "0203010001", "key-unsupported"},
        {3072, "ff", "020103", "key-unsupported"},
        {3072, "ff", "020300ffff", "key-unsupported"},
        {3072, "ff", "0203010000", "key-unsupported"},
        {3072, "ff", "0203010003", NULL},
        {3072, "ff", "020400010001", "key-form"}, /* a zero that no sign needs */
        {3072, "ff", "020180", "key-form"},       /* negative */
        {3072, "ff", "022100ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
         NULL},
        {3072, "ff", "02210100000000000000000000000000000000000000000000000000000000000000ff",
         "key-unsupported"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const size_t bytes = (size_t)cases[i].bits / 8;
        uint8_t *modulus = arena_alloc(fixture->arena, bytes, 1);
        memset(modulus, 0xff, bytes);
        modulus[bytes - 1] = hex(fixture, cases[i].modulus_tail).data[0];
        const struct span n = der_number((struct span){modulus, bytes}, fixture->arena);
        struct public_key key;
        const bool ok = public_key_read_spki(rsa_spki(fixture, n, hex(fixture, cases[i].exponent)),
                                             NOWHERE, fixture->arena, &key, &fixture->diags);
        if (ok != (cases[i].code == NULL))
            fail_msg("case %zu", i);
        if (cases[i].code != NULL)
            take_diag(fixture, cases[i].code, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ids_are_those_that_openssl_gives),
        TEST(keys_are_compared_as_a_whole),
        TEST(some_formats_hash_the_pkcs1_form),
        TEST(the_first_certificate_has_the_key),
        TEST(other_files_are_refused),
        TEST(texts_that_are_not_one_key_are_refused),
        TEST(headers_are_refused),
        TEST(traces_of_private_keys_are_seen),
        TEST(a_half_broken_chain_is_refused),
        TEST(flipped_bits_and_truncations_of_an_ec_key_are_refused),
        TEST(an_rsa_key_has_a_fit_modulus_and_exponent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
