/* Images for MCUboot: their bytes, and that only such images are read back. */
#include "tests/unit/sign/fixture.h"

#include "sign/image/mcuboot.h"

#include "sign/digest/digest.h"

#include <string.h>

enum { HEADER_BYTES = 64, BODY_BYTES = 5, PROTECTED_BYTES = 12 };
enum { MESSAGE_BYTES = HEADER_BYTES + BODY_BYTES + PROTECTED_BYTES };

static const uint8_t body[BODY_BYTES] = {1, 2, 3, 4, 5};

static struct mcuboot_image sample(void)
{
    return (struct mcuboot_image){
        .header_bytes = HEADER_BYTES,
        .is_fixed = true,
        .load_addr = 0x08020400,
        .erased = 0xff,
        .major = 1,
        .minor = 2,
        .patch = 0x304,
        .security_counter = 0x11223344,
        .body = {body, sizeof body},
    };
}

/* By hand from the image format in MCUboot's docs/design.md. */
static void the_message_is_header_body_and_counter(void **state)
{
    struct fixture *fixture = *state;
    static const uint8_t header[] = {0x3d, 0xb8, 0xf3, 0x96, 0x00, 0x04, 0x02, 0x08, 64, 0, 12,
                                     0,    5,    0,    0,    0,    0x00, 0x01, 0,    0,  1, 2,
                                     0x04, 0x03, 0,    0,    0,    0,    0,    0,    0,  0};
    static const uint8_t counter[] = {0x08, 0x69, 12, 0, 0x50, 0, 4, 0, 0x44, 0x33, 0x22, 0x11};
    struct mcuboot_image image = sample();
    const struct span message = mcuboot_message(&image, fixture->arena);
    assert_int_equal(message.bytes, MESSAGE_BYTES);
    assert_memory_equal(message.data, header, sizeof header);
    for (size_t i = sizeof header; i < HEADER_BYTES; i++)
        assert_int_equal(message.data[i], 0xff);
    assert_memory_equal(message.data + HEADER_BYTES, body, sizeof body);
    assert_memory_equal(message.data + HEADER_BYTES + BODY_BYTES, counter, sizeof counter);

    image.is_fixed = false; /* the address counts only then */
    const struct span moving = mcuboot_message(&image, fixture->arena);
    assert_int_equal(span_u32(moving, 4), 0);
    assert_int_equal(span_u32(moving, 16), 0);
}

static void an_unsigned_file_ends_with_the_digest(void **state)
{
    struct fixture *fixture = *state;
    static const uint8_t records[] = {0x07, 0x69, 40, 0, 0x10, 0, 32, 0};
    const struct mcuboot_image image = sample();
    const struct span message = mcuboot_message(&image, fixture->arena);
    const struct span file = mcuboot_file(message, NULL, NULL, fixture->arena);
    const struct digest digest = digest_of(message);
    assert_int_equal(file.bytes, MESSAGE_BYTES + sizeof records + DIGEST_BYTES);
    assert_memory_equal(file.data, message.data, message.bytes);
    assert_memory_equal(file.data + MESSAGE_BYTES, records, sizeof records);
    assert_memory_equal(file.data + MESSAGE_BYTES + sizeof records, digest.bytes, DIGEST_BYTES);
}

/* A key that needs to be none for what is looked at here. */
static struct span signed_file(struct fixture *fixture, enum key_kind kind, size_t bytes)
{
    const struct mcuboot_image image = sample();
    const struct span message = mcuboot_message(&image, fixture->arena);
    const struct public_key key = {.kind = kind, .spki = {body, sizeof body}};
    struct signature signature = {.byte_count = bytes};
    memset(signature.bytes, 0x5a, bytes);
    return mcuboot_file(message, &key, &signature, fixture->arena);
}

static void a_signature_comes_with_the_hash_of_its_key(void **state)
{
    struct fixture *fixture = *state;
    static const uint8_t hash_record[] = {0x01, 0, 32, 0};
    static const uint8_t signature_record[] = {0x22, 0, 71, 0, 0x5a};
    const struct span file = signed_file(fixture, KEY_P256, 71);
    const struct digest hash = digest_of((struct span){body, sizeof body});
    const uint8_t *at = file.data + MESSAGE_BYTES + 4 + 4 + DIGEST_BYTES;
    assert_int_equal(span_u16(file, MESSAGE_BYTES + 2), 4 + 2 * (4 + DIGEST_BYTES) + 4 + 71);
    assert_memory_equal(at, hash_record, sizeof hash_record);
    assert_memory_equal(at + 4, hash.bytes, DIGEST_BYTES);
    assert_memory_equal(at + 4 + DIGEST_BYTES, signature_record, sizeof signature_record);
    assert_int_equal(file.bytes, MESSAGE_BYTES + 4 + 2 * (4 + DIGEST_BYTES) + 4 + 71);
}

static bool read_file(struct fixture *fixture, struct span file, struct mcuboot_image *ret,
                      bool *ret_is_signed)
{
    fixture->diags = diag_list_in(fixture->arena);
    return mcuboot_read(file, NOWHERE, fixture->arena, ret, ret_is_signed, &fixture->diags);
}

static void what_was_written_is_read_back(void **state)
{
    struct fixture *fixture = *state;
    for (int is_fixed = 0; is_fixed < 2; is_fixed++) {
        for (uint32_t header_bytes = 32; header_bytes <= 96; header_bytes += 32) {
            struct mcuboot_image image = sample();
            struct mcuboot_image read;
            bool is_signed = true;
            image.is_fixed = is_fixed;
            image.load_addr = is_fixed ? image.load_addr : 0;
            image.header_bytes = header_bytes;
            image.erased = header_bytes == 96 ? 0 : 0xff;
            const struct span message = mcuboot_message(&image, fixture->arena);
            const struct span file = mcuboot_file(message, NULL, NULL, fixture->arena);
            assert_true(read_file(fixture, file, &read, &is_signed));
            assert_false(is_signed);
            assert_int_equal(read.header_bytes, header_bytes);
            assert_int_equal(read.is_fixed, is_fixed);
            assert_int_equal(read.load_addr, image.load_addr);
            assert_int_equal(read.erased, image.erased);
            assert_int_equal(read.patch, 0x304);
            assert_int_equal(read.security_counter, 0x11223344);
            assert_true(span_equal(read.body, image.body));
            assert_true(span_equal(mcuboot_message(&read, fixture->arena), message));
        }
    }
}

/* Of a signed file the records of the signature may hold any key hash and any bytes. */
static void any_other_bit_matters(void **state)
{
    struct fixture *fixture = *state;
    const struct span file = signed_file(fixture, KEY_P256, 71);
    uint8_t *bytes =
        (uint8_t *)arena_copy_text(fixture->arena, (const char *)file.data, file.bytes);
    const size_t hash_at = MESSAGE_BYTES + 4 + 4 + DIGEST_BYTES + 4;
    const size_t signature_at = hash_at + DIGEST_BYTES + 4;
    struct mcuboot_image read;
    bool is_signed = false;
    assert_true(read_file(fixture, (struct span){bytes, file.bytes}, &read, &is_signed));
    assert_true(is_signed);
    for (size_t i = 0; i < file.bytes * 8; i++) {
        const size_t at = i / 8;
        const bool is_free = (at >= hash_at && at < hash_at + DIGEST_BYTES) || at >= signature_at ||
                             /* 0x22 and 0x23 differ in one bit: both are types of signatures */
                             (at == hash_at + DIGEST_BYTES && i % 8 == 0);
        bytes[at] ^= (uint8_t)(1u << i % 8);
        if (read_file(fixture, (struct span){bytes, file.bytes}, &read, &is_signed) != is_free)
            fail_msg("bit %zu of byte %zu", i % 8, at);
        bytes[at] ^= (uint8_t)(1u << i % 8);
    }
    for (size_t length = 0; length < file.bytes; length++)
        assert_false(read_file(fixture, (struct span){bytes, length}, &read, &is_signed));
}

static void keys_that_mcuboot_does_not_know(void **state)
{
    struct fixture *fixture = *state;
    static const enum key_kind kinds[] = {KEY_P256, KEY_P384, KEY_RSA_3072, KEY_RSA_4096};
    static const bool known[] = {true, false, true, false};
    for (size_t i = 0; i < 4; i++) {
        const struct public_key key = {.kind = kinds[i]};
        fixture->diags = diag_list_in(fixture->arena);
        assert_int_equal(mcuboot_check_key(&key, NOWHERE, &fixture->diags), known[i]);
        assert_int_equal(fixture->diags.error_count, known[i] ? 0 : 1);
        if (!known[i])
            assert_string_equal(fixture->diags.items[0].code, "mcuboot-key");
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_message_is_header_body_and_counter),
        TEST(an_unsigned_file_ends_with_the_digest),
        TEST(a_signature_comes_with_the_hash_of_its_key),
        TEST(what_was_written_is_read_back),
        TEST(any_other_bit_matters),
        TEST(keys_that_mcuboot_does_not_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
