/* Arenas: what they hand out, what they refuse. */
#include "base/arena.h"

#include "tests/unit/base/fixture.h"

#include <stdalign.h>
#include <stdint.h>

static jmp_buf refused;

static void refuse(void)
{
    longjmp(refused, 1);
}

/* Whether an arena says that this is too much. */
static bool is_refused(size_t count, size_t size)
{
    struct arena *arena = arena_create(refuse);
    volatile bool was_refused = true;
    if (setjmp(refused) == 0) {
        (void)arena_alloc(arena, count, size);
        was_refused = false;
    }
    arena_destroy(arena);
    return was_refused;
}

static bool is_zero(const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

/* Pieces of every size, also larger than any chunk, do not overlap and start at zero. */
static void memory_is_zeroed_aligned_and_its_own(void **state)
{
    struct fixture *fixture = *state;
    enum { PIECES = 600 };
    static unsigned char *pieces[PIECES];
    static size_t sizes[PIECES];
    for (size_t i = 0; i < PIECES; i++) {
        sizes[i] = i % 50 == 49 ? i * 5000 : i * 7 % 301;
        pieces[i] = arena_alloc(fixture->arena, sizes[i], 1);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        assert_true(is_zero(pieces[i], sizes[i]));
        memset(pieces[i], (int)(i % 255 + 1), sizes[i]);
    }
    for (size_t i = 0; i < PIECES; i++) {
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(pieces[i][k], i % 255 + 1);
    }
}

static void a_reset_arena_hands_out_zeros_again(void **state)
{
    (void)state;
    struct arena *arena = arena_create(fixture_exhausted);
    for (int round = 0; round < 50; round++) {
        unsigned char *bytes = arena_alloc(arena, 300, 100);
        assert_true(is_zero(bytes, 30000));
        memset(bytes, 0xa5, 30000);
        arena_reset(arena);
    }
    arena_reset(arena);
    arena_destroy(arena);
    arena_destroy(NULL);
}

static void a_product_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    assert_true(is_refused(SIZE_MAX, 2));
    assert_true(is_refused(2, SIZE_MAX));
    assert_true(is_refused(SIZE_MAX, 1));
    assert_true(is_refused(1, SIZE_MAX));
    assert_true(is_refused(SIZE_MAX / 2 + 1, 2));
    assert_true(is_refused((size_t)1 << 33, (size_t)1 << 33));
    assert_false(is_refused(SIZE_MAX, 0));
    assert_false(is_refused(0, SIZE_MAX));
    assert_false(is_refused(0, 0));
    assert_false(is_refused(1000, 1000));
}

static void growth_that_does_not_fit_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct arena *arena = arena_create(refuse);
    const uint64_t one = 1;
    volatile int refusals = 0;
    if (setjmp(refused) == 0)
        (void)arena_grow(arena, &one, 1, SIZE_MAX / 4, sizeof one);
    else
        refusals++;
    arena_destroy(arena);
    assert_int_equal(refusals, 1);
    no_diags(fixture);
}

static void growing_copies_and_adds_zeros(void **state)
{
    struct fixture *fixture = *state;
    const uint32_t old[] = {1, 2, 3};
    const uint32_t *grown = arena_grow(fixture->arena, old, 3, 6, sizeof *old);
    assert_ptr_not_equal(grown, old);
    assert_memory_equal(grown, old, sizeof old);
    assert_true(is_zero((const unsigned char *)&grown[3], 3 * sizeof *grown));
    assert_non_null(arena_grow(fixture->arena, NULL, 0, 1, 8));
}

static void texts_are_copied_and_ended(void **state)
{
    struct fixture *fixture = *state;
    assert_string_equal(arena_copy_text(fixture->arena, "abcdef", 3), "abc");
    assert_string_equal(arena_copy_text(fixture->arena, "", 0), "");
    assert_string_equal(arena_format(fixture->arena, "%s-%05d", "x", 42), "x-00042");
    const char *wide = arena_format(fixture->arena, "%0100000d", 7);
    assert_int_equal(strlen(wide), 100000);
    assert_int_equal(wide[99999], '7');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(memory_is_zeroed_aligned_and_its_own),   TEST(a_reset_arena_hands_out_zeros_again),
        TEST(a_product_that_does_not_fit_is_refused), TEST(growth_that_does_not_fit_is_refused),
        TEST(growing_copies_and_adds_zeros),          TEST(texts_are_copied_and_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
