/* Private keys in every form that openssl writes, and in forms that nobody may write. */
#include "key_fixture.h"

#include "sign/keys/der.h"
#include "sign/keys/oid.h"

static const char *id_of(struct fixture *fixture, const char *name)
{
    const struct span text = key_file(fixture, arena_format(fixture->arena, "%s.id", name));
    return arena_copy_text(fixture->arena, (const char *)text.data, KEY_ID_BYTES);
}

static void every_form_of_a_key_is_read(void **state)
{
    static const char *const forms[][2] = {
        {"p256.pem", "p256"},
        {"p256-sec1.pem", "p256"},
        {"p256-ecparam.pem", "p256"},
        {"p256-aes256.pem", "p256"},
        {"p384.pem", "p384"},
        {"p384-sec1.pem", "p384"},
        {"p384-aes-128-SHA1.pem", "p384"},
        {"p384-aes-192-SHA224.pem", "p384"},
        {"p384-aes-256-SHA384.pem", "p384"},
        {"p384-aes-256-SHA512.pem", "p384"},
        {"rsa3072.pem", "rsa3072"},
        {"rsa3072-pkcs1.pem", "rsa3072"},
        {"rsa4096.pem", "rsa4096"},
        {"rsa4096-aes256.pem", "rsa4096"},
    };
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct private_key key;
        private_of(*state, forms[i][0], &key);
        assert_string_equal(key.public.id, id_of(*state, forms[i][1]));
        private_key_wipe(&key);
        private_key_wipe(&key);
        assert_int_equal(key.der_bytes, 0);
    }
}

static void encrypted_files_are_known(void **state)
{
    assert_true(private_key_is_encrypted(key_file(*state, "p256-aes256.pem")));
    assert_true(private_key_is_encrypted(key_file(*state, "bad-scrypt.pem")));
    assert_false(private_key_is_encrypted(key_file(*state, "p256.pem")));
    assert_false(private_key_is_encrypted(key_file(*state, "p256-ecparam.pem")));
    assert_false(private_key_is_encrypted((struct span){NULL, 0}));
}

/* Reads the text, which must fail and leave nothing of the key. */
static void refuse(struct fixture *fixture, struct span pem, const char *passphrase,
                   const char *code, const char *words)
{
    struct private_key key;
    memset(&key, 0x55, sizeof key);
    if (private_key_read(pem, span_of_text(passphrase), (struct source_pos){"key.pem", 7, 1},
                         fixture->arena, &key, &fixture->diags))
        fail_msg("accepted: %s, %s", code, words);
    take_diag(fixture, code, words);
    for (size_t i = 0; i < sizeof key.der; i++)
        assert_int_equal(key.der[i], 0);
}

static void other_files_are_refused(void **state)
{
    static const char *const files[][3] = {
        {"bad-scrypt.pem", "key-unsupported", "scrypt"},
        {"bad-pbe.pem", "key-unsupported", "PKCS#12 with triple DES"},
        {"bad-des3.pem", "key-unsupported", "triple DES"},
        {"bad-proc-type.pem", "key-unsupported", "Proc-Type: 4,ENCRYPTED"},
        {"bad-explicit.pem", "key-unsupported", "spells its curve out"},
        {"bad-p521.pem", "key-unsupported", "P-521"},
        {"bad-secp256k1.pem", "key-unsupported", "secp256k1"},
        {"bad-ed25519.pem", "key-unsupported", "Ed25519"},
        {"bad-rsa2048.pem", "key-unsupported", "2048 bits"},
        {"bad-rsa-e3.pem", "key-unsupported", "exponent"},
        {"bad-rsa-pss.pem", "key-unsupported", "RSA-PSS"},
        {"bad-request.pem", "key-form", "CERTIFICATE REQUEST"},
        {"p256-public.pem", "key-is-public", "public key"},
        {"bad-pkcs1-public.pem", "key-is-public", "public key"},
        {"ca-certificate.pem", "key-is-public", "certificate"},
        {"p256-chain.pem", "key-is-public", "certificate"},
    };
    for (size_t i = 0; i < COUNT(files); i++)
        refuse(*state, key_file(*state, files[i][0]), PASSPHRASE, files[i][1], files[i][2]);
}

static void headers_are_refused(void **state)
{
    refuse(*state, with_header(*state, "p256.pem"), "", "key-form",
           "header lines before its base64");
    refuse(*state, with_header(*state, "p256-ecparam.pem"), "", "key-form", "headers");
}

static void a_wrong_passphrase_is_told(void **state)
{
    const struct span pem = key_file(*state, "p256-aes256.pem");
    refuse(*state, pem, "", "key-passphrase", "no passphrase was given");
    /* some of these decrypt to something with right padding */
    for (int i = 0; i < 600; i++) {
        struct fixture *fixture = *state;
        refuse(fixture, key_file(fixture, "p384-aes-192-SHA224.pem"),
               arena_format(fixture->arena, "wrong %d", i), "key-passphrase", "does not decrypt");
    }
}

/* ---- texts ---- */

static void join_and_refuse(struct fixture *fixture, const char *first, struct span second,
                            const char *last, const char *code, const char *words)
{
    const struct span parts[] = {span_of_text(first), second, span_of_text(last)};
    refuse(fixture, der_join(parts, 3, fixture->arena), "", code, words);
}

static void texts_that_are_no_pem_are_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct span key = key_file(fixture, "p256.pem");
    refuse(fixture, (struct span){NULL, 0}, "", "key-empty", "no key");
    refuse(fixture, span_of_text(" \n\t\r\n# a comment\n"), "", "key-empty", "no key");
    refuse(fixture, der_of_file(fixture, "p256.pem"), "", "key-form", "DER");
    refuse(fixture, span_of_text("secret"), "", "key-form", "line 1");
    join_and_refuse(fixture, "Bag Attributes\n", key, "", "key-form", "line 1 lies outside");
    join_and_refuse(fixture, "", key, "more", "key-form", "line 6 lies outside");
    join_and_refuse(fixture, "", key, (const char *)key.data, "key-form", "something else after");
    refuse(fixture, (struct span){key.data, key.bytes - 10}, "", "key-form", "base64");
    refuse(fixture, (struct span){key.data, key.bytes - 40}, "", "key-form", "");
    refuse(fixture, replaced(fixture, key, 40, 1, span_of_text(" ")), "", "key-form", "line 2");
    refuse(fixture, replaced(fixture, key, 40, 1, span_of_text("=")), "", "key-form", "base64");
    refuse(fixture, replaced(fixture, key, 40, 1, span_of_text("")), "", "key-form", "base64");
    refuse(fixture, replaced(fixture, key, 40, 0, span_of_text("\n\n")), "", "key-form", "line 3");
    refuse(fixture, span_of_text("-----BEGIN PRIVATE KEY-----\nMA==\n-----END PUBLIC KEY-----\n"),
           "", "key-form", "another label");
    refuse(fixture, span_of_text("-----BEGIN PRIVATE KEY-----\nMB==\n-----END PRIVATE KEY-----\n"),
           "", "key-form", "not base64 as it has to be"); /* unused bits */
    refuse(fixture, span_of_text("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"), "",
           "key-form", "not base64");
    refuse(fixture, span_of_text("-----BEGIN PRIVATE KEY-----"), "", "key-form", "no END");
    refuse(fixture,
           span_of_text("-----BEGIN PRIVATE KEY-----\nA: b\n\nMA==\n-----END PRIVATE KEY-----"), "",
           "key-form", "header lines before its base64");
    refuse(fixture, span_of_text("-----BEGIN SECRET-----\nMA==\n-----END SECRET-----"), "",
           "key-form", "SECRET block");
    refuse(fixture,
           span_of_text("-----BEGIN OPENSSH PRIVATE KEY-----\nMA==\n-----END OPENSSH PRIVATE "
                        "KEY-----"),
           "", "key-unsupported", "OPENSSH");
}

static void line_ends_and_comments_do_not_matter(void **state)
{
    struct fixture *fixture = *state;
    const struct span text = key_file(fixture, "p256.pem");
    struct span parts[64];
    size_t count = 0, start = 0;
    parts[count++] = span_of_text("# mine\r\n\r\n");
    for (size_t i = 0; i < text.bytes; i++) {
        if (text.data[i] != '\n')
            continue;
        parts[count++] = (struct span){text.data + start, i - start};
        parts[count++] = span_of_text("\r\n");
        start = i + 1;
    }
    const struct span joined = der_join(parts, count - 1, fixture->arena); /* no last line end */
    struct private_key key;
    assert_true(
        private_key_read(joined, span_of_text(""), NOWHERE, fixture->arena, &key, &fixture->diags));
    assert_string_equal(key.public.id, id_of(fixture, "p256"));
    private_key_wipe(&key);
}

static void a_key_that_is_too_large_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct span large = {arena_alloc(fixture->arena, PRIVATE_KEY_BYTES_MOST + 1, 1),
                               PRIVATE_KEY_BYTES_MOST + 1};
    refuse(fixture, pem_of(fixture, "PRIVATE KEY", large), "", "key-form", "more than 4096 bytes");
}

/* ---- DER ---- */

static void each_flipped_bit_and_each_truncation_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct span der = der_of_file(fixture, "p256.pem");
    for (size_t bit = 0; bit < 8 * der.bytes; bit++) {
        struct private_key key;
        const uint8_t flipped = (uint8_t)(der.data[bit / 8] ^ 1 << bit % 8);
        const struct span other = replaced(fixture, der, bit / 8, 1, (struct span){&flipped, 1});
        assert_false(private_key_read(pem_of(fixture, "PRIVATE KEY", other), span_of_text(""),
                                      NOWHERE, fixture->arena, &key, &fixture->diags));
        assert_int_equal(fixture->diags.count, bit + 1);
    }
    fixture->diags = diag_list_in(fixture->arena);
    for (size_t bytes = 1; bytes < der.bytes; bytes++)
        refuse(fixture, pem_of(fixture, "PRIVATE KEY", (struct span){der.data, bytes}), "",
               "key-form", "");
}

static void bytes_after_a_key_are_refused(void **state)
{
    static const char *const files[][2] = {{"p256.pem", "PRIVATE KEY"},
                                           {"p256-sec1.pem", "EC PRIVATE KEY"},
                                           {"rsa3072-pkcs1.pem", "RSA PRIVATE KEY"},
                                           {"p256-aes256.pem", "ENCRYPTED PRIVATE KEY"}};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(files); i++) {
        const struct span der = der_of_file(fixture, files[i][0]);
        const struct span longer =
            replaced(fixture, der, der.bytes, 0, (struct span){(const uint8_t *)"", 1});
        refuse(fixture, pem_of(fixture, files[i][1], longer), PASSPHRASE, "key-form", "");
    }
}

/* BER allows a length in more bytes than it needs, and one that is not told. */
static void ber_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct span der = der_of_file(fixture, "p256-sec1.pem"); /* 30 77 02 01 01 04 20 … */
    const struct span longer = replaced(fixture, der, 1, 1, hex(fixture, "8177"));
    refuse(fixture, pem_of(fixture, "EC PRIVATE KEY", longer), "", "key-form", "DER");
    const struct span zeros = replaced(fixture, der, 1, 4, hex(fixture, "7802020001"));
    refuse(fixture, pem_of(fixture, "EC PRIVATE KEY", zeros), "", "key-form", "DER");
    const struct span endless = replaced(fixture, replaced(fixture, der, 1, 1, hex(fixture, "80")),
                                         der.bytes, 0, hex(fixture, "0000"));
    refuse(fixture, pem_of(fixture, "EC PRIVATE KEY", endless), "", "key-form", "DER");
}

static size_t find(struct span whole, struct span part)
{
    for (size_t i = 0; i + part.bytes <= whole.bytes; i++) {
        if (memcmp(whole.data + i, part.data, part.bytes) == 0)
            return i;
    }
    fail_msg("not found");
    return 0;
}

static void a_private_key_of_another_public_key_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct span sec1 = der_of_file(fixture, "p256-sec1.pem");
    const struct span rfc_6979 = hex(fixture, "C9AFA9D8");
    const struct span other =
        replaced(fixture, sec1, find(sec1, rfc_6979), 4, hex(fixture, "C9AFA9D9"));
    refuse(fixture, pem_of(fixture, "EC PRIVATE KEY", other), "", "key-form", "does not belong");
    const struct span zero = replaced(fixture, sec1, find(sec1, rfc_6979), 32,
                                      (struct span){arena_alloc(fixture->arena, 32, 1), 32});
    refuse(fixture, pem_of(fixture, "EC PRIVATE KEY", zero), "", "key-form", "not a number");
}

/* Every number of an RSA key counts, those too that could be computed from the others. */
static void each_number_of_an_rsa_key_has_to_match(void **state)
{
    struct fixture *fixture = *state;
    const struct span der = der_of_file(fixture, "rsa3072-pkcs1.pem");
    struct span rest, number;
    uint32_t version;
    assert_true(der_whole(der, DER_SEQUENCE, &rest));
    assert_true(der_take_u32(&rest, &version));
    for (int i = 0; i < 8; i++) {
        assert_true(der_take_number(&rest, &number));
        const size_t at = (size_t)(number.data - der.data) + number.bytes - 1;
        const uint8_t last = (uint8_t)(der.data[at] ^ 2); /* still odd */
        const struct span other = replaced(fixture, der, at, 1, (struct span){&last, 1});
        refuse(fixture, pem_of(fixture, "RSA PRIVATE KEY", other), "", "key-form",
               "does not belong");
    }
}

/* ---- PKCS#8 ---- */

struct pkcs8_case {
    const char *version, *algorithm, *after; /* hex */
};

static struct span make_pkcs8(struct fixture *fixture, const struct pkcs8_case *with)
{
    struct arena *arena = fixture->arena;
    const struct span key =
        der_wrap(DER_OCTET_STRING, der_of_file(fixture, "p256-sec1.pem"), arena);
    const struct span parts[] = {hex(fixture, with->version), hex(fixture, with->algorithm), key,
                                 hex(fixture, with->after)};
    return pem_of(fixture, "PRIVATE KEY", der_wrap(DER_SEQUENCE, der_join(parts, 4, arena), arena));
}

#define EC_P256 "301306072a8648ce3d020106082a8648ce3d030107"
#define EC_P384 "301006072a8648ce3d020106052b81040022"
#define EC_NONE "300906072a8648ce3d0201"
#define RSA_KEY "300d06092a864886f70d0101010500"

static void pkcs8_is_read_as_it_is_specified(void **state)
{
    static const struct {
        struct pkcs8_case with;
        const char *words; /* NULL: accepted */
    } cases[] = {
        {{"020100", EC_P256, ""}, NULL},
        {{"020101", EC_P256, ""}, "DER"}, /* as does version 1 one */
        {{"020100", EC_P256, "a000"}, NULL},
        {{"020102", EC_P256, ""}, "DER"},
        {{"020100", EC_P256, "0500"}, "DER"},
        {{"020100", EC_P256, "810200ff"}, "DER"}, /* a public key needs version 1 */
        {{"020101", EC_P256, "810200ff"}, "does not belong"},
        {{"020101", EC_P256, "810201ff"}, "DER"},
        {{"020100", EC_P384, ""}, "two curves"},
        {{"020100", EC_NONE, ""}, "does not name"},
        {{"020100", RSA_KEY, ""}, "RSA"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct private_key key;
        const struct span pem = make_pkcs8(fixture, &cases[i].with);
        if (cases[i].words != NULL)
            refuse(fixture, pem, "", "key-form", cases[i].words);
        else if (!private_key_read(pem, span_of_text(""), NOWHERE, fixture->arena, &key,
                                   &fixture->diags))
            fail_msg("case %zu: %s", i, fixture->diags.items[0].message);
    }
}

/* ---- encryption ---- */

struct encryption {
    const char *iterations; /* hex of the INTEGER's content */
    const char *after;      /* hex of what follows in PBKDF2-params */
    size_t iv_bytes, content_bytes;
};

static struct span identifier(struct fixture *fixture, enum oid oid, struct span parameters)
{
    struct arena *arena = fixture->arena;
    const struct span parts[] = {der_wrap(DER_OID, oid_content(oid), arena), parameters};
    return der_wrap(DER_SEQUENCE, der_join(parts, 2, arena), arena);
}

static struct span make_encrypted(struct fixture *fixture, const struct encryption *with)
{
    struct arena *arena = fixture->arena;
    const struct span zeros = {arena_alloc(arena, 64, 1), 64};
    const struct span derivation[] = {
        der_wrap(DER_OCTET_STRING, (struct span){zeros.data, 8}, arena),
        der_wrap(DER_INTEGER, hex(fixture, with->iterations), arena), hex(fixture, with->after)};
    const struct span iv =
        der_wrap(DER_OCTET_STRING, (struct span){zeros.data, with->iv_bytes}, arena);
    const struct span scheme[] = {
        identifier(fixture, OID_PBKDF2,
                   der_wrap(DER_SEQUENCE, der_join(derivation, 3, arena), arena)),
        identifier(fixture, OID_AES_128_CBC, iv)};
    const struct span whole[] = {
        identifier(fixture, OID_PBES2, der_wrap(DER_SEQUENCE, der_join(scheme, 2, arena), arena)),
        der_wrap(DER_OCTET_STRING, (struct span){zeros.data, with->content_bytes}, arena)};
    return pem_of(fixture, "ENCRYPTED PRIVATE KEY",
                  der_wrap(DER_SEQUENCE, der_join(whole, 2, arena), arena));
}

static void encryption_is_read_strictly(void **state)
{
    static const struct {
        struct encryption with;
        const char *code, *words;
    } cases[] = {
        {{"01", "", 16, 16}, "key-passphrase", "does not decrypt"},
        {{"01", "020110", 16, 16}, "key-passphrase", "does not decrypt"},
        {{"01", "020120", 16, 16}, "key-form", "key length"},
        {{"01", "300a06082a864886f70d0209", 16, 16}, "key-passphrase", "does not decrypt"},
        {{"01", "300c06082a864886f70d02090500", 16, 16}, "key-passphrase", "does not decrypt"},
        {{"01", "300d06082a864886f70d0209020105", 16, 16}, "key-form", "hash"},
        {{"01", "300c06082a864886f70d02050500", 16, 16}, "key-unsupported", "1.2.840.113549.2.5"},
        {{"00", "", 16, 16}, "key-iterations", "asks for 0 iterations"},
        {{"00989681", "", 16, 16}, "key-iterations", "asks for 10000001 iterations"},
        {{"010000000000", "", 16, 16}, "key-iterations", "more than 4294967295 iterations"},
        {{"7f00000000000000000000000000000000", "", 16, 16}, "key-iterations", "more than"},
        {{"ff", "", 16, 16}, "key-form", "iterations"},
        {{"0001", "", 16, 16}, "key-form", "iterations"},
        {{"01", "", 15, 16}, "key-form", "initial vector"},
        {{"01", "", 16, 0}, "key-form", "whole number of blocks"},
        {{"01", "", 16, 17}, "key-form", "whole number of blocks"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        refuse(*state, make_encrypted(*state, &cases[i].with), "x", cases[i].code, cases[i].words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(headers_are_refused),
        TEST(every_form_of_a_key_is_read),
        TEST(encrypted_files_are_known),
        TEST(other_files_are_refused),
        TEST(a_wrong_passphrase_is_told),
        TEST(texts_that_are_no_pem_are_refused),
        TEST(line_ends_and_comments_do_not_matter),
        TEST(a_key_that_is_too_large_is_refused),
        TEST(each_flipped_bit_and_each_truncation_is_refused),
        TEST(bytes_after_a_key_are_refused),
        TEST(ber_is_refused),
        TEST(a_private_key_of_another_public_key_is_refused),
        TEST(each_number_of_an_rsa_key_has_to_match),
        TEST(pkcs8_is_read_as_it_is_specified),
        TEST(encryption_is_read_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
