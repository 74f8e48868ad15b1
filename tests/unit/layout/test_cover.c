/* Counting and placing against brute force over every range and frontier of a small address space.
 * The legality of a region is written here from the architecture's rule, one region at a time. */
#include "layout/search/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { END = 160, MANY = 1000 };

struct model {
    struct cover cover;
    bool legal[END + 1][END + 1];
    uint32_t count[END + 1][END + 1];
};

static bool is_legal(enum cover_kind kind, uint32_t start, uint32_t end)
{
    if (kind == COVER_ANY)
        return true;
    for (uint32_t size = 1; size <= 512; size *= 2) {
        if (kind != COVER_EIGHTHS && end - start == size && start % size == 0)
            return true;
        if (kind == COVER_EIGHTHS && start % size == 0 && end % size == 0 &&
            start / (8 * size) == (end - 1) / (8 * size))
            return true;
    }
    return false;
}

/* count[a][b]: the fewest legal regions in a row from a to b. */
static struct model *make_model(enum cover_kind kind)
{
    struct model *model = malloc(sizeof *model);
    assert_non_null(model);
    model->cover = (struct cover){kind, 0};
    for (uint32_t a = 0; a <= END; a++) {
        for (uint32_t b = 0; b <= END; b++)
            model->count[a][b] = a == b ? 0 : MANY;
        for (uint32_t b = a + 1; b <= END; b++) {
            model->legal[a][b] = is_legal(kind, a, b);
            if (kind == COVER_ENTRIES)
                model->count[a][b] = model->legal[a][b] ? 1 : 2;
        }
    }
    if (kind == COVER_ENTRIES)
        return model;
    for (uint32_t a = 0; a <= END; a++)
        for (uint32_t b = a + 1; b <= END; b++)
            for (uint32_t cut = a; cut < b; cut++)
                if (model->legal[cut][b] && model->count[a][cut] + 1 < model->count[a][b])
                    model->count[a][b] = model->count[a][cut] + 1;
    return model;
}

static void check_cuts(const struct model *model, uint32_t start, uint32_t end)
{
    uint64_t cuts[COVER_CUTS_MOST];
    const uint32_t count = cover_cut(model->cover, start, end, cuts);
    assert_int_equal(count + 1, model->count[start][end]);
    uint64_t from = start;
    for (uint32_t i = 0; i <= count; i++) {
        const uint64_t to = i < count ? cuts[i] : end;
        assert_true(from < to && to <= end);
        assert_true(model->legal[from][to]);
        from = to;
    }
}

static void check_counts(enum cover_kind kind)
{
    struct model *model = make_model(kind);
    for (uint32_t a = 0; a <= END; a++)
        for (uint32_t b = a + 1; b <= END; b++) {
            const uint32_t count = model->count[a][b];
            assert_int_equal(cover_count(model->cover, a, b), count);
            assert_true(cover_is_within(model->cover, a, b, count));
            assert_true(count == 1 || !cover_is_within(model->cover, a, b, count - 1));
            if (kind != COVER_ENTRIES)
                check_cuts(model, a, b);
        }
    free(model);
}

/* The shortest range of at least `size` that `slots` regions cover anywhere. */
static uint32_t least_length(const struct model *model, uint32_t size, uint32_t slots)
{
    uint32_t least = MANY;
    for (uint32_t a = 0; a <= END; a++)
        for (uint32_t b = a + size; b <= END && b - a < least; b++)
            if (model->count[a][b] <= slots)
                least = b - a;
    return least;
}

static void check_least_lengths(enum cover_kind kind)
{
    struct model *model = make_model(kind);
    for (uint32_t size = 1; size <= 64; size++)
        for (uint32_t slots = 1; slots <= 5; slots++)
            assert_int_equal(cover_least_length(model->cover, size, slots),
                             least_length(model, size, slots));
    free(model);
}

/* The lowest end of a block from `start` exactly, MANY when there is none. */
static uint32_t end_from(const struct model *model, uint32_t start, uint32_t size, uint32_t slots)
{
    for (uint32_t b = start + size; b <= END; b++)
        if (model->count[start][b] <= slots)
            return b;
    return MANY;
}

static void check_place(const struct model *model, const struct piece *piece, uint32_t slots)
{
    const struct layout_range part = {0, END};
    const struct space space = {&part, 1};
    uint32_t lowest = MANY;
    for (uint32_t frontier = END + 1; frontier-- > 0;) {
        struct layout_range block = {0, MANY};
        if (frontier % piece->alignment == 0) {
            const uint32_t end = end_from(model, frontier, (uint32_t)piece->size, slots);
            lowest = end < lowest ? end : lowest;
        }
        const bool placed = place_first(model->cover, &space, piece, slots, frontier, END, &block);
        assert_int_equal(placed, lowest != MANY);
        assert_int_equal(block.end, lowest);
        if (!placed)
            continue;
        assert_true(block.start >= frontier && block.end - block.start >= piece->size);
        assert_true(block.start % piece->alignment == 0);
        assert_true(model->count[block.start][block.end] <= slots);
        assert_true(lowest == 0 ||
                    !place_first(model->cover, &space, piece, slots, frontier, lowest - 1, &block));
    }
}

static void check_places(enum cover_kind kind)
{
    struct model *model = make_model(kind);
    for (uint32_t alignment = 1; alignment <= 16; alignment *= 4)
        for (uint32_t slots = 1; slots <= 4; slots++)
            for (uint32_t size = 1; size <= 48; size++) {
                const struct piece piece = {.size = size, .alignment = alignment};
                check_place(model, &piece, slots);
            }
    free(model);
}

static void test_counts(void **state)
{
    (void)state;
    check_counts(COVER_PLAIN);
    check_counts(COVER_EIGHTHS);
    check_counts(COVER_ENTRIES);
}

static void test_least_lengths(void **state)
{
    (void)state;
    check_least_lengths(COVER_PLAIN);
    check_least_lengths(COVER_EIGHTHS);
    check_least_lengths(COVER_ENTRIES);
}

static void test_places(void **state)
{
    (void)state;
    check_places(COVER_PLAIN);
    check_places(COVER_EIGHTHS);
    check_places(COVER_ANY);
    check_places(COVER_ENTRIES);
}

/* The fewest regions from start to end with no cut strictly inside `uncut`. */
static uint32_t count_uncut(const struct model *model, uint32_t start, uint32_t end,
                            struct layout_range uncut)
{
    uint32_t least[END + 1];
    for (uint32_t b = start; b <= end; b++) {
        least[b] = b == start ? 0 : MANY;
        if (b < end && uncut.start < b - start && b - start < uncut.end)
            continue;
        for (uint32_t cut = start; cut < b; cut++)
            if (model->legal[cut][b] && least[cut] + 1 < least[b])
                least[b] = least[cut] + 1;
    }
    return least[end];
}

static void check_uncut(enum cover_kind kind)
{
    struct model *model = make_model(kind);
    uint32_t seed = 1;
    for (uint32_t i = 0; i < 20000; i++) {
        seed = seed * 1664525 + 1013904223;
        const uint32_t start = (seed >> 8) % 100;
        const uint32_t size = 1 + (seed >> 16) % 60;
        const struct layout_range uncut = {(seed >> 4) % size, (seed >> 4) % size + 1 + seed % 30};
        const struct piece piece = {
            .size = size, .alignment = 1, .uncut = &uncut, .uncut_count = 1};
        const struct layout_range block = {start, start + size};
        const uint32_t expected = count_uncut(model, start, start + size, uncut);
        const uint32_t count = place_count(model->cover, &piece, block);
        assert_int_equal(count < MANY ? count : MANY, expected);
        if (expected == MANY)
            continue;
        uint64_t cuts[COVER_CUTS_MOST];
        assert_int_equal(place_cut(model->cover, &piece, block, cuts), expected - 1);
        uint64_t from = block.start;
        for (uint32_t j = 0; j < expected; j++) {
            const uint64_t to = j + 1 < expected ? cuts[j] : block.end;
            assert_true(from < to && model->legal[from][to]);
            assert_true(to == block.end ||
                        !(uncut.start < to - block.start && to - block.start < uncut.end));
            from = to;
        }
    }
    free(model);
}

static void test_uncut_ranges(void **state)
{
    (void)state;
    check_uncut(COVER_PLAIN);
    check_uncut(COVER_EIGHTHS);
}

/* A block goes into the first part that holds it, never across a hole. */
static void test_parts(void **state)
{
    (void)state;
    const struct layout_range parts[] = {{3, 10}, {12, 14}, {20, 100}};
    const struct space space = {parts, 3};
    const struct cover cover = {COVER_ANY, 0};
    struct layout_range block;
    assert_true(
        place_first(cover, &space, &(struct piece){.size = 7, .alignment = 1}, 1, 0, 1000, &block));
    assert_int_equal(block.start, 3);
    assert_true(
        place_first(cover, &space, &(struct piece){.size = 2, .alignment = 1}, 1, 9, 1000, &block));
    assert_int_equal(block.start, 12);
    assert_true(
        place_first(cover, &space, &(struct piece){.size = 8, .alignment = 8}, 1, 0, 1000, &block));
    assert_int_equal(block.start, 24);
    assert_false(place_first(cover, &space, &(struct piece){.size = 81, .alignment = 1}, 1, 0, 1000,
                             &block));
    assert_false(
        place_first(cover, &space, &(struct piece){.size = 9, .alignment = 1}, 1, 0, 28, &block));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts), cmocka_unit_test(test_least_lengths),
        cmocka_unit_test(test_places), cmocka_unit_test(test_uncut_ranges),
        cmocka_unit_test(test_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
