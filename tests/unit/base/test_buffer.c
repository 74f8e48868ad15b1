/* Buffers: everything lands at the end, nothing before it moves. */
#include "base/buffer.h"

#include "tests/unit/base/fixture.h"

static jmp_buf refused;

static void refuse(void)
{
    longjmp(refused, 1);
}

static void numbers_are_little_endian(void **state)
{
    struct fixture *fixture = *state;
    struct buffer buffer = buffer_in(fixture->arena);
    buffer_append_byte(&buffer, 0xff);
    buffer_append_u16(&buffer, 0x0102);
    buffer_append_u32(&buffer, 0x03040506);
    buffer_append_u64(&buffer, UINT64_C(0x0708090a0b0c0d0e));
    static const uint8_t expected[] = {0xff, 0x02, 0x01, 0x06, 0x05, 0x04, 0x03, 0x0e,
                                       0x0d, 0x0c, 0x0b, 0x0a, 0x09, 0x08, 0x07};
    assert_int_equal(buffer.bytes, sizeof expected);
    assert_memory_equal(buffer.data, expected, sizeof expected);
}

static void an_empty_buffer_is_an_empty_text(void **state)
{
    struct fixture *fixture = *state;
    struct buffer buffer = buffer_in(fixture->arena);
    assert_int_equal(buffer_span(&buffer).bytes, 0);
    buffer_append(&buffer, NULL, 0);
    buffer_append_span(&buffer, (struct span){NULL, 0});
    buffer_fill(&buffer, 1, 0);
    assert_int_equal(buffer.bytes, 0);
    assert_string_equal(buffer_text(&buffer), "");
    assert_int_equal(buffer.bytes, 0);
}

/* Across every growth, with the NUL asked for in between. */
static void content_survives_growth(void **state)
{
    struct fixture *fixture = *state;
    struct buffer buffer = buffer_in(fixture->arena);
    for (uint32_t i = 0; i < 5000; i++) {
        buffer_format(&buffer, "%05u", i);
        const char *text = buffer_text(&buffer);
        assert_int_equal(buffer.bytes, 5 * (i + 1));
        assert_int_equal(text[buffer.bytes], 0);
    }
    for (uint32_t i = 0; i < 5000; i++)
        assert_memory_equal(buffer.data + 5 * i, arena_format(fixture->arena, "%05u", i), 5);
}

/* The NUL needs room too, at every length. */
static void the_text_ends_inside_the_buffer(void **state)
{
    struct fixture *fixture = *state;
    for (size_t length = 0; length < 1100; length++) {
        struct buffer buffer = buffer_in(fixture->arena);
        buffer_fill(&buffer, 'x', length);
        const char *text = buffer_text(&buffer);
        assert_int_equal(strlen(text), length);
        assert_true(buffer.capacity > length);
    }
}

static void a_buffer_can_take_a_part_of_itself(void **state)
{
    struct fixture *fixture = *state;
    struct buffer buffer = buffer_in(fixture->arena);
    buffer_append_text(&buffer, "ab");
    for (int i = 0; i < 12; i++)
        buffer_append_span(&buffer, buffer_span(&buffer));
    assert_int_equal(buffer.bytes, 2 << 12);
    for (size_t i = 0; i < buffer.bytes; i++)
        assert_int_equal(buffer.data[i], i % 2 == 0 ? 'a' : 'b');
}

static void more_than_can_be_counted_is_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_create(refuse);
    volatile bool was_refused = true;
    if (setjmp(refused) == 0) {
        struct buffer buffer = buffer_in(arena);
        buffer_append_byte(&buffer, 1);
        buffer_fill(&buffer, 0xff, SIZE_MAX);
        was_refused = false;
    }
    arena_destroy(arena);
    assert_true(was_refused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_are_little_endian),
        TEST(an_empty_buffer_is_an_empty_text),
        TEST(content_survives_growth),
        TEST(the_text_ends_inside_the_buffer),
        TEST(a_buffer_can_take_a_part_of_itself),
        TEST(more_than_can_be_counted_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
