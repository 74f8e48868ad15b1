/* Why a block is where it is: slots, neighbours and what other choices would cost, worked out by
 * hand. */
#include "layout/solve/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { FLASH, RAM, MEMORIES };
enum { A, B, TASKS };

static const size_t in_flash = FLASH;
static const size_t in_ram = RAM;

/* Plain power-of-two regions; task a has code and data, a peripheral and the info block, task b has
 * code only. */
struct fixture {
    struct arena *arena;
    struct diag_list diags;
    struct layout_memory memories[MEMORIES];
    struct layout_need kernel;
    struct layout_need needs[2];
    struct layout_need other;
    struct layout_grant uart;
    struct layout_task tasks[TASKS];
    struct layout_request request;
    struct layout layout;
    struct explain_task explain;
};

static void out_of_memory(void)
{
    abort();
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->arena = arena_create(out_of_memory);
    f->diags = diag_list_in(f->arena);
    f->memories[FLASH] =
        (struct layout_memory){.name = "flash", .size = 65536, .skip_bytes = 512, .attributes = 5};
    f->memories[RAM] =
        (struct layout_memory){.name = "ram", .base = 0x20000000, .size = 65536, .attributes = 3};
    f->kernel = (struct layout_need){&in_flash, 1, 1536, 4, .one_region = false};
    f->needs[FLASH] = (struct layout_need){&in_flash, 1, 1792, 4, .one_region = false};
    f->needs[RAM] = (struct layout_need){&in_ram, 1, 700, 4, .one_region = false};
    f->other = (struct layout_need){&in_flash, 1, 1024, 4, true, 8192, .one_region = false};
    f->uart = (struct layout_grant){
        LAYOUT_PERIPHERAL, "uart0", {0x40004000, 0x40005000}, 11, LAYOUT_CACHE_DEFAULT};
    f->tasks[A] = (struct layout_task){.name = "a",
                                       .needs = f->needs,
                                       .need_count = 2,
                                       .grants = &f->uart,
                                       .grant_count = 1,
                                       .reads_info = true};
    f->tasks[B] = (struct layout_task){.name = "b", .needs = &f->other, .need_count = 1};
    f->request = (struct layout_request){.mpu = {.model = MPU_PMSAV7, .slots = 8, .reserved = 1},
                                         .memories = f->memories,
                                         .memory_count = MEMORIES,
                                         .kernel = &f->kernel,
                                         .kernel_count = 1,
                                         .tasks = f->tasks,
                                         .task_count = TASKS,
                                         .info_memory = FLASH,
                                         .info_bytes = 256};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_destroy(f->arena);
    free(f);
    return 0;
}

static void explain(struct fixture *f, size_t task)
{
    assert_true(layout_solve(&f->request, f->arena, &f->layout, &f->diags));
    assert_true(layout_verify(&f->request, &f->layout, &f->diags));
    f->explain = explain_task_of(&f->request, &f->layout, task, f->arena);
}

static void check_slots(const struct fixture *f, size_t entry, enum explain_slot_user user,
                        size_t index, uint32_t slots)
{
    assert_true(entry < f->explain.slot_count);
    assert_int_equal(f->explain.slots[entry].user, user);
    assert_int_equal(f->explain.slots[entry].index, index);
    assert_int_equal(f->explain.slots[entry].slots, slots);
}

/* 700 rounds up to 704 = 512 + 128 + 64, three regions. With the kernel's slot, the peripheral and
 * the info block two slots are left for flash, of which one is spent: up to the pinned block there
 * is room for 2048 bytes. */
static void test_slots(void **state)
{
    struct fixture *f = *state;
    explain(f, A);
    assert_int_equal(f->explain.slot_count, 6);
    check_slots(f, 0, EXPLAIN_RESERVED, 0, 1);
    check_slots(f, 1, EXPLAIN_FIXED, 0, 1);
    check_slots(f, 2, EXPLAIN_FIXED, 1, 1);
    check_slots(f, 3, EXPLAIN_BLOCK, 0, 1);
    check_slots(f, 4, EXPLAIN_BLOCK, 1, 3);
    check_slots(f, 5, EXPLAIN_FREE, 0, 1);
    explain(f, B);
    assert_int_equal(f->explain.slot_count, 3);
    check_slots(f, 1, EXPLAIN_BLOCK, 0, 1);
    check_slots(f, 2, EXPLAIN_FREE, 0, 6);
}

static void test_neighbours(void **state)
{
    struct fixture *f = *state;
    explain(f, A);
    const struct explain_block *flash = &f->explain.blocks[0];
    assert_int_equal(flash->below.kind, EXPLAIN_KERNEL);
    assert_int_equal(flash->below.gap_bytes, 0);
    assert_int_equal(flash->above.kind, EXPLAIN_TASK);
    assert_int_equal(flash->above.task, B);
    assert_int_equal(flash->above.gap_bytes, 8192 - 2048 - 2048);
    assert_int_equal(flash->padding_bytes, 2048 - 1792);
    const struct explain_block *ram = &f->explain.blocks[1];
    assert_int_equal(ram->memory, RAM);
    assert_int_equal(ram->below.kind, EXPLAIN_EDGE);
    assert_int_equal(ram->below.gap_bytes, 0);
    assert_int_equal(ram->above.kind, EXPLAIN_EDGE);
    assert_int_equal(ram->above.gap_bytes, 65536 - 704);
    assert_int_equal(ram->padding_bytes, 0);
    assert_int_equal(ram->least_bytes, 704);
    explain(f, B);
    assert_int_equal(f->explain.blocks[0].below.task, A);
    assert_int_equal(f->explain.blocks[0].above.kind, EXPLAIN_INFO);
    assert_int_equal(f->explain.blocks[0].above.gap_bytes, 0);
}

static void test_hole_and_skip(void **state)
{
    struct fixture *f = *state;
    static const struct layout_range hole = {10000, 10016};
    f->memories[FLASH].holes = &hole;
    f->memories[FLASH].hole_count = 1;
    f->request.kernel_count = 0;
    explain(f, A);
    assert_int_equal(f->explain.blocks[0].below.kind, EXPLAIN_EDGE);
    f->request.info_bytes = 0;
    f->tasks[A].reads_info = false;
    explain(f, B);
    assert_int_equal(f->explain.blocks[0].above.kind, EXPLAIN_HOLE);
    assert_int_equal(f->explain.blocks[0].above.gap_bytes, 10000 - 9216);
}

/* Flash takes 1792 bytes in three slots, and the other block lies behind it. A slot more lets ram
 * end at 704 instead of 768. */
static void test_slot_more_or_less(void **state)
{
    struct fixture *f = *state;
    f->other.is_pinned = false;
    explain(f, A);
    assert_true(f->explain.slot_more.is_asked && f->explain.slot_more.fits);
    assert_int_equal(f->explain.slot_more.bytes, -64);
    assert_true(f->explain.slot_less.is_asked && f->explain.slot_less.fits);
    assert_true(f->explain.slot_less.bytes >= 0);
    assert_false(f->explain.split.is_asked);
    assert_int_equal(f->request.tasks[A].slots_adjust, 0);
}

static void test_slot_less_without_pin(void **state)
{
    struct fixture *f = *state;
    f->request.task_count = 1;
    explain(f, A);
    assert_int_equal(f->explain.used_bytes, 1792 + 768);
    assert_int_equal(f->explain.slot_more.bytes, -64);
    assert_int_equal(f->explain.slot_less.bytes, 192); /* 2048 and 704 */
    assert_int_equal(f->explain.bound_bytes, 1792 + 768);
    assert_int_equal(f->explain.task_bytes, 1792 + 768);
    assert_int_equal(f->explain.task_bound_bytes, 1792 + 768);
}

static void test_no_slot_less(void **state)
{
    struct fixture *f = *state;
    f->request.mpu.slots = 5;
    explain(f, A);
    assert_false(f->explain.slot_less.is_asked);
    assert_true(f->explain.slot_more.is_asked);
}

static void test_one_region(void **state)
{
    struct fixture *f = *state;
    f->request.task_count = 1;
    f->needs[FLASH].one_region = true;
    explain(f, A);
    assert_true(f->explain.split.is_asked && f->explain.split.fits);
    assert_int_equal(f->explain.used_bytes, 2048 + 704);
    assert_int_equal(f->explain.split.bytes, 1792 + 768 - 2048 - 704);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_slots),
        TEST(test_neighbours),
        TEST(test_hole_and_skip),
        TEST(test_slot_more_or_less),
        TEST(test_slot_less_without_pin),
        TEST(test_no_slot_less),
        TEST(test_one_region),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
