/* Sets of items against a list of flags, at every rank and around the borders of words. */
#include "layout/search/item_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { COUNT_MOST = 200, WORDS = COUNT_MOST / 64 + 1, ROUNDS = 200 };

static size_t next_open(const bool *flags, size_t count, size_t rank)
{
    while (rank < count && flags[rank])
        rank++;
    return rank;
}

static size_t previous_open(const bool *flags, size_t end)
{
    while (end > 0 && flags[end - 1])
        end--;
    return end;
}

static void check_set(const uint64_t *set, const bool *flags, size_t count)
{
    for (size_t rank = 0; rank < count; rank++)
        assert_int_equal(item_set_next_open(set, count, rank), next_open(flags, count, rank));
    assert_int_equal(item_set_next_open(set, count, count), count);
    for (size_t end = 0; end <= count; end++)
        assert_int_equal(item_set_previous_open(set, end), previous_open(flags, end));
}

/* Sets with hardly any item, with hardly any missing, and with half of them. */
static void test_open_ranks(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (size_t round = 0; round < ROUNDS; round++) {
        static const uint64_t parts[] = {1, 8, 15, 16};
        const uint64_t part = parts[round % 4];
        const size_t count = round < 8 ? 63 + round % 3 : 1 + round * 7 % COUNT_MOST;
        uint64_t set[WORDS] = {0};
        bool flags[COUNT_MOST] = {false};
        for (size_t i = 0; i < count; i++) {
            seed = item_set_mix(seed + 1);
            flags[i] = seed % 16 < part;
            set[i / 64] |= (uint64_t)flags[i] << i % 64;
        }
        check_set(set, flags, count);
    }
}

/* What stands behind the last item is no open rank. */
static void test_nothing_behind_the_count(void **state)
{
    (void)state;
    const uint64_t full[2] = {UINT64_MAX, 0x3f};
    assert_int_equal(item_set_next_open(full, 70, 0), 70);
    assert_int_equal(item_set_previous_open(full, 70), 0);
    assert_int_equal(item_set_next_open(full, 66, 0), 66);
    assert_int_equal(item_set_next_open(full, 71, 0), 70);
    assert_int_equal(item_set_previous_open(full, 71), 71);
}

/* The same set has the same hash in any order, and no two sets of a few items share one. */
static void test_hashes(void **state)
{
    (void)state;
    enum { ITEMS = 10, SETS = 1 << ITEMS };
    static uint64_t hashes[SETS];
    for (size_t set = 0; set < SETS; set++) {
        uint64_t backwards = 0;
        for (size_t i = 0; i < ITEMS; i++)
            hashes[set] ^= set >> i & 1 ? item_set_key(i) : 0;
        for (size_t i = ITEMS; i-- > 0;)
            backwards ^= set >> i & 1 ? item_set_key(i) : 0;
        assert_int_equal(hashes[set], backwards);
        for (size_t other = 0; other < set; other++)
            assert_int_not_equal(hashes[set], hashes[other]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_open_ranks),
                                       cmocka_unit_test(test_nothing_behind_the_count),
                                       cmocka_unit_test(test_hashes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
