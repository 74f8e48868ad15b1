/* Digests, checksums and their texts, against published vectors. */
#include "sign/digest/base64url.h"
#include "sign/digest/crc.h"
#include "sign/digest/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void out_of_memory(void)
{
    abort();
}

static int set_up(void **state)
{
    *state = arena_create(out_of_memory);
    return 0;
}

static int tear_down(void **state)
{
    arena_destroy(*state);
    return 0;
}

static void digests_are_those_of_fips_180(void **state)
{
    static const char *const vectors[][2] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < 3; i++) {
        const struct digest digest = digest_of(span_of_text(vectors[i][0]));
        assert_string_equal(digest_hex(&digest, *state), vectors[i][1]);
    }
    const struct digest nothing = digest_of((struct span){NULL, 0});
    assert_string_equal(digest_hex(&nothing, *state), vectors[0][1]);
}

static void pieces_have_the_digest_of_the_whole(void **state)
{
    uint8_t content[300];
    for (size_t i = 0; i < sizeof content; i++)
        content[i] = (uint8_t)(i * 7);
    const struct digest whole = digest_of((struct span){content, sizeof content});
    for (size_t cut = 0; cut <= sizeof content; cut++) {
        struct digest_stream *stream = digest_begin(*state);
        digest_add(stream, (struct span){content, cut});
        digest_add(stream, (struct span){NULL, 0});
        digest_add(stream, (struct span){content + cut, sizeof content - cut});
        const struct digest pieces = digest_end(stream);
        assert_true(digest_equal(&whole, &pieces));
    }
}

static void hex_is_read_strictly(void **state)
{
    const struct digest digest = digest_of(span_of_text("abc"));
    char *text = digest_hex(&digest, *state);
    struct digest read = {{0}};
    assert_true(digest_parse_hex(span_of_text(text), &read));
    assert_true(digest_equal(&digest, &read));
    assert_false(digest_parse_hex((struct span){(const uint8_t *)text, 63}, &read));
    assert_false(digest_parse_hex((struct span){(const uint8_t *)text, 65}, &read));
    static const char wrong[] = {'A', 'g', '/', ':', '`', '@', ' ', 0};
    for (size_t i = 0; i < sizeof wrong; i++) {
        text[i] = wrong[i];
        assert_false(digest_parse_hex((struct span){(const uint8_t *)text, 64}, &read));
        text[i] = '0';
    }
    assert_true(digest_equal(&digest, &read)); /* untouched */
}

static void base64url_is_that_of_rfc_4648(void **state)
{
    static const char *const vectors[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < 7; i++) {
        uint8_t back[8] = {0};
        const struct span bytes = span_of_text(vectors[i][0]);
        assert_string_equal(base64url_encode(bytes, *state), vectors[i][1]);
        assert_true(base64url_decode(span_of_text(vectors[i][1]), back, bytes.bytes));
        assert_memory_equal(back, bytes.data, bytes.bytes);
    }
    static const uint8_t id[8] = {0xff, 0xef, 0xbe, 0xfb, 0xff, 0, 1, 2};
    assert_string_equal(base64url_encode((struct span){id, 8}, *state), "_----_8AAQI");
}

static void base64url_is_read_strictly(void **state)
{
    (void)state;
    uint8_t bytes[8] = {9, 9};
    assert_false(base64url_decode(span_of_text("Zh"), bytes, 1));  /* unused bits */
    assert_false(base64url_decode(span_of_text("Zm9"), bytes, 2)); /* unused bits */
    assert_false(base64url_decode(span_of_text("Zg=="), bytes, 1));
    assert_false(base64url_decode(span_of_text("Z"), bytes, 1));
    assert_false(base64url_decode(span_of_text("Zg"), bytes, 2));
    assert_false(base64url_decode(span_of_text("Zm+v"), bytes, 3));
    assert_false(base64url_decode(span_of_text("Zm/v"), bytes, 3));
    assert_false(base64url_decode((struct span){(const uint8_t *)"Zm\0v", 4}, bytes, 3));
    assert_int_equal(bytes[0], 9);
    assert_int_equal(bytes[1], 9);
}

static uint32_t slow_crc(uint32_t polynomial, const uint8_t *data, size_t bytes)
{
    uint32_t remainder = 0xffffffff;
    for (size_t i = 0; i < 8 * bytes; i++) {
        const uint32_t bit = (remainder ^ (uint32_t)(data[i / 8] >> i % 8)) & 1;
        remainder = remainder >> 1 ^ (bit != 0 ? polynomial : 0);
    }
    return ~remainder;
}

static void checksums_are_those_of_their_specifications(void **state)
{
    (void)state;
    static const uint8_t zeros[32] = {0}; /* RFC 3720, B.4 */
    assert_int_equal(crc32_of(span_of_text("123456789")), 0xcbf43926);
    assert_int_equal(crc32c_of(span_of_text("123456789")), 0xe3069283);
    assert_int_equal(crc32c_of((struct span){zeros, 32}), 0x8a9136aa);
    assert_int_equal(crc32_of((struct span){NULL, 0}), 0);
}

static void long_content_has_the_checksum_that_single_bits_give(void **state)
{
    (void)state;
    uint8_t content[2148];
    for (size_t i = 0; i < sizeof content; i++)
        content[i] = (uint8_t)(i * i >> 3);
    for (size_t bytes = 2000; bytes <= sizeof content; bytes++) { /* tables from 2048 */
        const struct span span = {content + (bytes & 3), bytes - (bytes & 3)};
        assert_int_equal(crc32_of(span), slow_crc(0xedb88320, span.data, span.bytes));
        assert_int_equal(crc32c_of(span), slow_crc(0x82f63b78, span.data, span.bytes));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_those_of_fips_180),
        cmocka_unit_test(pieces_have_the_digest_of_the_whole),
        cmocka_unit_test(hex_is_read_strictly),
        cmocka_unit_test(base64url_is_that_of_rfc_4648),
        cmocka_unit_test(base64url_is_read_strictly),
        cmocka_unit_test(checksums_are_those_of_their_specifications),
        cmocka_unit_test(long_content_has_the_checksum_that_single_bits_give),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
