/* imgbuild_may_access, the check that kernels run on lent memory; and that the public headers
 * compile where kernels are compiled. */
#include <imgbuild/access.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { R = IMGBUILD_READ, W = IMGBUILD_WRITE, X = IMGBUILD_EXECUTE, DEVICE = IMGBUILD_DEVICE };
#define COUNT(array) (sizeof(array) / sizeof *(array))

#define TASK(regions_)                                                                             \
    {                                                                                              \
        .regions = (regions_), .region_count = COUNT(regions_)                                     \
    }

static const struct imgbuild_region regions[] = {
    {0x1000, 0x1fff, R | X},         /* code */
    {0x2000, 0x20ff, R},             /* touches the code */
    {0x20000000, 0x200003ff, R | W}, /* data, in two regions that touch */
    {0x20000400, 0x2000041f, R | W},
    {0x20000440, 0x200004ff, R | W},          /* after a hole of 32 bytes */
    {0x20000500, 0x200005ff, R | W | DEVICE}, /* a device between data */
    {0x20000600, 0x200006ff, R | W},
    {0xffffff00, 0xffffffff, R | W}, /* the top of memory */
};
static const struct imgbuild_task task = TASK(regions);

static bool may(uint32_t address, uint32_t length, uint32_t need, uint32_t forbid)
{
    return imgbuild_may_access(&task, address, length, need, forbid);
}

static void a_slice_inside_one_region_is_allowed(void **state)
{
    (void)state;
    assert_true(may(0x20000010, 16, R | W, DEVICE));
    assert_true(may(0x20000000, 0x400, R | W, DEVICE)); /* exactly one region */
    assert_true(may(0x20000000, 1, R, 0));              /* its first byte */
    assert_true(may(0x200003ff, 1, R, 0));              /* its last byte */
    assert_true(may(0x1000, 0x1000, 0, 0));             /* no attribute asked for */
}

static void a_byte_outside_is_refused(void **state)
{
    (void)state;
    assert_false(may(0xfff, 1, R, 0));
    assert_false(may(0xfff, 2, R, 0));
    assert_false(may(0x2100, 1, R, 0));
    assert_false(may(0x20ff, 2, R, 0));
    assert_false(may(0x1fffffff, 2, R, 0));
    assert_false(may(0, 1, R, 0));
    assert_false(may(0xfffffeff, 2, R, 0));
    assert_false(may(0, 0xffffffff, R, 0)); /* nearly everything */
}

static void a_slice_may_cross_regions_that_touch(void **state)
{
    (void)state;
    assert_true(may(0x200003ff, 2, R | W, DEVICE));
    assert_true(may(0x20000000, 0x420, R | W, DEVICE));
    assert_true(may(0x1ff0, 0x20, R, W));
}

static void every_region_of_a_slice_must_have_what_is_needed(void **state)
{
    (void)state;
    assert_true(may(0x1ffc, 4, R | X, 0));
    assert_false(may(0x1ffc, 8, R | X, 0)); /* the second region is not executable */
    assert_false(may(0x2000, 4, W, 0));
    assert_false(may(0x1000, 4, W, 0));
}

static void a_hole_is_refused(void **state)
{
    (void)state;
    assert_true(may(0x2000041f, 1, R, 0));
    assert_false(may(0x20000420, 1, R, 0));
    assert_false(may(0x2000041f, 2, R, 0));
    assert_false(may(0x2000043f, 2, R, 0));
    assert_false(may(0x20000400, 0x100, R, 0)); /* both ends allowed, not the middle */
    assert_true(may(0x20000440, 1, R, 0));
}

static void a_forbidden_region_in_the_middle_is_refused(void **state)
{
    (void)state;
    assert_true(may(0x200004f0, 0x200, R, 0));
    assert_false(may(0x200004f0, 0x200, R, DEVICE));
    assert_false(may(0x200004ff, 2, R, DEVICE));
    assert_false(may(0x200005ff, 2, R, DEVICE));
    assert_true(may(0x200004ff, 1, R, DEVICE));
    assert_true(may(0x20000600, 1, R, DEVICE));
}

static void an_empty_slice_is_allowed_anywhere(void **state)
{
    (void)state;
    assert_true(may(0, 0, R | W | X, DEVICE));
    assert_true(may(0x20000420, 0, R, 0));
    assert_true(may(0xffffffff, 0, R, 0));
    const struct imgbuild_task nothing = {.region_count = 0};
    assert_true(imgbuild_may_access(&nothing, 0x20000000, 0, R, 0));
    assert_false(imgbuild_may_access(&nothing, 0x20000000, 1, 0, 0));
}

static void the_top_of_memory_is_no_wrap(void **state)
{
    (void)state;
    assert_true(may(0xffffffff, 1, R, 0));
    assert_true(may(0xffffff00, 0x100, R | W, 0)); /* ends at 2^32 */
    assert_false(may(0xffffff00, 0x101, R | W, 0));
    assert_false(may(0xffffffff, 2, R, 0));
    assert_false(may(0xffffffff, 0xffffffff, R, 0));
    assert_false(may(0x20000000, 0xffffffff, R, 0));
}

static void a_wrap_is_refused_even_when_all_bytes_are_granted(void **state)
{
    (void)state;
    static const struct imgbuild_region both_ends[] = {{0, 0xff, R}, {0xffffff00, 0xffffffff, R}};
    const struct imgbuild_task wrapped = TASK(both_ends);
    assert_false(imgbuild_may_access(&wrapped, 0xfffffff0, 0x20, R, 0));
    static const struct imgbuild_region all[] = {{0, 0xffffffff, R}};
    const struct imgbuild_task everything = TASK(all);
    assert_true(imgbuild_may_access(&everything, 0, 0xffffffff, R, 0));
    assert_true(imgbuild_may_access(&everything, 1, 0xffffffff, R, 0));
    assert_false(imgbuild_may_access(&everything, 2, 0xffffffff, R, 0));
}

/* The check that one would write first: some region contains the whole slice. */
static bool some_region_contains(const struct imgbuild_task *of, uint32_t address, uint32_t length,
                                 uint32_t need)
{
    for (uint32_t i = 0; i < of->region_count; i++) {
        const struct imgbuild_region *region = &of->regions[i];
        if (address >= region->first && address <= region->last &&
            length - 1 <= region->last - address && (region->attributes & need) == need)
            return true;
    }
    return false;
}

static void a_check_by_single_regions_would_refuse_good_loans(void **state)
{
    (void)state;
    const uint32_t buffer = 0x200003c0, bytes = 80; /* 64 bytes in one region, 16 in the next */
    assert_false(some_region_contains(&task, buffer, bytes, R | W));
    assert_true(may(buffer, bytes, R | W, DEVICE));
    assert_true(some_region_contains(&task, buffer, 64, R | W)); /* it does work otherwise */
}

static void the_most_regions_are_passed_in_one_go(void **state)
{
    (void)state;
    struct imgbuild_region many[255];
    for (uint32_t i = 0; i < COUNT(many); i++)
        many[i] = (struct imgbuild_region){0x1000 + 32 * i, 0x101f + 32 * i, R | W};
    const struct imgbuild_task of = TASK(many);
    assert_true(imgbuild_may_access(&of, 0x1000, 255 * 32, R | W, DEVICE));
    assert_false(imgbuild_may_access(&of, 0x1000, 255 * 32 + 1, R | W, DEVICE));
    assert_true(imgbuild_may_access(&of, 0x1000 + 254 * 32, 32, R | W, DEVICE));
    many[128].attributes = R;
    assert_false(imgbuild_may_access(&of, 0x1000, 255 * 32, R | W, DEVICE));
}

/* ---- against a model that looks at each byte ---- */

enum { MODEL_BYTES = 96 };

static uint32_t random_below(uint64_t *seed, uint32_t bound)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % bound;
}

/* Sorted disjoint regions in the 96 bytes from `base`; each byte's attributes, 0 where there is
 * none. */
static uint8_t make_random_regions(uint64_t *seed, uint32_t base,
                                   struct imgbuild_region *ret_regions, uint8_t *ret_bytes)
{
    uint8_t count = 0;
    uint32_t at = 0;
    memset(ret_bytes, 0, MODEL_BYTES);
    for (;;) {
        at += random_below(seed, 3) == 0 ? random_below(seed, 12) : 0;
        const uint32_t length = 1 + random_below(seed, 24);
        if (at + length > MODEL_BYTES)
            return count;
        const uint8_t attributes = (uint8_t)(R | random_below(seed, 32));
        ret_regions[count++] =
            (struct imgbuild_region){base + at, base + at + length - 1, attributes};
        memset(ret_bytes + at, attributes, length);
        at += length;
    }
}

static bool bytes_allow(const uint8_t *bytes, uint32_t at, uint32_t length, uint32_t need,
                        uint32_t forbid)
{
    for (uint32_t i = at; i < at + length; i++) {
        const bool granted = i < MODEL_BYTES && bytes[i] != 0;
        if (!granted || (bytes[i] & need) != need || (bytes[i] & forbid) != 0)
            return false;
    }
    return true;
}

static void agrees_with_a_check_of_each_byte(void **state)
{
    (void)state;
    static const uint32_t bases[] = {0, 0x20000000, 0u - MODEL_BYTES}; /* the last ends at 2^32 */
    uint64_t seed = 7;
    uint32_t allowed = 0;
    for (int round = 0; round < 300000; round++) {
        struct imgbuild_region random_regions[MODEL_BYTES];
        uint8_t bytes[MODEL_BYTES];
        const uint32_t base = bases[round % 3];
        const struct imgbuild_task of = {
            .regions = random_regions,
            .region_count = make_random_regions(&seed, base, random_regions, bytes)};
        const uint32_t at = random_below(&seed, MODEL_BYTES);
        const uint32_t length = random_below(&seed, 40);
        const uint32_t need = random_below(&seed, 2) == 0 ? R : random_below(&seed, 4);
        const uint32_t forbid = random_below(&seed, 3) == 0 ? random_below(&seed, 32) & ~need : 0;
        const bool expected = bytes_allow(bytes, at, length, need, forbid);
        assert_int_equal(imgbuild_may_access(&of, base + at, length, need, forbid), expected);
        allowed += expected;
    }
    assert_in_range(allowed, 30000, 270000); /* both answers are tested */
}

/* ---- the public headers, as kernels compile them ---- */

static void compile(const char *compiler)
{
    char command[512];
    static const char format[] =
        "printf '%%s\\n' '#include <imgbuild/access.h>' 'bool may(uint32_t address);' "
        "'bool may(uint32_t address) { return imgbuild_may_access(imgbuild_image.tasks, address, "
        "4, IMGBUILD_READ, 0); }' | %s -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror "
        "-ffreestanding -fsyntax-only -Ilayout/include -";
    assert_in_range(snprintf(command, sizeof command, format, compiler), 1, sizeof command - 1);
    if (system(command) != 0) /* NOLINT(cert-env33-c): fixed commands of this file */
        fail_msg("the public headers do not compile with %s", compiler);
}

static void the_public_headers_compile_for_kernels(void **state)
{
    (void)state;
    compile("arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb -std=c11 -x c");
    compile("arm-none-eabi-gcc -mcpu=cortex-m33 -mthumb -std=gnu17 -x c");
    compile("arm-none-eabi-g++ -mcpu=cortex-m4 -mthumb -std=c++11 -x c++");
    compile("clang --target=riscv32 -std=c11 -x c");
    compile("clang --target=armv7m-none-eabi -std=c++17 -x c++");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slice_inside_one_region_is_allowed),
        cmocka_unit_test(a_byte_outside_is_refused),
        cmocka_unit_test(a_slice_may_cross_regions_that_touch),
        cmocka_unit_test(every_region_of_a_slice_must_have_what_is_needed),
        cmocka_unit_test(a_hole_is_refused),
        cmocka_unit_test(a_forbidden_region_in_the_middle_is_refused),
        cmocka_unit_test(an_empty_slice_is_allowed_anywhere),
        cmocka_unit_test(the_top_of_memory_is_no_wrap),
        cmocka_unit_test(a_wrap_is_refused_even_when_all_bytes_are_granted),
        cmocka_unit_test(a_check_by_single_regions_would_refuse_good_loans),
        cmocka_unit_test(the_most_regions_are_passed_in_one_go),
        cmocka_unit_test(agrees_with_a_check_of_each_byte),
        cmocka_unit_test(the_public_headers_compile_for_kernels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
