/* Spans and checked arithmetic: bounds, order, overflow. */
#include "base/checked.h"
#include "base/span.h"

#include "tests/unit/base/fixture.h"

static const uint8_t bytes[] = {0x01, 0x02, 0x03, 0x04, 0x85, 0x86, 0x87, 0x88, 0x99};
static const struct span whole = {bytes, sizeof bytes};

static void a_part_lies_inside(void **state)
{
    (void)state;
    for (uint64_t offset = 0; offset <= sizeof bytes; offset++) {
        for (uint64_t length = 0; length <= sizeof bytes - offset; length++) {
            struct span part = {NULL, 77};
            assert_true(span_part(whole, offset, length, &part));
            assert_ptr_equal(part.data, bytes + offset);
            assert_int_equal(part.bytes, length);
        }
    }
}

static void what_lies_outside_is_no_part(void **state)
{
    (void)state;
    static const uint64_t outside[][2] = {
        {0, 10},
        {9, 1},
        {10, 0},
        {8, 2},
        {1, UINT64_MAX},
        {UINT64_MAX, 0},
        {UINT64_MAX, 1},
        {UINT64_MAX, 2},
        {2, UINT64_MAX - 1},
        {UINT64_C(1) << 32, 0},
    };
    for (size_t i = 0; i < COUNT(outside); i++) {
        struct span part = {bytes, 77};
        assert_false(span_part(whole, outside[i][0], outside[i][1], &part));
        assert_int_equal(part.bytes, 77);
    }
    struct span part;
    assert_false(span_part((struct span){NULL, 0}, 0, 1, &part));
    assert_true(span_part((struct span){NULL, 0}, 0, 0, &part));
}

static void numbers_are_read_little_endian(void **state)
{
    (void)state;
    assert_int_equal(span_u16(whole, 0), 0x0201);
    assert_int_equal(span_u16(whole, 7), 0x9988);
    assert_int_equal(span_u32(whole, 1), 0x85040302);
    assert_int_equal(span_u32(whole, 5), 0x99888786);
    assert_true(span_u64(whole, 1) == UINT64_C(0x9988878685040302));
}

static int sign_of(int number)
{
    return (number > 0) - (number < 0);
}

static void order_is_that_of_unsigned_bytes(void **state)
{
    (void)state;
    static const char *const ascending[] = {"",  "A",    "AA",   "AB",   "B",
                                            "a", "\x7f", "\x80", "\xff", "\xff\x01"};
    for (size_t i = 0; i < COUNT(ascending); i++) {
        for (size_t k = 0; k < COUNT(ascending); k++) {
            const struct span a = span_of_text(ascending[i]);
            const struct span b = span_of_text(ascending[k]);
            assert_int_equal(sign_of(span_compare(a, b)), (i > k) - (i < k));
            assert_int_equal(span_equal(a, b), i == k);
        }
    }
    assert_true(span_equal((struct span){NULL, 0}, span_of_text("")));
    assert_int_equal(span_compare((struct span){NULL, 0}, span_of_text("")), 0);
}

/* ---- checked arithmetic ---- */

static const uint64_t edges[] = {0,
                                 1,
                                 2,
                                 3,
                                 UINT32_MAX - 1,
                                 UINT32_MAX,
                                 UINT64_C(1) << 32,
                                 (UINT64_C(1) << 32) + 1,
                                 UINT64_MAX / 2,
                                 UINT64_MAX / 2 + 1,
                                 UINT64_MAX - 1,
                                 UINT64_MAX};

/* Compared with the compiler's own checks. */
static void sums_and_products_fit_or_are_left_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(edges); i++) {
        for (size_t k = 0; k < COUNT(edges); k++) {
            uint64_t expected;
            uint64_t sum = 77;
            bool fits = !__builtin_add_overflow(edges[i], edges[k], &expected);
            assert_int_equal(checked_add(edges[i], edges[k], &sum), fits);
            assert_true(sum == (fits ? expected : 77));
            uint64_t product = 77;
            fits = !__builtin_mul_overflow(edges[i], edges[k], &expected);
            assert_int_equal(checked_multiply(edges[i], edges[k], &product), fits);
            assert_true(product == (fits ? expected : 77));
        }
    }
}

static void a_word_has_32_bits(void **state)
{
    (void)state;
    uint32_t word = 77;
    assert_true(checked_u32(UINT32_MAX, &word));
    assert_true(word == UINT32_MAX);
    assert_false(checked_u32(UINT64_C(1) << 32, &word));
    assert_false(checked_u32(UINT64_MAX, &word));
    assert_true(word == UINT32_MAX);
}

static void rounding_goes_up_to_the_next_multiple(void **state)
{
    (void)state;
    for (uint64_t alignment = 1; alignment <= 64; alignment *= 2) {
        for (uint64_t value = 0; value < 200; value++) {
            const uint64_t rounded = round_up(value, alignment);
            assert_true(rounded >= value && rounded - value < alignment);
            assert_int_equal(rounded % alignment, 0);
        }
    }
    assert_true(round_up(UINT32_MAX, 4096) == UINT64_C(1) << 32);
}

static void powers_of_two_have_one_bit(void **state)
{
    (void)state;
    assert_false(is_power_of_two(0));
    for (unsigned bit = 0; bit < 64; bit++) {
        assert_true(is_power_of_two(UINT64_C(1) << bit));
        assert_int_equal(is_power_of_two((UINT64_C(1) << bit) + 1), bit == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_part_lies_inside),
        TEST(what_lies_outside_is_no_part),
        TEST(numbers_are_read_little_endian),
        TEST(order_is_that_of_unsigned_bytes),
        TEST(sums_and_products_fit_or_are_left_alone),
        TEST(a_word_has_32_bits),
        TEST(rounding_goes_up_to_the_next_multiple),
        TEST(powers_of_two_have_one_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
