/* Random requests of every model, laid out, changed, and laid out again with the first layout as
 * the lock. */
#include "layout/stability/lock.h"
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

static void print_diags(const struct diag_list *diags)
{
    for (size_t i = 0; i < diags->count; i++)
        fprintf(stderr, "[%s] %s\n", diags->items[i].code, diags->items[i].message);
}

static bool same_range(struct layout_range a, struct layout_range b)
{
    return a.start == b.start && a.end == b.end;
}

static uint64_t used_by(const struct layout *layout)
{
    uint64_t used = 0;
    for (size_t i = 0; i < layout->memory_count; i++)
        used += layout->memories[i].need_bytes + layout->memories[i].padding_bytes +
                layout->memories[i].gap_bytes;
    return used;
}

static void check_verified(const struct layout_request *request, const struct layout *layout,
                           struct arena *arena)
{
    struct diag_list diags = diag_list_in(arena);
    if (!layout_verify(request, layout, &diags))
        print_diags(&diags);
    assert_int_equal(diags.count, 0);
}

static void check_same_block(const struct layout_block *a, const struct layout_block *b)
{
    assert_int_equal(a->memory, b->memory);
    assert_true(same_range(a->range, b->range));
    assert_int_equal(a->region_count, b->region_count);
    for (size_t i = 0; i < a->region_count; i++)
        assert_true(a->regions[i].start == b->regions[i].start &&
                    a->regions[i].end == b->regions[i].end &&
                    a->regions[i].slots == b->regions[i].slots);
}

static void check_same_layout(const struct layout *a, const struct layout *b)
{
    for (size_t i = 0; i < a->task_count; i++) {
        assert_int_equal(a->tasks[i].block_count, b->tasks[i].block_count);
        assert_int_equal(a->tasks[i].slots_used, b->tasks[i].slots_used);
        for (size_t j = 0; j < a->tasks[i].block_count; j++)
            check_same_block(&a->tasks[i].blocks[j], &b->tasks[i].blocks[j]);
    }
    for (size_t i = 0; i < a->memory_count; i++) {
        assert_true(a->memories[i].end == b->memories[i].end);
        assert_true(a->memories[i].padding_bytes == b->memories[i].padding_bytes);
        assert_true(a->memories[i].bound_bytes == b->memories[i].bound_bytes);
    }
    assert_true(same_range(a->info, b->info));
    assert_true(a->bound_bytes == b->bound_bytes);
}

/* ---- what a lock leaves as it is ---- */

struct lock_case {
    struct generator *generator;
    struct layout_request request;
    struct layout layout;
    const struct layout_locked_block *locked;
    size_t locked_count;
};

static struct layout_need *own_needs(struct arena *arena, struct layout_task *task)
{
    struct layout_need *needs = ARENA_ARRAY(arena, struct layout_need, task->need_count);
    for (size_t i = 0; i < task->need_count; i++)
        needs[i] = task->needs[i];
    task->needs = needs;
    return needs;
}

static struct layout_request own_tasks(struct arena *arena, const struct layout_request *request,
                                       struct layout_task **ret_tasks)
{
    struct layout_request copy = *request;
    struct layout_task *tasks = ARENA_ARRAY(arena, struct layout_task, request->task_count);
    for (size_t i = 0; i < request->task_count; i++)
        tasks[i] = request->tasks[i];
    copy.tasks = tasks;
    *ret_tasks = tasks;
    return copy;
}

static void check_unchanged(const struct lock_case *given)
{
    struct arena *arena = given->generator->arena;
    struct diag_list diags = diag_list_in(arena);
    for (unsigned strict = 0; strict < 2; strict++) {
        const struct layout_lock_policy policy = {.is_strict = strict == 1};
        struct layout layout;
        struct layout_moves moves;
        const bool solved = layout_solve_locked(&given->request, given->locked, given->locked_count,
                                                &policy, arena, &layout, &moves, &diags);
        if (!solved)
            print_diags(&diags);
        assert_true(solved);
        check_verified(&given->request, &layout, arena);
        check_same_layout(&given->layout, &layout);
        assert_int_equal(moves.count, given->locked_count);
        assert_int_equal(moves.kept_count, moves.count);
        assert_int_equal(moves.step, LAYOUT_STEP_FORCED);
        for (size_t i = 0; i < moves.count; i++)
            assert_true(moves.items[i].kind == LAYOUT_KEPT && !moves.items[i].boundaries_changed);
    }
}

/* ---- what changes ---- */

static void grow_task(struct generator *generator, struct layout_task *task)
{
    struct layout_need *needs = own_needs(generator->arena, task);
    for (size_t i = 0; i < task->need_count; i++)
        if (generator_one_in(generator, 2))
            needs[i].bytes += 1 + needs[i].bytes * generator_below(generator, 300) / 1000;
}

static void grow_kernel(struct generator *generator, struct layout_request *request)
{
    struct layout_need *kernel =
        ARENA_ARRAY(generator->arena, struct layout_need, request->kernel_count);
    for (size_t i = 0; i < request->kernel_count; i++) {
        kernel[i] = request->kernel[i];
        kernel[i].bytes += generator_below(generator, 600);
    }
    request->kernel = kernel;
}

static struct layout_request changed_request(const struct lock_case *given)
{
    struct generator *generator = given->generator;
    struct layout_task *tasks;
    struct layout_request request = own_tasks(generator->arena, &given->request, &tasks);
    for (size_t i = 0; i < 3; i++)
        grow_task(generator, &tasks[generator_below(generator, request.task_count)]);
    if (generator_one_in(generator, 4))
        grow_kernel(generator, &request);
    if (generator_one_in(generator, 6))
        request.mpu.reserved++;
    if (generator_one_in(generator, 6))
        request.mpu.subregions = !request.mpu.subregions;
    return request;
}

/* Some blocks are forgotten, which makes their tasks new; some are damaged. */
static struct layout_locked_block *changed_lock(const struct lock_case *given, size_t *ret_count)
{
    struct generator *generator = given->generator;
    struct layout_locked_block *locked =
        ARENA_ARRAY(generator->arena, struct layout_locked_block, given->locked_count);
    *ret_count = 0;
    for (size_t i = 0; i < given->locked_count; i++) {
        struct layout_locked_block *block = &locked[*ret_count];
        if (generator_one_in(generator, 20))
            continue;
        *block = given->locked[i];
        if (generator_one_in(generator, 20))
            block->range.start += 32 * generator_below(generator, 64);
        if (generator_one_in(generator, 20))
            block->range.end += 8 * generator_below(generator, 256);
        ++*ret_count;
    }
    return locked;
}

static const struct layout_locked_block *find_locked(const struct layout_locked_block *locked,
                                                     size_t count, size_t task, size_t memory)
{
    for (size_t i = 0; i < count; i++)
        if (locked[i].task == task && locked[i].memory == memory)
            return &locked[i];
    fprintf(stderr, "a move names a block that the lock does not have\n");
    abort();
}

static void check_moves(const struct layout_request *request, const struct layout *layout,
                        const struct layout_locked_block *locked, size_t count,
                        const struct layout_moves *moves)
{
    for (size_t i = 0; i < moves->count; i++) {
        const struct layout_move *move = &moves->items[i];
        const struct layout_block *block = &layout->tasks[move->task].blocks[move->need];
        if (move->kind == LAYOUT_NEW)
            continue;
        const struct layout_locked_block *old =
            find_locked(locked, count, move->task, move->old_memory);
        assert_true(same_range(old->range, move->old_range));
        const bool is_kept = block->memory == old->memory && same_range(block->range, old->range);
        const uint64_t need = request->tasks[move->task].needs[move->need].bytes;
        assert_int_equal(is_kept, move->kind == LAYOUT_KEPT);
        assert_int_equal(is_kept, move->reason == LAYOUT_STAYED);
        if (move->kind == LAYOUT_RESIZED)
            assert_true(block->range.start == old->range.start);
        if (move->reason == LAYOUT_OUTGROWN)
            assert_true(old->range.end - old->range.start + move->bytes == need);
        if (moves->step == LAYOUT_STEP_FORCED)
            assert_true(move->reason != LAYOUT_MADE_ROOM);
    }
}

static uint64_t need_of_all(const struct layout *layout)
{
    uint64_t need = 0;
    for (size_t i = 0; i < layout->memory_count; i++)
        need += layout->memories[i].need_bytes;
    return need;
}

static void check_budget(const struct layout_request *request, const struct layout *layout,
                         const struct layout_moves *moves, uint64_t budget, struct arena *arena)
{
    struct diag_list diags = diag_list_in(arena);
    struct layout scratch;
    assert_true(used_by(layout) == moves->used_bytes);
    if (!layout_solve(request, arena, &scratch, &diags)) {
        assert_true(moves->unlocked_bytes == 0);
        return;
    }
    if (moves->unlocked_bytes == 0) { /* nothing had to move, so nothing was compared */
        assert_true(moves->kept_count == moves->count && moves->step == LAYOUT_STEP_FORCED);
        return;
    }
    assert_true(used_by(&scratch) == moves->unlocked_bytes);
    if (moves->step == LAYOUT_STEP_SCRATCH)
        check_same_layout(layout, &scratch);
    else if (moves->kept_count < moves->count)
        assert_true(used_by(layout) <= used_by(&scratch) + need_of_all(layout) * budget / 1000);
}

static void check_order(const struct lock_case *given, const struct layout_request *request,
                        const struct layout_locked_block *locked, size_t count,
                        const struct layout_lock_policy *policy, const struct layout *layout)
{
    struct arena *arena = given->generator->arena;
    struct diag_list diags = diag_list_in(arena);
    size_t *place = ARENA_ARRAY(arena, size_t, request->task_count);
    const struct layout_request shuffled = generator_shuffled(given->generator, request, place);
    struct layout_locked_block *blocks = ARENA_ARRAY(arena, struct layout_locked_block, count);
    for (size_t i = 0; i < count; i++) {
        blocks[count - 1 - i] = locked[i];
        blocks[count - 1 - i].task = place[locked[i].task];
    }
    struct layout other;
    struct layout_moves moves;
    assert_true(
        layout_solve_locked(&shuffled, blocks, count, policy, arena, &other, &moves, &diags));
    for (size_t i = 0; i < request->task_count; i++)
        for (size_t j = 0; j < request->tasks[i].need_count; j++)
            check_same_block(&layout->tasks[i].blocks[j], &other.tasks[place[i]].blocks[j]);
}

static void check_strict(const struct layout_request *request,
                         const struct layout_locked_block *locked, size_t count,
                         struct arena *arena)
{
    const struct layout_lock_policy strict = {.is_strict = true};
    const struct layout_lock_policy loose = {.budget_per_mille = UINT64_MAX};
    struct diag_list strict_diags = diag_list_in(arena);
    struct diag_list diags = diag_list_in(arena);
    struct layout layout, loose_layout;
    struct layout_moves moves, loose_moves;
    const bool solved =
        layout_solve_locked(request, locked, count, &strict, arena, &layout, &moves, &strict_diags);
    if (!layout_solve_locked(request, locked, count, &loose, arena, &loose_layout, &loose_moves,
                             &diags)) {
        assert_false(solved);
        return;
    }
    size_t moved = 0;
    for (size_t i = 0; i < loose_moves.count; i++)
        moved += loose_moves.items[i].kind == LAYOUT_MOVED ||
                 loose_moves.items[i].kind == LAYOUT_RESIZED;
    assert_int_equal(solved, moved == 0);
    assert_int_equal(strict_diags.count, moved);
    for (size_t i = 0; i < strict_diags.count; i++)
        assert_string_equal(strict_diags.items[i].code, "layout-lock-moved");
}

static void check_changed(const struct lock_case *given)
{
    static const uint64_t budgets[] = {0, 20, 100, UINT64_MAX / 2};
    struct arena *arena = given->generator->arena;
    const struct layout_request request = changed_request(given);
    size_t count;
    const struct layout_locked_block *locked = changed_lock(given, &count);
    for (size_t i = 0; i < 2; i++) {
        const uint64_t budget = budgets[2 * i + generator_below(given->generator, 2)];
        const struct layout_lock_policy policy = {.budget_per_mille = budget};
        struct diag_list diags = diag_list_in(arena);
        struct layout layout;
        struct layout_moves moves;
        if (!layout_solve_locked(&request, locked, count, &policy, arena, &layout, &moves,
                                 &diags)) {
            assert_true(diags.error_count > 0);
            assert_false(layout_solve(&request, arena, &layout, &diags));
            continue;
        }
        check_verified(&request, &layout, arena);
        check_moves(&request, &layout, locked, count, &moves);
        if (budget <= 100)
            check_budget(&request, &layout, &moves, budget, arena);
        if (i == 0)
            check_order(given, &request, locked, count, &policy, &layout);
    }
    check_strict(&request, locked, count, arena);
}

/* ---- headroom in the lock ---- */

/* Each need grows by less than its block's padding: nothing moves. */
static void check_with_headroom(const struct lock_case *given)
{
    const struct layout_lock_policy policy = {.headroom_per_mille = 50};
    struct arena *arena = given->generator->arena;
    struct diag_list diags = diag_list_in(arena);
    struct layout first, layout;
    struct layout_moves moves;
    if (!layout_solve_with_headroom(&given->request, 50, arena, &first, &diags))
        return;
    check_verified(&given->request, &first, arena);
    struct layout_task *tasks;
    struct layout_request request = own_tasks(arena, &given->request, &tasks);
    for (size_t i = 0; i < request.task_count; i++) {
        struct layout_need *needs = own_needs(arena, &tasks[i]);
        for (size_t j = 0; j < tasks[i].need_count; j++) {
            const struct layout_range range = first.tasks[i].blocks[j].range;
            const uint64_t most = range.end - range.start;
            if (!needs[j].is_pinned)
                assert_true(most >= needs[j].bytes + needs[j].bytes / 20);
            needs[j].bytes += generator_below(given->generator, most - needs[j].bytes + 1);
        }
    }
    size_t count;
    const struct layout_locked_block *locked = layout_lock(&first, arena, &count);
    assert_true(
        layout_solve_locked(&request, locked, count, &policy, arena, &layout, &moves, &diags));
    check_verified(&request, &layout, arena);
    assert_int_equal(moves.kept_count, moves.count);
    for (size_t i = 0; i < layout.task_count; i++)
        for (size_t j = 0; j < layout.tasks[i].block_count; j++)
            check_same_block(&first.tasks[i].blocks[j], &layout.tasks[i].blocks[j]);
    /* What does move gets its headroom again, within the budget. */
    own_needs(arena, &tasks[0])[0].bytes += first.tasks[0].blocks[0].range.end;
    if (layout_solve_locked(&request, locked, count, &policy, arena, &layout, &moves, &diags))
        check_verified(&request, &layout, arena);
}

/* ---- every model ---- */

static bool check_seed(const struct generator_shape *shape, uint64_t seed)
{
    struct arena *arena = arena_create(no_memory);
    struct generator generator = {seed, arena};
    struct diag_list diags = diag_list_in(arena);
    struct lock_case given = {.generator = &generator,
                              .request = generator_request(&generator, shape)};
    const bool solved = layout_solve(&given.request, arena, &given.layout, &diags);
    if (solved) {
        given.locked = layout_lock(&given.layout, arena, &given.locked_count);
        check_unchanged(&given);
        check_changed(&given);
        check_with_headroom(&given);
    }
    arena_destroy(arena);
    return solved;
}

static void check_model(enum mpu_model model, bool subregions, uint32_t slots, uint64_t seed)
{
    size_t solved = 0;
    for (uint64_t i = 0; i < 24; i++) {
        const struct generator_shape shape = {.model = model,
                                              .subregions = subregions,
                                              .slots = slots,
                                              .task_count = 1 + (size_t)(7 * i % 16),
                                              .memory_count = 1 + (size_t)(i % 4),
                                              .largest_bytes = 16384,
                                              .granularity_bytes = i % 5 == 0 ? 64 : 4,
                                              .odds = i % 3 == 0 ? 0 : WITH_ALL};
        solved += check_seed(&shape, seed + i);
    }
    assert_true(solved > 10);
}

static void test_pmsav7_subregions(void **state)
{
    (void)state;
    check_model(MPU_PMSAV7, true, 8, 11000);
}

static void test_pmsav7_plain(void **state)
{
    (void)state;
    check_model(MPU_PMSAV7, false, 8, 12000);
}

static void test_pmsav6_subregions(void **state)
{
    (void)state;
    check_model(MPU_PMSAV6, true, 8, 13000);
}

static void test_pmsav6_plain(void **state)
{
    (void)state;
    check_model(MPU_PMSAV6, false, 8, 14000);
}

static void test_pmsav8(void **state)
{
    (void)state;
    check_model(MPU_PMSAV8, false, 8, 15000);
}

static void test_pmp(void **state)
{
    (void)state;
    check_model(MPU_PMP, false, 16, 16000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pmsav7_subregions),
        cmocka_unit_test(test_pmsav7_plain),
        cmocka_unit_test(test_pmsav6_subregions),
        cmocka_unit_test(test_pmsav6_plain),
        cmocka_unit_test(test_pmsav8),
        cmocka_unit_test(test_pmp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
