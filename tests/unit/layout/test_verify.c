/* The verifier against good layouts that were broken by hand: each kind of damage is found, and
 * told. */
#include "tests/property/layout/generator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void no_memory(void)
{
    fprintf(stderr, "out of memory\n");
    abort();
}

/* A solved request whose answer can be changed. */
struct fixture {
    struct arena *arena;
    struct layout_request request;
    struct layout layout;
    struct layout_task_answer *tasks;
    struct layout_memory_answer *memories;
    struct layout_kernel_answer *kernel;
};

static const struct layout_range HOLES[] = {{0x1c000, 0x1d000}};
static const struct layout_memory MEMORIES[] = {
    {.name = "flash",
     .base = 0,
     .size = 0x20000,
     .skip_bytes = 64,
     .holes = HOLES,
     .hole_count = 1,
     .attributes = 5},
    {.name = "ram", .base = 0x20000000, .size = 0x8000, .attributes = 3}};
static const size_t FLASH[] = {0};
static const size_t RAM[] = {1};
static const struct layout_need KERNEL[] = {
    {.memories = FLASH, .memory_count = 1, .bytes = 5000, .align_bytes = 256},
    {.memories = RAM, .memory_count = 1, .bytes = 700, .align_bytes = 8}};
static const struct layout_range UNCUT[] = {{0, 1000}};
static const struct layout_need NET[] = {
    {.memories = FLASH, .memory_count = 1, .bytes = 6000, .align_bytes = 64},
    {.memories = RAM,
     .memory_count = 1,
     .bytes = 3000,
     .align_bytes = 8,
     .uncut = UNCUT,
     .uncut_count = 1}};
static const struct layout_need LEDS[] = {
    {.memories = FLASH, .memory_count = 1, .bytes = 1000, .align_bytes = 4, .one_region = true},
    {.memories = RAM,
     .memory_count = 1,
     .bytes = 256,
     .align_bytes = 8,
     .is_pinned = true,
     .pinned_addr = 0x20004000}};
static const struct layout_grant GRANTS[] = {
    {LAYOUT_PERIPHERAL, "uart0", {0x40004000, 0x40005000}, 11, LAYOUT_CACHE_DEFAULT},
    {LAYOUT_PERIPHERAL, "uart1", {0x40005000, 0x40006000}, 11, LAYOUT_CACHE_DEFAULT},
    {LAYOUT_MAP, "sram2", {0x30000000, 0x30010000}, 3, LAYOUT_CACHE_DEFAULT}};
static const struct layout_task TASKS[] = {{.name = "net",
                                            .needs = NET,
                                            .need_count = 2,
                                            .grants = GRANTS,
                                            .grant_count = 3,
                                            .reads_info = true},
                                           {.name = "leds", .needs = LEDS, .need_count = 2}};

static struct layout_task_answer copy_task(struct arena *arena,
                                           const struct layout_task_answer *from)
{
    struct layout_task_answer task = *from;
    struct layout_block *blocks = ARENA_ARRAY(arena, struct layout_block, from->block_count);
    struct layout_fixed *fixed = ARENA_ARRAY(arena, struct layout_fixed, from->fixed_count);
    for (size_t i = 0; i < from->block_count; i++) {
        blocks[i] = from->blocks[i];
        struct mpu_region *regions = ARENA_ARRAY(arena, struct mpu_region, 16);
        memcpy(regions, from->blocks[i].regions, blocks[i].region_count * sizeof *regions);
        blocks[i].regions = regions;
    }
    for (size_t i = 0; i < from->fixed_count; i++)
        fixed[i] = from->fixed[i];
    task.blocks = blocks;
    task.fixed = fixed;
    return task;
}

static struct fixture make_fixture(enum mpu_model model, bool subregions)
{
    struct fixture fixture = {.arena = arena_create(no_memory)};
    struct diag_list diags = diag_list_in(fixture.arena);
    fixture.request = (struct layout_request){.mpu = {.model = model,
                                                      .slots = 8,
                                                      .reserved = 1,
                                                      .subregions = subregions,
                                                      .granularity_bytes = 4},
                                              .memories = MEMORIES,
                                              .memory_count = 2,
                                              .kernel = KERNEL,
                                              .kernel_count = 2,
                                              .tasks = TASKS,
                                              .task_count = 2,
                                              .info_memory = 0,
                                              .info_bytes = 256};
    struct layout layout;
    assert_true(layout_solve(&fixture.request, fixture.arena, &layout, &diags));
    assert_true(layout_verify(&fixture.request, &layout, &diags));
    assert_int_equal(diags.count, 0);
    fixture.tasks = ARENA_ARRAY(fixture.arena, struct layout_task_answer, 2);
    fixture.memories = ARENA_ARRAY(fixture.arena, struct layout_memory_answer, 2);
    fixture.kernel = ARENA_ARRAY(fixture.arena, struct layout_kernel_answer, 2);
    for (size_t i = 0; i < 2; i++) {
        fixture.tasks[i] = copy_task(fixture.arena, &layout.tasks[i]);
        fixture.memories[i] = layout.memories[i];
        fixture.kernel[i] = layout.kernel[i];
    }
    fixture.layout = layout;
    fixture.layout.tasks = fixture.tasks;
    fixture.layout.memories = fixture.memories;
    fixture.layout.kernel = fixture.kernel;
    return fixture;
}

/* The fixture owns what the answer's const pointers point to. */
static struct layout_block *block_of(struct fixture *fixture, size_t task, size_t block)
{
    return (struct layout_block *)(uintptr_t)&fixture->tasks[task].blocks[block];
}

static struct mpu_region *region_of(struct fixture *fixture, size_t task, size_t block, size_t i)
{
    return (struct mpu_region *)(uintptr_t)&fixture->tasks[task].blocks[block].regions[i];
}

static struct layout_fixed *fixed_of(struct fixture *fixture, size_t task, size_t i)
{
    return (struct layout_fixed *)(uintptr_t)&fixture->tasks[task].fixed[i];
}

/* Some diagnostic must say what was broken. */
static void assert_broken(struct fixture *fixture, const char *words)
{
    struct diag_list diags = diag_list_in(fixture->arena);
    assert_false(layout_verify(&fixture->request, &fixture->layout, &diags));
    bool found = false;
    for (size_t i = 0; i < diags.count; i++) {
        assert_string_equal(diags.items[i].code, "layout-broken");
        found |= strstr(diags.items[i].message, words) != NULL;
    }
    if (!found)
        fprintf(stderr, "not said: %s; first: %s\n", words, diags.items[0].message);
    assert_true(found);
    arena_destroy(fixture->arena);
}

static struct fixture broken_one;

static struct fixture *start(void)
{
    broken_one = make_fixture(MPU_PMSAV7, true);
    return &broken_one;
}

static void test_moved_blocks(void **state)
{
    (void)state;
    struct fixture *fixture = start();
    block_of(fixture, 0, 0)->range.start += 32;
    assert_broken(fixture, "are not adjacent");
    fixture = start();
    block_of(fixture, 0, 0)->range.end += 32;
    assert_broken(fixture, "do not end where the block ends");
    fixture = start();
    block_of(fixture, 0, 1)->range = (struct layout_range){0x20000000, 0x20001000};
    assert_broken(fixture, "in or before the kernel");
    fixture = start();
    block_of(fixture, 0, 0)->range = (struct layout_range){0x1b000, 0x1d000};
    assert_broken(fixture, "in a hole");
    fixture = start();
    block_of(fixture, 0, 0)->range = (struct layout_range){0x1ff00, 0x21000};
    assert_broken(fixture, "lies outside flash");
    fixture = start();
    block_of(fixture, 0, 0)->range.start = block_of(fixture, 1, 0)->range.start;
    assert_broken(fixture, "overlap");
    fixture = start();
    block_of(fixture, 0, 0)->range.start += 32;
    assert_broken(fixture, "not aligned to 64");
    fixture = start();
    block_of(fixture, 1, 1)->range.start += 32;
    assert_broken(fixture, "not at the pinned address");
    fixture = start();
    block_of(fixture, 0, 0)->memory = 1;
    assert_broken(fixture, "not requested");
}

static void test_missing_parts(void **state)
{
    (void)state;
    struct fixture *fixture = start();
    fixture->tasks[0].block_count = 1;
    assert_broken(fixture, "1 blocks for 2 needs");
    fixture = start();
    block_of(fixture, 0, 0)->range.end = block_of(fixture, 0, 0)->range.start;
    assert_broken(fixture, "is missing");
    fixture = start();
    block_of(fixture, 0, 0)->range.end -= 4096;
    assert_broken(fixture, "too small");
    fixture = start();
    block_of(fixture, 0, 0)->need_bytes -= 32;
    assert_broken(fixture, "not what was requested");
    fixture = start();
    block_of(fixture, 0, 0)->region_count -= 1;
    assert_broken(fixture, "do not end where the block ends");
    fixture = start();
    fixture->tasks[0].fixed_count -= 1;
    assert_broken(fixture, "not every peripheral");
    fixture = start();
    fixture->layout.task_count = 1;
    assert_broken(fixture, "its memories, kernel parts or tasks");
}

static void test_wrong_regions(void **state)
{
    (void)state;
    struct fixture *fixture = start();
    region_of(fixture, 0, 0, 0)->srd ^= 1;
    assert_broken(fixture, "does not grant the bytes");
    fixture = start();
    region_of(fixture, 0, 0, 0)->srd = 0xff;
    assert_broken(fixture, "no region of the MPU");
    fixture = start();
    region_of(fixture, 0, 0, 0)->mpu_base += 32;
    assert_broken(fixture, "no region of the MPU");
    fixture = start();
    region_of(fixture, 0, 0, 0)->mpu_size *= 2;
    assert_broken(fixture, "region");
    fixture = start();
    region_of(fixture, 0, 0, 0)->mpu_size += 32;
    assert_broken(fixture, "no region of the MPU");
    fixture = start();
    region_of(fixture, 0, 0, 0)->slots = 2;
    assert_broken(fixture, "takes 1 slots, not 2");
    fixture = start();
    fixture->layout.mpu.subregions = false;
    assert_broken(fixture, "another MPU");
    /* With the same regions and no subregions, those that need them are not legal. */
    fixture = start();
    fixture->request.mpu.subregions = false;
    fixture->layout.mpu.subregions = false;
    assert_broken(fixture, "no region of the MPU");
}

/* Cuts a region of a block in two at an address, each half as the MPU would be told. */
static void cut_region(struct fixture *fixture, size_t task, size_t block, uint64_t at)
{
    struct layout_block *owner = block_of(fixture, task, block);
    for (size_t i = 0; i < owner->region_count; i++) {
        struct mpu_region *region = region_of(fixture, task, block, i);
        if (region->start >= at || at >= region->end)
            continue;
        for (size_t j = owner->region_count; j > i + 1; j--)
            *region_of(fixture, task, block, j) = *region_of(fixture, task, block, j - 1);
        region[1] = *region;
        region->end = at;
        region[1].start = at;
        owner->region_count++;
        return;
    }
}

static void test_wrong_cuts(void **state)
{
    (void)state;
    struct fixture *fixture = start();
    cut_region(fixture, 1, 0, block_of(fixture, 1, 0)->range.start + 512);
    assert_broken(fixture, "is cut");
    fixture = start();
    cut_region(fixture, 0, 1, block_of(fixture, 0, 1)->range.start + 512);
    assert_broken(fixture, "may not be cut");
    fixture = start();
    for (uint64_t offset = 1024; offset < 2800; offset += 256)
        cut_region(fixture, 0, 1, block_of(fixture, 0, 1)->range.start + offset);
    assert_broken(fixture, "slots of 7");
}

static void test_wrong_grants(void **state)
{
    (void)state;
    static const struct layout_range half[] = {{0x40004000, 0x40005000}};
    static const char *const other[] = {"uart0", "uart9"};
    struct fixture *fixture = start();
    size_t joined = 0; /* net's slots: sram2, uart0+uart1, info */
    while (fixed_of(fixture, 0, joined)->name_count != 2)
        joined++;
    fixed_of(fixture, 0, joined)->granted = half;
    assert_broken(fixture, "not in order");
    fixture = start();
    fixed_of(fixture, 0, joined)->granted = half;
    fixed_of(fixture, 0, joined)->region.end = 0x40005000;
    assert_broken(fixture, "uart1 is not granted whole");
    fixture = start();
    fixed_of(fixture, 0, joined)->names = other;
    assert_broken(fixture, "uart9 is granted and was not requested");
    fixture = start();
    fixed_of(fixture, 0, joined)->name_count = 1;
    assert_broken(fixture, "grants more than uart0");
    fixture = start();
    fixed_of(fixture, 0, joined)->attributes = 1;
    assert_broken(fixture, "the wrong attributes");
    fixture = start();
    fixed_of(fixture, 0, joined)->cache = LAYOUT_CACHE_NONE;
    assert_broken(fixture, "the wrong attributes");
    fixture = start();
    fixed_of(fixture, 0, joined)->kind = LAYOUT_MAP;
    assert_broken(fixture, "the wrong kind");
    fixture = start();
    fixture->layout.info.start += 256;
    fixture->layout.info.end += 256;
    assert_broken(fixture, "info block is not granted exactly");
}

static void test_wrong_sums(void **state)
{
    (void)state;
    struct fixture *fixture = start();
    fixture->memories[0].end += 32;
    assert_broken(fixture, "the totals of flash");
    fixture = start();
    fixture->memories[1].padding_bytes += 1;
    assert_broken(fixture, "the totals of ram");
    fixture = start();
    fixture->memories[1].gap_bytes += 1;
    assert_broken(fixture, "the totals of ram");
    fixture = start();
    fixture->memories[1].bound_bytes = 0x8000;
    assert_broken(fixture, "less than its lower bound");
    fixture = start();
    fixture->layout.bound_bytes = 0x10000;
    assert_broken(fixture, "less than the lower bound");
    fixture = start();
    fixture->tasks[0].slots_used -= 1;
    assert_broken(fixture, "slot count is wrong");
    fixture = start();
    fixture->tasks[0].slots_free += 1;
    assert_broken(fixture, "slot count is wrong");
}

static void test_wrong_kernel(void **state)
{
    (void)state;
    struct fixture *fixture = start();
    fixture->kernel[0].range.start = 32;
    assert_broken(fixture, "kernel lies outside flash");
    fixture = start();
    fixture->kernel[0].range.start += 32;
    assert_broken(fixture, "not aligned to 256");
    fixture = start();
    fixture->kernel[0].range.end -= 32;
    assert_broken(fixture, "too small");
    fixture = start();
    fixture->kernel[0].range.end += 4;
    assert_broken(fixture, "not a multiple of 32");
    fixture = start();
    fixture->kernel[0].need_bytes += 1;
    assert_broken(fixture, "too small");
    fixture = start();
    fixture->layout.info.end -= 32;
    assert_broken(fixture, "info block does not have the requested size");
    fixture = start();
    fixture->layout.info = (struct layout_range){0x1f00, 0x2000};
    assert_broken(fixture, "after all blocks");
}

static void test_pmsav8(void **state)
{
    (void)state;
    struct fixture fixture = make_fixture(MPU_PMSAV8, false);
    region_of(&fixture, 0, 0, 0)->mpu_size = 32;
    assert_broken(&fixture, "no region of the MPU");
    fixture = make_fixture(MPU_PMSAV8, false);
    struct layout_block *block = block_of(&fixture, 0, 0);
    block->range.end += 16;
    region_of(&fixture, 0, 0, 0)->end += 16;
    assert_broken(&fixture, "no region of the MPU");
}

static void test_pmp(void **state)
{
    (void)state;
    /* Two slots for code in one TOR entry; cut in two it would fault in the middle of an
     * instruction. */
    struct fixture fixture = make_fixture(MPU_PMP, false);
    assert_int_equal(region_of(&fixture, 0, 0, 0)->slots, 2);
    assert_int_equal(region_of(&fixture, 0, 0, 0)->mpu_size, 0);
    cut_region(&fixture, 0, 0, block_of(&fixture, 0, 0)->range.start + 512);
    assert_broken(&fixture, "code in flash is cut");
    fixture = make_fixture(MPU_PMP, false);
    cut_region(&fixture, 0, 1, block_of(&fixture, 0, 1)->range.start + 1028);
    region_of(&fixture, 0, 1, 1)->mpu_base += 1028;
    region_of(&fixture, 0, 1, 1)->slots = 1;
    assert_broken(&fixture, "inside 8 bytes");
    fixture = make_fixture(MPU_PMP, false);
    region_of(&fixture, 0, 0, 0)->slots = 1;
    assert_broken(&fixture, "takes 2 slots, not 1");
    fixture = make_fixture(MPU_PMP, false);
    region_of(&fixture, 0, 0, 0)->mpu_size = 8192;
    assert_broken(&fixture, "no region of the MPU");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moved_blocks),  cmocka_unit_test(test_missing_parts),
        cmocka_unit_test(test_wrong_regions), cmocka_unit_test(test_wrong_cuts),
        cmocka_unit_test(test_wrong_grants),  cmocka_unit_test(test_wrong_sums),
        cmocka_unit_test(test_wrong_kernel),  cmocka_unit_test(test_pmsav8),
        cmocka_unit_test(test_pmp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
