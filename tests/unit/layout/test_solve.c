/* Small layouts worked out by hand, and the errors. */
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
static const size_t EITHER[] = {1, 2};
static const struct mpu V7 = {.model = MPU_PMSAV7, .slots = 8, .reserved = 1, .subregions = true};
static const struct mpu V7_PLAIN = {.model = MPU_PMSAV7, .slots = 8, .reserved = 1};
static const struct mpu V6_PLAIN = {.model = MPU_PMSAV6, .slots = 8, .reserved = 1};
static const struct mpu PMP = {.model = MPU_PMP, .slots = 8, .reserved = 1, .granularity_bytes = 4};

static struct arena *arena;
static struct diag_list diags;
static struct layout layout;
static struct layout_memory memories[3];
static struct layout_task tasks[4];
static struct layout_need needs[4][2];
static struct layout_request request;

/* Flash of 64 KiB at 0, two RAMs of 8 KiB, no kernel; task i needs code_bytes[i] and data_bytes[i].
 */
static void ask(const struct mpu *mpu, size_t count, const uint64_t *code_bytes,
                const uint64_t *data_bytes)
{
    memories[0] = (struct layout_memory){.name = "flash", .size = 0x10000, .attributes = 5};
    memories[1] =
        (struct layout_memory){.name = "ram", .base = 0x20000000, .size = 0x2000, .attributes = 3};
    memories[2] =
        (struct layout_memory){.name = "ram2", .base = 0x20004000, .size = 0x2000, .attributes = 3};
    static const char *const names[] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < count; i++) {
        needs[i][0] =
            (struct layout_need){FLASH, 1, code_bytes[i], 4, false, 0, false, NULL, 0, NULL};
        needs[i][1] =
            (struct layout_need){RAM, 1, data_bytes[i], 8, false, 0, false, NULL, 0, NULL};
        tasks[i] = (struct layout_task){.name = names[i], .needs = needs[i], .need_count = 2};
    }
    request = (struct layout_request){
        .mpu = *mpu, .memories = memories, .memory_count = 3, .tasks = tasks, .task_count = count};
}

static void solve(void)
{
    diags = diag_list_in(arena);
    assert_true(layout_solve(&request, arena, &layout, &diags));
    assert_true(layout_verify(&request, &layout, &diags));
    assert_int_equal(diags.count, 0);
}

static void assert_fails(const char *code, const char *words)
{
    diags = diag_list_in(arena);
    const struct layout before = layout;
    assert_false(layout_solve(&request, arena, &layout, &diags));
    assert_memory_equal(&before, &layout, sizeof layout);
    assert_true(diags.count > 0);
    assert_string_equal(diags.items[0].code, code);
    if (strstr(diags.items[0].message, words) == NULL)
        fprintf(stderr, "said: %s\n", diags.items[0].message);
    assert_non_null(strstr(diags.items[0].message, words));
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

static void assert_block(size_t task, size_t block, uint64_t start, uint64_t end)
{
    const struct layout_range range = layout.tasks[task].blocks[block].range;
    if (range.start != start || range.end != end)
        fprintf(stderr, "task %zu block %zu: 0x%llx to 0x%llx\n", task, block,
                (unsigned long long)range.start, (unsigned long long)range.end);
    assert_true(range.start == start && range.end == end);
}

static void test_one_task(void **state)
{
    (void)state;
    ask(&V7, 1, (uint64_t[]){4000}, (uint64_t[]){100});
    solve();
    assert_block(0, 0, 0, 4000);
    assert_block(0, 1, 0x20000000, 0x20000080);
    assert_int_equal(layout.memories[0].need_bytes, 4000);
    assert_int_equal(layout.memories[0].bound_bytes, 4000);
    assert_int_equal(layout.memories[0].end, 4000);
    assert_int_equal(layout.memories[2].end, 0x20004000);
    assert_int_equal(layout.bound_bytes, 4128);
    assert_int_equal(layout.tasks[0].slots_used + layout.tasks[0].slots_free, 7);
    /* 4000 = 2048 + 7/8 of 2048 + 5/8 of 256 */
    assert_int_equal(layout.tasks[0].blocks[0].region_count, 3);
    assert_int_equal(layout.tasks[0].blocks[0].regions[0].mpu_size, 2048);
    assert_int_equal(layout.tasks[0].blocks[0].regions[1].srd, 0x80);
    assert_int_equal(layout.tasks[0].blocks[0].regions[2].mpu_base, 3840);
    assert_int_equal(layout.tasks[0].blocks[0].regions[2].srd, 0xe0);
}

static void test_step_of_plain_v6(void **state)
{
    (void)state;
    ask(&V6_PLAIN, 2, (uint64_t[]){1, 257}, (uint64_t[]){1, 1});
    memories[1].skip_bytes = 32;
    solve();
    assert_int_equal(layout.memories[0].need_bytes, 256 + 512);
    assert_int_equal(layout.memories[0].end, 768);
    /* The first usable address is rounded up to 256; the bound knows. */
    assert_int_equal(layout.memories[1].end, 0x20000300);
    assert_int_equal(layout.memories[1].bound_bytes, 256 - 32 + 512);
}

static void test_kernel_skip_and_alignment(void **state)
{
    (void)state;
    const struct layout_need kernel[] = {{FLASH, 1, 1000, 512, false, 0, false, NULL, 0, NULL}};
    ask(&V7, 1, (uint64_t[]){64}, (uint64_t[]){64});
    memories[0].skip_bytes = 100;
    request.kernel = kernel;
    request.kernel_count = 1;
    needs[0][0].align_bytes = 1024;
    solve();
    assert_true(layout.kernel[0].range.start == 512);
    assert_true(layout.kernel[0].range.end == 1536);
    assert_int_equal(layout.kernel[0].need_bytes, 1000);
    assert_block(0, 0, 2048, 2112);
    assert_int_equal(layout.memories[0].gap_bytes, 512);
}

static void test_hole(void **state)
{
    (void)state;
    const struct layout_range hole = {0x400, 0x420};
    ask(&V7, 3, (uint64_t[]){0x300, 0x100, 0x200}, (uint64_t[]){32, 32, 32});
    memories[0].holes = &hole;
    memories[0].hole_count = 1;
    solve();
    /* 0x300 and 0x100 fill the part before the hole; 0x200 lies behind it. */
    assert_int_equal(layout.memories[0].end, 0x620);
    assert_block(2, 0, 0x420, 0x620);
}

static void test_pin(void **state)
{
    (void)state;
    ask(&V7, 2, (uint64_t[]){64, 64}, (uint64_t[]){64, 64});
    needs[1][1].is_pinned = true;
    needs[1][1].pinned_addr = 0x20000020;
    solve();
    assert_block(1, 1, 0x20000020, 0x20000060);
    assert_block(0, 1, 0x20000060, 0x200000a0);
    needs[1][1].pinned_addr = 0x20000021;
    assert_fails("layout-pin", "task b: no block of 64 bytes can begin at 0x20000021 in ram");
    needs[1][1].pinned_addr = 0x20002000 - 32;
    assert_fails("layout-pin", "task b");
}

static void test_one_region(void **state)
{
    (void)state;
    ask(&V7, 1, (uint64_t[]){4000}, (uint64_t[]){3000});
    needs[0][1].one_region = true;
    solve();
    assert_int_equal(layout.tasks[0].blocks[1].region_count, 1);
    assert_block(0, 1, 0x20000000, 0x20000c00);
}

/* A range that ends on units cannot be cut anyway: it costs nothing. */
static void test_uncut_within_a_unit(void **state)
{
    (void)state;
    static const struct layout_range frame = {864, 896};
    ask(&V7_PLAIN, 1, (const uint64_t[]){4096}, (const uint64_t[]){1000});
    solve();
    const struct layout_range block = layout.tasks[0].blocks[1].range;
    const uint64_t bound_bytes = layout.bound_bytes;
    needs[0][1].uncut = &frame;
    needs[0][1].uncut_count = 1;
    solve();
    assert_memory_equal(&layout.tasks[0].blocks[1].range, &block, sizeof block);
    assert_int_equal(layout.bound_bytes, bound_bytes);
}

/* The bound knows what a block costs that must not be cut at all. */
static void test_uncut_whole(void **state)
{
    (void)state;
    static const struct layout_range whole = {0, 1100};
    ask(&V7_PLAIN, 1, (const uint64_t[]){4096}, (const uint64_t[]){1100});
    needs[0][1].uncut = &whole;
    needs[0][1].uncut_count = 1;
    solve();
    assert_int_equal(layout.tasks[0].blocks[1].region_count, 1);
    assert_int_equal(layout.bound_bytes, 4096 + 2048);
}

static void test_choice(void **state)
{
    (void)state;
    ask(&V7, 4, (uint64_t[]){32, 32, 32, 32}, (uint64_t[]){4096, 4096, 4096, 4096});
    for (size_t i = 0; i < 4; i++) {
        needs[i][1].memories = EITHER;
        needs[i][1].memory_count = 2;
    }
    solve();
    assert_int_equal(layout.memories[1].end, 0x20002000);
    assert_int_equal(layout.memories[2].end, 0x20006000);
}

static void test_info(void **state)
{
    (void)state;
    ask(&V7_PLAIN, 2, (uint64_t[]){64, 512}, (uint64_t[]){64, 64});
    tasks[1].reads_info = true;
    request.info_bytes = 256;
    solve();
    assert_int_equal(layout.info.start, 0x300);
    assert_int_equal(layout.info.end, 0x400);
    assert_int_equal(layout.tasks[0].fixed_count, 0);
    assert_int_equal(layout.tasks[1].fixed_count, 1);
    assert_int_equal(layout.tasks[1].fixed[0].kind, LAYOUT_INFO);
    request.info_bytes = 300;
    assert_fails("layout-grant-not-coverable", "300 bytes, the info block");
    request.info_bytes = 0x10000;
    assert_fails("layout-no-fit", "flash overflows");
}

static void test_joined_grants(void **state)
{
    (void)state;
    const struct layout_grant grants[] = {
        {LAYOUT_PERIPHERAL, "exti", {0x58000000, 0x58000400}, 11, LAYOUT_CACHE_DEFAULT},
        {LAYOUT_PERIPHERAL, "syscfg", {0x58000400, 0x58000800}, 11, LAYOUT_CACHE_DEFAULT},
        {LAYOUT_PERIPHERAL, "spi6", {0x58001400, 0x58001800}, 11, LAYOUT_CACHE_DEFAULT},
        {LAYOUT_MAP, "sram1", {0x30010000, 0x30020000}, 19, LAYOUT_CACHE_DEFAULT},
        {LAYOUT_MAP, "sram2", {0x30020000, 0x30040000}, 19, LAYOUT_CACHE_DEFAULT}};
    ask(&V7, 1, (uint64_t[]){32}, (uint64_t[]){32});
    tasks[0].grants = grants;
    tasks[0].grant_count = 5;
    solve();
    assert_int_equal(layout.tasks[0].slots_used, 4);
    const struct layout_fixed *maps = &layout.tasks[0].fixed[0];
    assert_int_equal(maps->kind, LAYOUT_MAP);
    assert_int_equal(maps->name_count, 2);
    assert_string_equal(maps->names[1], "sram2");
    assert_int_equal(maps->granted_count, 1);
    assert_int_equal(maps->region.mpu_size, 0x40000);
    assert_int_equal(maps->region.srd, 0x03);
    const struct layout_fixed *peripherals = &layout.tasks[0].fixed[1];
    assert_int_equal(peripherals->name_count, 3);
    assert_int_equal(peripherals->granted_count, 2);
    assert_int_equal(peripherals->region.start, 0x58000000);
    assert_int_equal(peripherals->region.end, 0x58001800);
    assert_int_equal(peripherals->region.srd, 0xdc);
    /* Plain regions join the two neighbours only, and cannot grant sram1+sram2 in one. */
    request.mpu = V7_PLAIN;
    solve();
    assert_int_equal(layout.tasks[0].slots_used, 6);
}

static void test_maps_that_are_cached_otherwise_stay_apart(void **state)
{
    (void)state;
    const struct layout_grant grants[] = {
        {LAYOUT_MAP, "sram1", {0x30000000, 0x30010000}, 3, LAYOUT_CACHE_NONE},
        {LAYOUT_MAP, "sram2", {0x30010000, 0x30020000}, 3, LAYOUT_CACHE_DEFAULT}};
    ask(&V7, 1, (uint64_t[]){32}, (uint64_t[]){32});
    tasks[0].grants = grants;
    tasks[0].grant_count = 2;
    solve();
    assert_int_equal(layout.tasks[0].fixed_count, 2);
    assert_int_equal(layout.tasks[0].fixed[0].cache, LAYOUT_CACHE_NONE);
    assert_int_equal(layout.tasks[0].fixed[1].cache, LAYOUT_CACHE_DEFAULT);
}

static void test_joins_uncoverable_alone(void **state)
{
    (void)state;
    const struct layout_grant grants[] = {
        {LAYOUT_PERIPHERAL, "low", {0x40000000, 0x40000300}, 11, LAYOUT_CACHE_DEFAULT},
        {LAYOUT_PERIPHERAL, "high", {0x40000300, 0x40000400}, 11, LAYOUT_CACHE_DEFAULT}};
    ask(&V7_PLAIN, 1, (uint64_t[]){32}, (uint64_t[]){32});
    tasks[0].grants = grants;
    tasks[0].grant_count = 2;
    solve();
    assert_int_equal(layout.tasks[0].fixed_count, 1);
    tasks[0].grant_count = 1;
    assert_fails("layout-grant-not-coverable",
                 "task a: no pmsav7 region grants exactly low, 0x40000000 to 0x400002ff");
    assert_non_null(strstr(diags.items[0].hint, "subregions"));
}

static void test_overlapping_grants(void **state)
{
    (void)state;
    const struct layout_grant grants[] = {
        {LAYOUT_PERIPHERAL, "one", {0x40000000, 0x40001000}, 11, LAYOUT_CACHE_DEFAULT},
        {LAYOUT_PERIPHERAL, "two", {0x40000800, 0x40001000}, 11, LAYOUT_CACHE_DEFAULT}};
    ask(&V7, 1, (uint64_t[]){32}, (uint64_t[]){32});
    tasks[0].grants = grants;
    tasks[0].grant_count = 2;
    assert_fails("layout-grant-overlap", "task a: one and two overlap");
}

static void test_too_many_slots(void **state)
{
    (void)state;
    const struct layout_grant grants[] = {
        {LAYOUT_PERIPHERAL, "p", {0x40000000, 0x40001000}, 11, LAYOUT_CACHE_DEFAULT},
        {LAYOUT_PERIPHERAL, "q", {0x50000000, 0x50001000}, 11, LAYOUT_CACHE_DEFAULT}};
    ask(&V7, 1, (uint64_t[]){32}, (uint64_t[]){32});
    tasks[0].grants = grants;
    tasks[0].grant_count = 2;
    request.mpu.slots = 4;
    assert_fails("layout-too-many-slots", "task a needs 4 MPU slots of 3 available: p, q, block "
                                          "in flash, block in ram");
    request.mpu.slots = 5;
    solve();
    assert_int_equal(layout.tasks[0].slots_free, 0);
}

static void test_no_fit(void **state)
{
    (void)state;
    ask(&V7, 3, (uint64_t[]){32, 32, 32}, (uint64_t[]){4096, 4096, 100});
    assert_fails("layout-no-fit", "ram overflows by 128 bytes: tasks need 8320 of the 8192 after "
                                  "the kernel; the largest are a 4096, b 4096, c 100");
    /* 3/8 of 8 KiB in one plain region takes 4 KiB; eighths take 3. */
    ask(&V7_PLAIN, 2, (uint64_t[]){32, 32}, (uint64_t[]){3072, 5120});
    needs[0][1].one_region = true;
    needs[1][1].one_region = true;
    assert_fails("layout-no-fit", "ram overflows by");
    request.mpu.reserved = 0;
    needs[0][1].one_region = false;
    needs[1][1].one_region = false;
    solve();
}

static void test_pmp(void **state)
{
    (void)state;
    const struct layout_grant grants[] = {
        {LAYOUT_PERIPHERAL, "p", {0x40000000, 0x40000c00}, 11, LAYOUT_CACHE_DEFAULT},
        {LAYOUT_PERIPHERAL, "q", {0x40000c00, 0x40001200}, 3, LAYOUT_CACHE_DEFAULT}};
    ask(&PMP, 2, (uint64_t[]){1000, 4096}, (uint64_t[]){100, 128});
    tasks[0].grants = grants;
    tasks[0].grant_count = 2;
    solve();
    /* p takes two entries, q after it one; code and data of `a` have four left, two each. */
    assert_int_equal(layout.tasks[0].fixed[0].region.slots, 2);
    assert_int_equal(layout.tasks[0].fixed[1].region.slots, 1);
    assert_int_equal(layout.memories[0].end, 1000 + 4096);
    assert_int_equal(layout.memories[1].end, 0x20000000 + 104 + 128);
    assert_int_equal(layout.memories[1].need_bytes, 104 + 128);
    assert_int_equal(layout.tasks[0].blocks[0].region_count, 1);
}

static void test_covers_exactly(void **state)
{
    (void)state;
    const struct mpu v6 = {.model = MPU_PMSAV6, .subregions = true};
    const struct mpu v8 = {.model = MPU_PMSAV8};
    assert_true(mpu_covers_exactly(&V7, 0x40000000, 0x40000a00)); /* 5/8 of 4 KiB */
    assert_false(mpu_covers_exactly(&V7_PLAIN, 0x40000000, 0x40000a00));
    assert_true(mpu_covers_exactly(&V7_PLAIN, 0x40000000, 0x40000020));
    assert_false(mpu_covers_exactly(&V6_PLAIN, 0x40000000, 0x40000080));
    assert_true(mpu_covers_exactly(&v6, 0x40000000, 0x40000080));
    assert_false(mpu_covers_exactly(&V7_PLAIN, 0x40000010, 0x40000030));
    assert_true(mpu_covers_exactly(&v8, 0x4008c000, 0x4008c000 + 9376));
    assert_false(mpu_covers_exactly(&v8, 0x4008c000, 0x4008c000 + 9372));
    assert_true(mpu_covers_exactly(&PMP, 0x4008c000, 0x4008c000 + 9372));
    assert_false(mpu_covers_exactly(&PMP, 0x4008c000, 0x4008c000 + 9370));
    assert_true(mpu_covers_exactly(&V7_PLAIN, 0, UINT64_C(1) << 32));
    assert_false(mpu_covers_exactly(&V7, 0xffffff00, (UINT64_C(1) << 32) + 256));
    assert_false(mpu_covers_exactly(&V7, 256, 256));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_task),
        cmocka_unit_test(test_step_of_plain_v6),
        cmocka_unit_test(test_kernel_skip_and_alignment),
        cmocka_unit_test(test_hole),
        cmocka_unit_test(test_pin),
        cmocka_unit_test(test_one_region),
        cmocka_unit_test(test_uncut_within_a_unit),
        cmocka_unit_test(test_uncut_whole),
        cmocka_unit_test(test_choice),
        cmocka_unit_test(test_info),
        cmocka_unit_test(test_joined_grants),
        cmocka_unit_test(test_maps_that_are_cached_otherwise_stay_apart),
        cmocka_unit_test(test_joins_uncoverable_alone),
        cmocka_unit_test(test_overlapping_grants),
        cmocka_unit_test(test_too_many_slots),
        cmocka_unit_test(test_no_fit),
        cmocka_unit_test(test_pmp),
        cmocka_unit_test(test_covers_exactly),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
