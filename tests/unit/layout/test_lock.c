/* What a lock keeps, what it cannot keep and why, and what that may cost. */
#include "layout/stability/lock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FLASH, RAM, MEMORIES };
enum { A, B, C, TASKS };

static const size_t in_flash = FLASH;
static const size_t in_ram = RAM;
static const size_t in_both[] = {RAM, FLASH};

/* Three tasks of one block in flash each, PMSAv8: any multiple of 32 bytes is a region. */
struct fixture {
    struct arena *arena;
    struct diag_list diags;
    struct layout_memory memories[MEMORIES];
    struct layout_need kernel;
    struct layout_need needs[TASKS][2];
    struct layout_task tasks[TASKS];
    struct layout_request request;
    struct layout_locked_block locked[TASKS];
    size_t locked_count;
    struct layout_lock_policy policy;
    struct layout layout;
    struct layout_moves moves;
};

static void out_of_memory(void)
{
    abort();
}

static int set_up(void **state)
{
    static const char *const names[] = {"a", "b", "c"};
    struct fixture *f = calloc(1, sizeof *f);
    f->arena = arena_create(out_of_memory);
    f->diags = diag_list_in(f->arena);
    f->memories[FLASH] = (struct layout_memory){.name = "flash", .size = 65536, .attributes = 5};
    f->memories[RAM] =
        (struct layout_memory){.name = "ram", .base = 0x20000000, .size = 65536, .attributes = 3};
    f->kernel = (struct layout_need){&in_flash, 1, 4096, 4, .one_region = false};
    for (size_t i = 0; i < TASKS; i++) {
        f->needs[i][0] = (struct layout_need){&in_flash, 1, 1024, 4, .one_region = false};
        f->tasks[i] = (struct layout_task){.name = names[i], .needs = f->needs[i], .need_count = 1};
        f->locked[i] = (struct layout_locked_block){
            i, FLASH, {4096 + 1024 * (uint64_t)i, 5120 + 1024 * (uint64_t)i}};
    }
    f->locked_count = TASKS;
    f->request = (struct layout_request){.mpu = {.model = MPU_PMSAV8, .slots = 8, .reserved = 1},
                                         .memories = f->memories,
                                         .memory_count = MEMORIES,
                                         .kernel = &f->kernel,
                                         .kernel_count = 1,
                                         .tasks = f->tasks,
                                         .task_count = TASKS};
    f->policy.budget_per_mille = 10000;
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

static bool try_solve(struct fixture *f)
{
    return layout_solve_locked(&f->request, f->locked, f->locked_count, &f->policy, f->arena,
                               &f->layout, &f->moves, &f->diags);
}

static void solve(struct fixture *f)
{
    assert_true(try_solve(f));
    assert_true(layout_verify(&f->request, &f->layout, &f->diags));
}

static void check_range(const struct fixture *f, size_t task, uint64_t start, uint64_t end)
{
    assert_int_equal(f->layout.tasks[task].blocks[0].range.start, start);
    assert_int_equal(f->layout.tasks[task].blocks[0].range.end, end);
}

static void check_kept(const struct fixture *f, size_t task)
{
    assert_int_equal(f->moves.items[task].kind, LAYOUT_KEPT);
    check_range(f, task, f->locked[task].range.start, f->locked[task].range.end);
}

/* Task `task` moved for this reason; the others stayed. */
static void check_only_move(const struct fixture *f, size_t task, enum layout_move_reason reason)
{
    for (size_t i = 0; i < TASKS; i++)
        if (i != task)
            check_kept(f, i);
    assert_int_equal(f->moves.items[task].reason, reason);
    assert_true(f->moves.items[task].kind == LAYOUT_MOVED ||
                f->moves.items[task].kind == LAYOUT_RESIZED);
    assert_int_equal(f->moves.kept_count, TASKS - 1);
    assert_int_equal(f->moves.step, LAYOUT_STEP_FORCED);
}

static void test_unchanged(void **state)
{
    struct fixture *f = *state;
    f->policy.budget_per_mille = 0;
    solve(f);
    assert_int_equal(f->moves.kept_count, TASKS);
    for (size_t i = 0; i < TASKS; i++)
        check_kept(f, i);
}

/* A scattered layout stays scattered: nothing has to move, so nothing does. */
static void test_waste_alone_moves_nothing(void **state)
{
    struct fixture *f = *state;
    f->policy.budget_per_mille = 0;
    f->locked[C].range = (struct layout_range){32768, 40960};
    f->needs[A][0].bytes = 100;
    solve(f);
    for (size_t i = 0; i < TASKS; i++)
        check_kept(f, i);
    assert_int_equal(f->layout.memories[FLASH].padding_bytes, 1024 - 128 + 8192 - 1024);
    assert_int_equal(f->layout.tasks[C].blocks[0].need_bytes, 1024);
    assert_int_equal(f->moves.used_bytes, 40960 - 4096);
    assert_int_equal(f->moves.unlocked_bytes, 0); /* nothing moves, so there is none */
}

static void test_outgrown(void **state)
{
    struct fixture *f = *state;
    f->needs[A][0].bytes = 1025;
    solve(f);
    check_only_move(f, A, LAYOUT_OUTGROWN);
    check_range(f, A, 7168, 7168 + 1056);
    assert_int_equal(f->moves.items[A].bytes, 1);
    assert_int_equal(f->moves.items[A].old_range.start, 4096);
    assert_false(f->moves.items[A].boundaries_changed);
}

static void test_grown_in_place(void **state)
{
    struct fixture *f = *state;
    f->needs[C][0].bytes = 2000;
    solve(f);
    check_only_move(f, C, LAYOUT_OUTGROWN);
    check_range(f, C, 6144, 6144 + 2016);
    assert_int_equal(f->moves.items[C].kind, LAYOUT_RESIZED);
}

static void test_budget(void **state)
{
    struct fixture *f = *state;
    f->needs[A][0].bytes = 1025; /* moves behind the others: 1024 bytes wasted of 3104 */
    f->policy.budget_per_mille = 329;
    solve(f);
    assert_int_equal(f->moves.step, LAYOUT_STEP_FEW);
    assert_int_equal(f->moves.used_bytes, f->moves.unlocked_bytes);
    f->policy.budget_per_mille = 330;
    solve(f);
    check_only_move(f, A, LAYOUT_OUTGROWN);
    assert_int_equal(f->moves.used_bytes, f->moves.unlocked_bytes + 1024);
}

/* Behind a block that stays and one that outgrows its 1024 bytes lie `count` of 4096: only when all
 * of these may move is nothing wasted. Returns how many were kept. */
static size_t solve_with_large(struct fixture *f, size_t count)
{
    enum { MOST = 12, SMALL = 2 };
    struct layout_need needs[MOST];
    struct layout_task tasks[MOST];
    struct layout_locked_block locked[MOST];
    uint64_t at = 4096;
    assert_true(count + SMALL <= MOST);
    for (size_t i = 0; i < count + SMALL; i++) {
        const uint64_t bytes = i < SMALL ? 1024 : 4096;
        needs[i] = (struct layout_need){&in_flash, 1, bytes, 4, .one_region = false};
        tasks[i] = (struct layout_task){
            .name = arena_format(f->arena, "t%zu", i), .needs = &needs[i], .need_count = 1};
        locked[i] = (struct layout_locked_block){i, FLASH, {at, at + bytes}};
        at += bytes;
    }
    needs[1].bytes = 1056;
    f->request.tasks = tasks;
    f->request.task_count = count + SMALL;
    f->policy.budget_per_mille = 0;
    assert_true(layout_solve_locked(&f->request, locked, count + SMALL, &f->policy, f->arena,
                                    &f->layout, &f->moves, &f->diags));
    assert_true(layout_verify(&f->request, &f->layout, &f->diags));
    assert_int_equal(f->moves.used_bytes, f->moves.unlocked_bytes);
    return f->moves.kept_count;
}

static void test_steps(void **state)
{
    struct fixture *f = *state;
    solve_with_large(f, 4);
    assert_int_equal(f->moves.step, LAYOUT_STEP_FEW);
    solve_with_large(f, 5);
    assert_int_equal(f->moves.step, LAYOUT_STEP_FEW);
    solve_with_large(f, 7);
    assert_int_equal(f->moves.step, LAYOUT_STEP_MORE);
    solve_with_large(f, 8);
    assert_int_equal(f->moves.step, LAYOUT_STEP_MORE);
    assert_int_equal(solve_with_large(f, 9), 1);
    assert_int_equal(f->moves.step, LAYOUT_STEP_ABOVE);
    assert_int_equal(f->moves.items[0].kind, LAYOUT_KEPT);
}

static void test_made_room(void **state)
{
    struct fixture *f = *state;
    f->needs[A][0].bytes = 1025;
    f->policy.budget_per_mille = 0;
    solve(f);
    size_t made_room = 0;
    for (size_t i = 0; i < TASKS; i++) {
        const struct layout_move *move = &f->moves.items[i];
        made_room += move->reason == LAYOUT_MADE_ROOM;
        assert_int_equal(move->boundaries_changed, move->reason == LAYOUT_MADE_ROOM);
    }
    assert_true(made_room > 0);
}

static void test_kernel_grew(void **state)
{
    struct fixture *f = *state;
    f->kernel.bytes = 4097;
    solve(f);
    check_only_move(f, A, LAYOUT_UNDER_KERNEL);
    assert_int_equal(f->moves.items[A].bytes, 32);
    assert_true(f->moves.items[A].boundaries_changed);
}

static void test_misaligned(void **state)
{
    struct fixture *f = *state;
    f->needs[B][0].align_bytes = 2048;
    solve(f);
    check_only_move(f, B, LAYOUT_MISALIGNED);
}

static void test_end_off_the_step(void **state)
{
    struct fixture *f = *state;
    f->locked[C].range.end += 4;
    solve(f);
    assert_int_equal(f->moves.items[C].reason, LAYOUT_MISALIGNED);
}

static void test_pins(void **state)
{
    struct fixture *f = *state;
    f->needs[B][0].is_pinned = true;
    f->needs[B][0].pinned_addr = 5120;
    solve(f);
    assert_int_equal(f->moves.kept_count, TASKS);
    f->needs[B][0].pinned_addr = 8192;
    solve(f);
    check_only_move(f, B, LAYOUT_PIN_CHANGED);
}

/* A pinned block of 1024 bytes that needs 1536 now: with two regions, which its task has only if
 * the other block, of two regions too, is placed anew; or with one of 2048. */
static void make_grown_pin(struct fixture *f)
{
    f->request.mpu = (struct mpu){.model = MPU_PMSAV7, .slots = 4, .reserved = 1};
    f->request.task_count = 1;
    f->tasks[A].need_count = 2;
    f->needs[A][0] =
        (struct layout_need){&in_flash, 1, 1536, 4, .is_pinned = true, .pinned_addr = 8192};
    f->needs[A][1] = (struct layout_need){&in_ram, 1, 96, 4, .one_region = false};
    f->locked[0] = (struct layout_locked_block){A, FLASH, {8192, 9216}};
    f->locked[1] = (struct layout_locked_block){A, RAM, {0x20000000, 0x20000060}};
    f->locked_count = 2;
}

static void test_grown_pin_leaves_others(void **state)
{
    struct fixture *f = *state;
    make_grown_pin(f);
    solve(f);
    check_range(f, A, 8192, 10240);
    assert_int_equal(f->moves.items[0].kind, LAYOUT_RESIZED);
    assert_int_equal(f->moves.items[1].kind, LAYOUT_KEPT);
}

/* Where one region would waste more than is allowed, or has no room, the other block gives way. */
static void test_grown_pin_in_the_budget(void **state)
{
    struct fixture *f = *state;
    make_grown_pin(f);
    f->policy.budget_per_mille = 0;
    solve(f);
    check_range(f, A, 8192, 9728);
    assert_int_equal(f->moves.items[1].kind, LAYOUT_RESIZED);
    f->policy.budget_per_mille = 10000;
    f->memories[FLASH].size = 10240 - 32;
    solve(f);
    check_range(f, A, 8192, 9728);
    assert_int_equal(f->moves.items[1].reason, LAYOUT_TOO_MANY_SLOTS);
}

/* A pinned block that moves into another one's place wins. */
static void test_pin_overlaps(void **state)
{
    struct fixture *f = *state;
    f->needs[B][0].is_pinned = true;
    f->needs[B][0].pinned_addr = 6176;
    solve(f);
    check_kept(f, A);
    assert_int_equal(f->moves.items[B].reason, LAYOUT_PIN_CHANGED);
    assert_int_equal(f->moves.items[C].reason, LAYOUT_OVERLAPPED);
    assert_int_equal(f->moves.items[C].other, B);
    check_range(f, B, 6176, 7200);
}

static void test_locked_overlap(void **state)
{
    struct fixture *f = *state;
    f->locked[A].range = (struct layout_range){5152, 6176};
    solve(f);
    check_only_move(f, A, LAYOUT_OVERLAPPED);
    assert_int_equal(f->moves.items[A].other, B);
}

static void test_outside(void **state)
{
    struct fixture *f = *state;
    struct layout_range hole = {6000, 6004};
    f->memories[FLASH].holes = &hole;
    f->memories[FLASH].hole_count = 1;
    solve(f);
    check_only_move(f, B, LAYOUT_OUTSIDE);
    const struct layout_range bad[] = {
        {7000, 7000}, {9000, 8000}, {65536, 66560}, {UINT64_MAX - 1, UINT64_MAX}, {0, UINT64_MAX}};
    f->memories[FLASH].hole_count = 0;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        f->locked[C].range = bad[i];
        solve(f);
        assert_int_equal(f->moves.items[C].reason, LAYOUT_OUTSIDE);
    }
}

/* Plain regions: 1536 bytes at 5120 take two slots. */
static void test_too_many_slots(void **state)
{
    struct fixture *f = *state;
    f->request.mpu = (struct mpu){.model = MPU_PMSAV7, .slots = 8, .reserved = 6};
    f->needs[B][0].bytes = 1536;
    f->locked[B].range = (struct layout_range){7168, 8704};
    solve(f);
    assert_int_equal(f->moves.kept_count, TASKS);
    assert_int_equal(f->layout.tasks[B].blocks[0].region_count, 2);
    f->request.mpu.reserved = 7;
    solve(f);
    check_only_move(f, B, LAYOUT_TOO_MANY_SLOTS);
    f->request.mpu.reserved = 6;
    f->needs[B][0].one_region = true;
    solve(f);
    check_only_move(f, B, LAYOUT_TOO_MANY_SLOTS);
}

static void test_new_block(void **state)
{
    struct fixture *f = *state;
    f->locked[B] = f->locked[C];
    f->locked_count = 2;
    f->policy.is_strict = true;
    solve(f);
    assert_int_equal(f->moves.items[B].kind, LAYOUT_NEW);
    check_kept(f, A);
    check_range(f, B, 5120, 6144);
    assert_int_equal(f->moves.kept_count, 2);
}

/* A block that may lie in two memories stays in the one where the lock has it. */
static void test_choice_of_memory(void **state)
{
    struct fixture *f = *state;
    f->needs[B][0].memories = in_both;
    f->needs[B][0].memory_count = 2;
    solve(f);
    assert_int_equal(f->moves.kept_count, TASKS);
    assert_int_equal(f->layout.tasks[B].blocks[0].memory, FLASH);
    f->needs[B][0].memories = &in_ram;
    f->needs[B][0].memory_count = 1;
    solve(f);
    assert_int_equal(f->moves.items[B].kind, LAYOUT_NEW);
}

/* The info block has no room behind the last block: the blocks of its memory move. */
static void test_info_needs_room(void **state)
{
    struct fixture *f = *state;
    f->request.info_bytes = 256;
    f->locked[C].range = (struct layout_range){64512, 65536};
    solve(f);
    assert_int_equal(f->moves.items[C].reason, LAYOUT_MADE_ROOM);
    assert_int_equal(f->moves.step, LAYOUT_STEP_FEW);
}

static void test_strict(void **state)
{
    struct fixture *f = *state;
    f->policy.is_strict = true;
    f->policy.budget_per_mille = 0;
    solve(f);
    f->layout.task_count = 77;
    f->kernel.bytes = 4128;
    f->needs[B][0].bytes = 1044;
    assert_false(try_solve(f));
    assert_int_equal(f->layout.task_count, 77);
    assert_int_equal(f->diags.count, 2);
    assert_string_equal(f->diags.items[0].code, "layout-lock-moved");
    assert_string_equal(f->diags.items[0].message,
                        "task a: its block of 1024 bytes at 0x00001000 in flash would move: the "
                        "kernel grew 32 bytes into it");
    assert_string_equal(f->diags.items[1].message,
                        "task b: its block of 1024 bytes at 0x00001400 in flash would move: it "
                        "grew by 20 bytes beyond its block");
    assert_string_equal(f->diags.items[1].hint,
                        "make the task smaller by 20 bytes, or allow the lock to change");
}

static void test_no_fit(void **state)
{
    struct fixture *f = *state;
    f->needs[B][0].bytes = 60000;
    assert_false(try_solve(f));
    assert_string_equal(f->diags.items[0].code, "layout-no-fit");
}

/* ---- headroom ---- */

static void test_with_headroom(void **state)
{
    struct fixture *f = *state;
    struct layout_request larger;
    f->needs[B][0].bytes = 1000;
    f->needs[C][0].is_pinned = true;
    layout_with_headroom(&f->request, 30, f->arena, &larger);
    assert_int_equal(larger.tasks[A].needs[0].bytes, 1056); /* 1024 + 31, rounded up to 32 */
    assert_int_equal(larger.tasks[B].needs[0].bytes, 1056); /* 1000 + 30 */
    assert_int_equal(larger.tasks[C].needs[0].bytes, 1024);
    assert_int_equal(larger.kernel[0].bytes, 4224); /* 4096 + 123 */
    layout_with_headroom(&f->request, 0, f->arena, &larger);
    assert_int_equal(larger.tasks[B].needs[0].bytes, 1000);
    f->needs[A][0].bytes = UINT64_MAX;
    layout_with_headroom(&f->request, UINT64_MAX, f->arena, &larger);
    assert_true(larger.tasks[A].needs[0].bytes == UINT64_MAX);
}

static void test_headroom_is_kept(void **state)
{
    struct fixture *f = *state;
    assert_true(layout_solve_with_headroom(&f->request, 100, f->arena, &f->layout, &f->diags));
    assert_true(layout_verify(&f->request, &f->layout, &f->diags));
    assert_int_equal(f->layout.memories[FLASH].padding_bytes, 3 * 128);
    const struct layout_locked_block *locked = layout_lock(&f->layout, f->arena, &f->locked_count);
    assert_int_equal(f->locked_count, TASKS);
    memcpy(f->locked, locked, sizeof f->locked);
    for (size_t i = 0; i < TASKS; i++)
        f->needs[i][0].bytes = 1120;
    f->kernel.bytes = 4480;
    f->policy = (struct layout_lock_policy){.is_strict = true};
    solve(f);
    assert_int_equal(f->moves.kept_count, TASKS);
}

/* What the lock holds as headroom does not count as waste, and a block that moves gets it again. */
static void test_headroom_and_budget(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < TASKS; i++)
        f->locked[i].range = (struct layout_range){4608 + 1152 * i, 5760 + 1152 * i};
    f->policy = (struct layout_lock_policy){.budget_per_mille = 60, .headroom_per_mille = 100};
    f->needs[C][0].bytes = 1184;
    solve(f);
    check_only_move(f, C, LAYOUT_OUTGROWN);
    check_range(f, C, 6912, 6912 + 1312);
    f->policy.headroom_per_mille = 0;
    solve(f);
    assert_true(f->moves.kept_count < TASKS - 1);
}

static void test_headroom_no_fit(void **state)
{
    struct fixture *f = *state;
    f->needs[B][0].bytes = 55000;
    assert_false(layout_solve_with_headroom(&f->request, 105, f->arena, &f->layout, &f->diags));
    assert_string_equal(f->diags.items[0].code, "layout-no-fit");
    assert_string_equal(f->diags.items[0].hint,
                        "it fits without headroom: ask for less than 10.5%");
    f->needs[B][0].bytes = 65000;
    assert_false(layout_solve_with_headroom(&f->request, 105, f->arena, &f->layout, &f->diags));
    assert_null(strstr(f->diags.items[1].hint, "headroom"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_unchanged),
        TEST(test_waste_alone_moves_nothing),
        TEST(test_outgrown),
        TEST(test_grown_in_place),
        TEST(test_budget),
        TEST(test_steps),
        TEST(test_made_room),
        TEST(test_kernel_grew),
        TEST(test_misaligned),
        TEST(test_end_off_the_step),
        TEST(test_pins),
        TEST(test_grown_pin_leaves_others),
        TEST(test_grown_pin_in_the_budget),
        TEST(test_pin_overlaps),
        TEST(test_locked_overlap),
        TEST(test_outside),
        TEST(test_too_many_slots),
        TEST(test_new_block),
        TEST(test_choice_of_memory),
        TEST(test_info_needs_room),
        TEST(test_strict),
        TEST(test_no_fit),
        TEST(test_with_headroom),
        TEST(test_headroom_is_kept),
        TEST(test_headroom_and_budget),
        TEST(test_headroom_no_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
