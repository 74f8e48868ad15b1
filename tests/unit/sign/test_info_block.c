/* The info block: its bytes, and that only whole blocks are read. */
#include "tests/unit/sign/fixture.h"

#include "sign/image/info_block.h"

#include "sign/digest/crc.h"

#include <string.h>

enum { BLOCK_BYTES = 64 };

static struct info_chunk chunk(const char *tag, const char *body)
{
    struct info_chunk made = {.body = span_of_text(body)};
    memcpy(made.tag, tag, INFO_TAG_BYTES);
    return made;
}

static uint8_t *write_block(struct fixture *fixture, const struct info_chunk *chunks, size_t count,
                            size_t bytes)
{
    struct span block;
    assert_true(info_block_write(chunks, count, bytes, fixture->arena, &block, &fixture->diags));
    assert_int_equal(block.bytes, bytes);
    return (uint8_t *)arena_copy_text(fixture->arena, (const char *)block.data, bytes);
}

static bool read_block(struct fixture *fixture, const uint8_t *block, size_t bytes,
                       struct info_block *ret)
{
    return info_block_read((struct span){block, bytes}, NOWHERE, fixture->arena, ret,
                           &fixture->diags);
}

static void an_empty_block_has_a_word_at_each_end(void **state)
{
    static const uint8_t expected[16] = {0x5e, 0x00, 0xb0, 0xca, 255, 255, 255, 255,
                                         255,  255,  255,  255,  16,  0,   0,   0};
    struct info_block read;
    const uint8_t *block = write_block(*state, NULL, 0, 16);
    assert_memory_equal(block, expected, 16);
    assert_true(read_block(*state, block, 16, &read));
    assert_int_equal(read.chunk_count, 0);
    assert_true(read_block(*state, write_block(*state, NULL, 0, 8), 8, &read));
}

static void chunks_have_the_bytes_of_the_format(void **state)
{
    const struct info_chunk vers = chunk("VERS", "1.2.3");
    const uint8_t *block = write_block(*state, &vers, 1, 36);
    static const uint8_t expected[] = {
        0x5e, 0x00, 0xb0, 0xca, 'V',  'E',  'R',  'S', 5,
        0,    0,    0,    0xb4, 0x25, 0x65, 0x3d, /* worked out apart: ~(0x53524556 * 0x6b329f69 +
                                                     5) */
        '1',  '.',  '2',  '.',  '3',  0,    0,    0};
    assert_memory_equal(block, expected, sizeof expected);
    const uint32_t body_crc = crc32c_of(vers.body);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(block[24 + i], body_crc >> 8 * i & 255);
}

static void chunks_are_found_again(void **state)
{
    const struct info_chunk chunks[] = {chunk("VERS", "1.2.3"), chunk("NONE", ""),
                                        chunk("BORD", "mps2")};
    struct info_block read;
    const uint8_t *block = write_block(*state, chunks, 3, 128);
    assert_true(read_block(*state, block, 128, &read));
    assert_int_equal(read.chunk_count, 3);
    assert_true(span_equal(info_block_find(&read, "VERS")->body, chunks[0].body));
    assert_true(span_equal(info_block_find(&read, "NONE")->body, chunks[1].body));
    assert_true(span_equal(info_block_find(&read, "BORD")->body, chunks[2].body));
    assert_null(info_block_find(&read, "GITC"));
    const uint8_t *again = write_block(*state, read.chunks, 3, 128);
    assert_memory_equal(block, again, 128);
}

static void a_full_block_has_no_fill(void **state)
{
    struct fixture *fixture = *state;
    const struct info_chunk exact = chunk("FULL", "12345678");
    struct info_block read;
    struct span none = {NULL, 77};
    assert_true(read_block(*state, write_block(*state, &exact, 1, 32), 32, &read));
    assert_int_equal(read.chunk_count, 1);
    assert_false(info_block_write(&exact, 1, 28, fixture->arena, &none, &fixture->diags));
    assert_false(info_block_write(&exact, 1, 8, fixture->arena, &none, &fixture->diags));
    assert_false(
        info_block_write(&exact, INFO_CHUNKS_MOST + 1, 8, fixture->arena, &none, &fixture->diags));
    assert_int_equal(none.bytes, 77);
    assert_int_equal(fixture->diags.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(fixture->diags.items[i].code, "info-no-room");
}

/* Of a block every bit counts, but for those that pad a body. */
static void a_flipped_bit_is_refused(void **state)
{
    const struct info_chunk vers = chunk("VERS", "1.2.3");
    uint8_t *block = write_block(*state, &vers, 1, BLOCK_BYTES);
    for (size_t bit = 0; bit < (size_t)8 * BLOCK_BYTES; bit++) {
        struct info_block read = {.chunk_count = 77};
        const size_t at = bit / 8;
        const bool is_padding = at >= 16 + 5 && at < 16 + 8;
        block[at] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(read_block(*state, block, BLOCK_BYTES, &read), is_padding);
        assert_int_equal(read.chunk_count, is_padding ? 1 : 77);
        block[at] ^= (uint8_t)(1u << bit % 8);
    }
}

static void another_size_is_refused(void **state)
{
    const struct info_chunk vers = chunk("VERS", "1.2.3");
    const uint8_t *block = write_block(*state, &vers, 1, BLOCK_BYTES);
    struct info_block read;
    for (size_t bytes = 0; bytes < BLOCK_BYTES; bytes++)
        assert_false(read_block(*state, block, bytes, &read));
}

/* A chunk that says it has `length` bytes, with a header checksum that agrees. */
static void put_length(uint8_t *block, uint32_t length)
{
    const uint32_t tag = 0x53524556; /* VERS */
    const uint32_t checksum = ~(tag * 0x6b329f69u + length);
    for (size_t i = 0; i < 4; i++) {
        block[8 + i] = (uint8_t)(length >> 8 * i);
        block[12 + i] = (uint8_t)(checksum >> 8 * i);
    }
}

static void a_body_beyond_the_end_is_refused(void **state)
{
    struct fixture *fixture = *state;
    static const uint32_t lengths[] = {41, 44, 45, 64, 0x7fffffff, 0xfffffffc, 0xffffffff};
    const struct info_chunk vers = chunk("VERS", "1.2.3");
    uint8_t *block = write_block(*state, &vers, 1, BLOCK_BYTES);
    struct info_block read;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        put_length(block, lengths[i]);
        assert_false(read_block(*state, block, BLOCK_BYTES, &read));
        assert_string_equal(fixture->diags.items[i].code, "info-form");
    }
    put_length(block, 5);
    assert_true(read_block(*state, block, BLOCK_BYTES, &read));
}

static void a_tag_stands_once(void **state)
{
    struct fixture *fixture = *state;
    const struct info_chunk twice[] = {chunk("VERS", "1"), chunk("BORD", "x"), chunk("VERS", "2")};
    struct info_block read;
    assert_false(read_block(*state, write_block(*state, twice, 3, 128), 128, &read));
    assert_string_equal(fixture->diags.items[0].code, "info-duplicate");
}

static void the_number_of_chunks_is_limited(void **state)
{
    struct fixture *fixture = *state;
    struct info_chunk most[INFO_CHUNKS_MOST];
    for (size_t i = 0; i < INFO_CHUNKS_MOST; i++)
        most[i] = (struct info_chunk){{'N', 0, (uint8_t)(i >> 8), (uint8_t)i}, {NULL, 0}};
    uint8_t *block = write_block(*state, most, INFO_CHUNKS_MOST, 8192);
    struct info_block read;
    assert_true(read_block(*state, block, 8192, &read));
    const struct info_chunk more = {{'M', 0, 0, 0}, {NULL, 0}};
    const uint8_t *one = write_block(*state, &more, 1, 64);
    memcpy(block + 4 + (size_t)16 * INFO_CHUNKS_MOST, one + 4, 16);
    assert_false(read_block(*state, block, 8192, &read));
    assert_string_equal(fixture->diags.items[0].code, "info-form");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_empty_block_has_a_word_at_each_end),
        TEST(chunks_have_the_bytes_of_the_format),
        TEST(chunks_are_found_again),
        TEST(a_full_block_has_no_fill),
        TEST(a_flipped_bit_is_refused),
        TEST(another_size_is_refused),
        TEST(a_body_beyond_the_end_is_refused),
        TEST(a_tag_stands_once),
        TEST(the_number_of_chunks_is_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
