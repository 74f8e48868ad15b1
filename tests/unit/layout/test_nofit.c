/* What is said when a layout does not fit: what would help, and what each constraint costs. */
#include "layout/model/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void no_memory(void)
{
    fprintf(stderr, "out of memory\n");
    abort();
}

static const size_t FLASH[] = {0};
static const size_t RAM[] = {1};
static const struct mpu V7 = {.model = MPU_PMSAV7, .slots = 8, .reserved = 1, .subregions = true};
static const struct mpu V7_PLAIN = {.model = MPU_PMSAV7, .slots = 8, .reserved = 1};

static struct arena *arena;
static struct diag_list diags;
static struct layout_memory memories[3];
static struct layout_task tasks[4];
static struct layout_need needs[4][2];
static struct layout_request request;

/* Flash of 64 KiB at 0, RAM of 8 KiB, a second RAM of its own kind, no kernel; task i needs 32
 * bytes of flash and data_bytes[i]. */
static void ask(const struct mpu *mpu, size_t count, const uint64_t *data_bytes)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    memories[0] = (struct layout_memory){.name = "flash", .size = 0x10000, .attributes = 5};
    memories[1] =
        (struct layout_memory){.name = "ram", .base = 0x20000000, .size = 0x2000, .attributes = 3};
    memories[2] = (struct layout_memory){
        .name = "dtcm", .base = 0x20004000, .size = 0x2000, .attributes = 19};
    for (size_t i = 0; i < count; i++) {
        needs[i][0] = (struct layout_need){
            .memories = FLASH, .memory_count = 1, .bytes = 32, .align_bytes = 4};
        needs[i][1] = (struct layout_need){
            .memories = RAM, .memory_count = 1, .bytes = data_bytes[i], .align_bytes = 8};
        tasks[i] = (struct layout_task){.name = names[i], .needs = needs[i], .need_count = 2};
    }
    request = (struct layout_request){
        .mpu = *mpu, .memories = memories, .memory_count = 3, .tasks = tasks, .task_count = count};
}

static bool solve(void)
{
    struct layout layout;
    diags = diag_list_in(arena);
    return layout_solve(&request, arena, &layout, &diags);
}

static void assert_text(const char *text, const char *words)
{
    if (text == NULL || strstr(text, words) == NULL)
        fprintf(stderr, "said: %s\n", text == NULL ? "nothing" : text);
    assert_non_null(text);
    assert_non_null(strstr(text, words));
}

/* The hint of the error has the words; the note about costs has those of `costs`, NULL: no note. */
static void assert_hint(const char *words, const char *costs)
{
    assert_false(solve());
    assert_true(diags.count > 0);
    assert_string_equal(diags.items[0].code, "layout-no-fit");
    assert_text(diags.items[0].hint, words);
    assert_int_equal(diags.count, costs == NULL ? 1 : 2);
    if (costs == NULL)
        return;
    assert_string_equal(diags.items[1].code, "layout-cost");
    assert_text(diags.items[1].message, costs);
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_create(no_memory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

/* 8320 bytes in 8192: the least that one task can give up is all that is too much. */
static void test_too_large(void **state)
{
    (void)state;
    ask(&V7, 3, (uint64_t[]){4096, 4096, 100});
    assert_hint("it fits with 128 bytes less for a in ram, or 128 bytes less for b in ram", NULL);
    needs[0][1].bytes -= 128;
    assert_true(solve());
}

/* 3/8 of 8 KiB in one plain region takes 4 KiB, 5/8 take 8; eighths take 3 and 5. */
static void test_constraints(void **state)
{
    (void)state;
    ask(&V7_PLAIN, 2, (uint64_t[]){3072, 5120});
    needs[0][1].one_region = true;
    needs[1][1].one_region = true;
    assert_hint("it fits with mpu.subregions set to true",
                "regions.split of b set to true saves 3072");
    request.mpu.subregions = true;
    assert_true(solve());
    request.mpu.subregions = false;
    needs[0][1].one_region = false;
    needs[1][1].one_region = false;
    assert_true(solve());
}

static void test_pin(void **state)
{
    (void)state;
    ask(&V7, 2, (uint64_t[]){4064, 4064});
    needs[0][1].is_pinned = true;
    needs[0][1].pinned_addr = 0x20000800;
    assert_hint("it fits with no place for a in ram", "no place for a in ram saves 2");
    needs[0][1].is_pinned = false;
    assert_true(solve());
}

static void test_all_changes(void **state)
{
    (void)state;
    ask(&V7_PLAIN, 3, (uint64_t[]){2080, 2080, 2080});
    for (size_t i = 0; i < 3; i++)
        needs[i][1].one_region = true;
    assert_hint("no single change is enough", "saves");
}

static void test_slots(void **state)
{
    (void)state;
    static const struct layout_grant grant = {.kind = LAYOUT_PERIPHERAL,
                                              .name = "uart",
                                              .range = {0x40000000, 0x40000400},
                                              .attributes = 11};
    ask(&V7_PLAIN, 2, (uint64_t[]){6144, 2048});
    tasks[0].grants = &grant;
    tasks[0].grant_count = 1;
    request.mpu.slots = 4;
    assert_hint("mpu.reserved set to 0, or one peripheral or map less for a",
                "one peripheral or map less for a saves");
    request.mpu.reserved = 0;
    assert_true(solve());
}

static void test_other_memory(void **state)
{
    (void)state;
    ask(&V7, 2, (uint64_t[]){8000, 4000});
    memories[2].attributes = memories[1].attributes;
    assert_hint("it fits with a in dtcm instead of ram, or b in dtcm instead of ram", NULL);
    memories[2].attributes = 19;
    assert_false(solve());
    assert_null(strstr(diags.items[0].hint, "dtcm"));
}

static void test_holes(void **state)
{
    (void)state;
    static const struct layout_range hole = {0x20000400, 0x20000c00};
    ask(&V7, 1, (uint64_t[]){7168});
    memories[1].holes = &hole;
    memories[1].hole_count = 1;
    assert_hint("2048 bytes less for a in ram", NULL);
    assert_text(diags.items[0].message, "tasks need 7168 of the 6144 after the kernel");
}

static void test_hopeless(void **state)
{
    (void)state;
    ask(&V7, 4, (uint64_t[]){8192, 8192, 8192, 8192});
    assert_hint("24576 bytes too many even without gaps", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_too_large, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_constraints, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_all_changes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_slots, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_holes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hopeless, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
