/* How far a need can grow before another task's block moves, worked out by hand. */
#include "layout/solve/headroom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { FLASH, RAM, MEMORIES };
enum { A, B, TASKS };

static const size_t in_flash = FLASH;
static const size_t in_ram = RAM;

/* Two blocks of 1024 bytes in 8 KiB behind a kernel of 1 KiB; where they lie is pinned. */
struct fixture {
    struct arena *arena;
    struct diag_list diags;
    struct layout_memory memories[MEMORIES];
    struct layout_need kernel;
    struct layout_need needs[TASKS];
    struct layout_task tasks[TASKS];
    struct layout_request request;
    struct headroom headroom;
};

static void out_of_memory(void)
{
    abort();
}

static int set_up(void **state)
{
    static const char *const names[] = {"b", "a"};
    struct fixture *f = calloc(1, sizeof *f);
    f->arena = arena_create(out_of_memory);
    f->diags = diag_list_in(f->arena);
    f->memories[FLASH] = (struct layout_memory){.name = "flash", .size = 8192, .attributes = 5};
    f->memories[RAM] =
        (struct layout_memory){.name = "ram", .base = 0x20000000, .size = 65536, .attributes = 3};
    f->kernel = (struct layout_need){&in_flash, 1, 1024, 4, .one_region = false};
    for (size_t i = 0; i < TASKS; i++) {
        f->needs[i] =
            (struct layout_need){&in_flash, 1, 1000, 4, true, 2048 + 2048 * i, .one_region = false};
        f->tasks[i] =
            (struct layout_task){.name = names[i], .needs = &f->needs[i], .need_count = 1};
    }
    f->request = (struct layout_request){.mpu = {.model = MPU_PMSAV8, .slots = 8, .reserved = 1},
                                         .memories = f->memories,
                                         .memory_count = MEMORIES,
                                         .kernel = &f->kernel,
                                         .kernel_count = 1,
                                         .tasks = f->tasks,
                                         .task_count = TASKS};
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

/* Lays the blocks out at their pins, then asks with them free to move, all but those `pinned`. */
static void find(struct fixture *f, bool pinned)
{
    struct layout layout;
    for (size_t i = 0; i < TASKS; i++)
        f->needs[i].is_pinned = true;
    assert_true(layout_solve(&f->request, f->arena, &layout, &f->diags));
    for (size_t i = 0; i < TASKS; i++)
        f->needs[i].is_pinned = pinned;
    assert_true(layout_verify(&f->request, &layout, &f->diags));
    f->headroom = headroom_find(&f->request, &layout, f->arena);
    assert_int_equal(f->headroom.block_count, TASKS);
}

static void check(const struct fixture *f, uint64_t a, uint64_t b)
{
    assert_int_equal(f->headroom.blocks[A].bytes, a);
    assert_int_equal(f->headroom.blocks[B].bytes, b);
}

static void test_free_space_on_both_sides(void **state)
{
    struct fixture *f = *state;
    find(f, false);
    assert_int_equal(f->headroom.blocks[A].window.start, 1024);
    assert_int_equal(f->headroom.blocks[A].window.end, 4096);
    assert_int_equal(f->headroom.blocks[B].window.start, 3072);
    assert_int_equal(f->headroom.blocks[B].window.end, 8192);
    check(f, 3072 - 1000, 5120 - 1000);
}

static void test_pins(void **state)
{
    struct fixture *f = *state;
    find(f, true);
    check(f, 2048 - 1000, 4096 - 1000);
}

static void test_alignment(void **state)
{
    struct fixture *f = *state;
    f->needs[A].align_bytes = 2048;
    f->needs[B].align_bytes = 4096;
    find(f, false);
    check(f, 2048 - 1000, 4096 - 1000);
}

static void test_holes(void **state)
{
    struct fixture *f = *state;
    static const struct layout_range holes[] = {{1500, 1501}, {6000, 6001}};
    f->memories[FLASH].holes = holes;
    f->memories[FLASH].hole_count = 2;
    find(f, false);
    check(f, 4096 - 1504 - 1000, 5984 - 3072 - 1000);
}

/* The info block moves on, as far as its size lets it. */
static void test_info_moves_on(void **state)
{
    struct fixture *f = *state;
    f->request.info_bytes = 256;
    find(f, false);
    check(f, 3072 - 1000, 8192 - 256 - 3072 - 1000);
    static const struct layout_range hole = {7936, 7968};
    f->memories[FLASH].holes = &hole;
    f->memories[FLASH].hole_count = 1;
    find(f, false);
    check(f, 3072 - 1000, 7936 - 256 - 3072 - 1000);
}

/* Plain regions: with all seven slots any length of 32 bytes fits; with one only a power of two. */
static void test_slots(void **state)
{
    struct fixture *f = *state;
    f->request.mpu = (struct mpu){.model = MPU_PMSAV7, .slots = 8, .reserved = 1};
    find(f, false);
    check(f, 3072 - 1000, 5120 - 1000);
    f->needs[A].one_region = true;
    find(f, false);
    check(f, 2048 - 1000, 5120 - 1000);
    f->request.mpu.reserved = 7;
    find(f, false);
    check(f, 2048 - 1000, 4096 - 1000);
}

/* Another block of the task takes slots that are then not free. */
static void test_slots_of_other_blocks(void **state)
{
    struct fixture *f = *state;
    struct layout_need both[] = {f->needs[A], f->needs[B]};
    both[0].is_pinned = false;
    both[0].memories = &in_ram;
    f->request.mpu = (struct mpu){.model = MPU_PMSAV7, .slots = 3, .reserved = 0};
    both[1].bytes = 1536; /* 1024 + 512 */
    f->tasks[A].needs = both;
    f->tasks[A].need_count = 2;
    f->request.task_count = 1;
    struct layout layout;
    assert_true(layout_solve(&f->request, f->arena, &layout, &f->diags));
    f->headroom = headroom_find(&f->request, &layout, f->arena);
    assert_int_equal(layout.tasks[A].blocks[1].region_count, 2);
    assert_int_equal(f->headroom.blocks[0].bytes, 65536 - 1000);
    f->kernel.memories = &in_ram; /* what is left of it is no power of two */
    both[1].is_pinned = false;
    assert_true(layout_solve(&f->request, f->arena, &layout, &f->diags));
    f->headroom = headroom_find(&f->request, &layout, f->arena);
    assert_int_equal(f->headroom.blocks[0].bytes, 32768 - 1000);
}

static void test_uncut(void **state)
{
    struct fixture *f = *state;
    static const struct layout_range whole = {0, 1000};
    f->request.mpu = (struct mpu){.model = MPU_PMSAV7, .slots = 8, .reserved = 1};
    f->needs[A].uncut = &whole;
    f->needs[A].uncut_count = 1;
    find(f, false);
    check(f, 3072 - 1000, 5120 - 1000); /* 1024 at 1024, then 2048: no cut before 1000 */
    f->needs[A].pinned_addr = 3072;
    find(f, false);
    check(f, 3072 - 1000, 4096 - 1000);
}

static void test_next_to_hurt(void **state)
{
    struct fixture *f = *state;
    find(f, false);
    assert_int_equal(f->headroom.next_to_hurt, A);
    f->needs[B].pinned_addr = 7168; /* window of 5120 for both, less than B's for A */
    f->needs[B].bytes = 500;
    find(f, false);
    assert_int_equal(f->headroom.next_to_hurt, A);
    f->needs[A].bytes = 1024;
    f->needs[B].bytes = 1024;
    f->kernel.bytes = 2048;
    f->needs[A].pinned_addr = 2048;
    f->needs[B].pinned_addr = 7168; /* both can have 4096 between them: the name decides */
    find(f, false);
    check(f, 4096, 4096);
    assert_int_equal(f->headroom.next_to_hurt, B);
}

static void test_no_blocks(void **state)
{
    struct fixture *f = *state;
    struct layout layout;
    f->request.task_count = 0;
    assert_true(layout_solve(&f->request, f->arena, &layout, &f->diags));
    f->headroom = headroom_find(&f->request, &layout, f->arena);
    assert_int_equal(f->headroom.block_count, 0);
    assert_int_equal(f->headroom.next_to_hurt, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_free_space_on_both_sides),
        TEST(test_pins),
        TEST(test_alignment),
        TEST(test_holes),
        TEST(test_info_moves_on),
        TEST(test_slots),
        TEST(test_slots_of_other_blocks),
        TEST(test_uncut),
        TEST(test_next_to_hurt),
        TEST(test_no_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
