/* Headroom on random layouts of every model: a need that grows by exactly its headroom still has a
 * block while all others stay; one that grows by a step more has none. */
#include "layout/model/memory_map.h"
#include "layout/search/place.h"
#include "layout/solve/headroom.h"
#include "layout/stability/lock.h"
#include "tests/property/layout/generator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void no_memory(void)
{
    fprintf(stderr, "out of memory\n");
    abort();
}

struct headroom_case {
    struct arena *arena;
    struct layout_request request;
    struct layout layout;
};

static const struct layout_need *need_of(const struct headroom_case *given,
                                         const struct headroom_block *block)
{
    return &given->request.tasks[block->task].needs[block->need];
}

/* ---- by solving ---- */

/* Closes what is free below the window: the solver takes the first place that it finds. */
static struct layout_memory closed_below(const struct headroom_case *given, size_t index,
                                         uint64_t end)
{
    struct arena *arena = given->arena;
    struct layout_memory memory = given->request.memories[index];
    const struct memory_map map = memory_map_of(&given->request, &given->layout, index, arena);
    struct layout_range *holes = ARENA_ARRAY(arena, struct layout_range, map.row_count);
    memory.hole_count = 0;
    for (size_t i = 0; i < map.row_count; i++)
        if (map.rows[i].kind == MEMORY_MAP_HOLE ||
            (map.rows[i].kind == MEMORY_MAP_GAP && map.rows[i].range.end <= end))
            holes[memory.hole_count++] = map.rows[i].range;
    memory.holes = holes;
    return memory;
}

/* The request with one need larger, which may only lie in or above its window. */
static struct layout_request grown_request(const struct headroom_case *given,
                                           const struct headroom_block *block, uint64_t bytes)
{
    struct arena *arena = given->arena;
    struct layout_request grown = given->request;
    const size_t *memory = &given->layout.tasks[block->task].blocks[block->need].memory;
    struct layout_task *tasks = ARENA_ARRAY(arena, struct layout_task, grown.task_count);
    struct layout_memory *memories = ARENA_ARRAY(arena, struct layout_memory, grown.memory_count);
    for (size_t i = 0; i < grown.memory_count; i++)
        memories[i] = grown.memories[i];
    memories[*memory] = closed_below(given, *memory, block->window.start);
    for (size_t i = 0; i < grown.task_count; i++)
        tasks[i] = grown.tasks[i];
    const size_t need_count = tasks[block->task].need_count;
    struct layout_need *needs = ARENA_ARRAY(arena, struct layout_need, need_count);
    for (size_t i = 0; i < need_count; i++)
        needs[i] = tasks[block->task].needs[i];
    needs[block->need].bytes += bytes;
    needs[block->need].memories = memory;
    needs[block->need].memory_count = 1;
    tasks[block->task].needs = needs;
    grown.tasks = tasks;
    grown.memories = memories;
    return grown;
}

static bool is_solved(const struct headroom_case *given, const struct headroom_block *block,
                      uint64_t bytes)
{
    struct arena *arena = given->arena;
    struct diag_list diags = diag_list_in(arena);
    const struct layout_lock_policy policy = {.is_strict = true};
    const size_t memory = given->layout.tasks[block->task].blocks[block->need].memory;
    const struct layout_request grown = grown_request(given, block, bytes);
    size_t all_count;
    const struct layout_locked_block *all = layout_lock(&given->layout, arena, &all_count);
    struct layout_locked_block *locked = ARENA_ARRAY(arena, struct layout_locked_block, all_count);
    size_t count = 0;
    for (size_t i = 0; i < all_count; i++)
        if (all[i].task != block->task || all[i].memory != memory)
            locked[count++] = all[i];
    struct layout layout;
    struct layout_moves moves;
    if (!layout_solve_locked(&grown, locked, count, &policy, arena, &layout, &moves, &diags))
        return false;
    const struct layout_range range = layout.tasks[block->task].blocks[block->need].range;
    assert_true(layout_verify(&grown, &layout, &diags));
    return range.start >= block->window.start && range.end <= block->window.end;
}

/* ---- by trying every range ---- */

static uint32_t slots_of(const struct mpu *mpu, const struct mpu_region *region)
{
    return mpu->model == MPU_PMP && region->mpu_size == 0 ? 2 : 1;
}

static uint32_t slots_left(const struct headroom_case *given, const struct headroom_block *block)
{
    const struct mpu *mpu = &given->request.mpu;
    const struct layout_task_answer *task = &given->layout.tasks[block->task];
    uint32_t slots = mpu->slots - mpu->reserved;
    if (need_of(given, block)->one_region && mpu->model != MPU_PMP)
        return 1;
    for (size_t i = 0; i < task->fixed_count; i++)
        slots -= slots_of(mpu, &task->fixed[i].region);
    for (size_t i = 0; i < task->block_count; i++)
        for (size_t j = 0; i != block->need && j < task->blocks[i].region_count; j++)
            slots -= slots_of(mpu, &task->blocks[i].regions[j]);
    return slots;
}

static bool has_range(const struct headroom_case *given, const struct headroom_block *block,
                      uint64_t bytes)
{
    const struct layout_need *need = need_of(given, block);
    const struct cover cover = cover_of(&given->request.mpu);
    const uint64_t unit = UINT64_C(1) << cover.unit_log2;
    const uint64_t size = (need->bytes + bytes + unit - 1) / unit;
    const struct piece piece = {.size = size,
                                .alignment = 1,
                                .uncut = need->uncut,
                                .uncut_count = need->uncut_count,
                                .unit_log2 = cover.unit_log2};
    const uint32_t slots = slots_left(given, block);
    const uint64_t last = block->window.end / unit;
    for (uint64_t start = (block->window.start + unit - 1) / unit; start + size <= last; start++) {
        if (start * unit % need->align_bytes != 0 ||
            (need->is_pinned && start * unit != need->pinned_addr))
            continue;
        for (uint64_t end = start + size; end <= last; end++)
            if (place_count(cover, &piece, (struct layout_range){start, end}) <= slots)
                return true;
    }
    return false;
}

/* ---- the property ---- */

enum { TRIED_UNITS_MOST = 512, SEEDS = 12 };

static void check_block(const struct headroom_case *given, const struct headroom_block *block)
{
    const uint64_t unit = mpu_bound_step_bytes(&given->request.mpu);
    const struct layout_range range = given->layout.tasks[block->task].blocks[block->need].range;
    assert_true(block->window.start <= range.start && range.end <= block->window.end);
    assert_true(block->bytes >= range.end - range.start - need_of(given, block)->bytes);
    if (!need_of(given, block)->is_pinned) {
        assert_true(is_solved(given, block, block->bytes));
        assert_false(is_solved(given, block, block->bytes + unit));
    }
    if ((block->window.end - block->window.start) / unit <= TRIED_UNITS_MOST) {
        assert_true(has_range(given, block, block->bytes));
        assert_false(has_range(given, block, block->bytes + unit));
    }
}

static void check_next_to_hurt(const struct headroom_case *given, const struct headroom *headroom)
{
    const struct headroom_block *next = &headroom->blocks[headroom->next_to_hurt];
    for (size_t i = 0; i < headroom->block_count; i++)
        assert_true(headroom->blocks[i].bytes * need_of(given, next)->bytes >=
                    next->bytes * need_of(given, &headroom->blocks[i])->bytes);
}

static bool check_seed(const struct generator_shape *shape, uint64_t seed)
{
    struct arena *arena = arena_create(no_memory);
    struct generator generator = {seed, arena};
    struct diag_list diags = diag_list_in(arena);
    struct headroom_case given = {.arena = arena, .request = generator_request(&generator, shape)};
    const bool solved = layout_solve(&given.request, arena, &given.layout, &diags);
    if (solved) {
        const struct headroom headroom = headroom_find(&given.request, &given.layout, arena);
        for (size_t i = 0; i < headroom.block_count; i++)
            check_block(&given, &headroom.blocks[i]);
        check_next_to_hurt(&given, &headroom);
    }
    arena_destroy(arena);
    return solved;
}

static void check_model(enum mpu_model model, bool subregions, uint32_t slots, uint64_t seed)
{
    size_t solved = 0;
    for (uint64_t i = 0; i < SEEDS; i++) {
        const struct generator_shape shape = {.model = model,
                                              .subregions = subregions,
                                              .slots = slots,
                                              .task_count = 1 + (size_t)(i % 6),
                                              .memory_count = 1 + (size_t)(i % 4),
                                              .largest_bytes = i % 2 == 0 ? 1024 : 16384,
                                              .granularity_bytes = i % 5 == 0 ? 64 : 4,
                                              .odds = i % 3 == 0 ? 0 : WITH_ALL};
        solved += check_seed(&shape, seed + i);
    }
    assert_true(solved > SEEDS / 2);
}

static void test_pmsav7_subregions(void **state)
{
    (void)state;
    check_model(MPU_PMSAV7, true, 8, 21000);
}

static void test_pmsav7_plain(void **state)
{
    (void)state;
    check_model(MPU_PMSAV7, false, 8, 22000);
}

static void test_pmsav6_subregions(void **state)
{
    (void)state;
    check_model(MPU_PMSAV6, true, 8, 23000);
}

static void test_pmsav6_plain(void **state)
{
    (void)state;
    check_model(MPU_PMSAV6, false, 8, 24000);
}

static void test_pmsav8(void **state)
{
    (void)state;
    check_model(MPU_PMSAV8, false, 8, 25000);
}

static void test_pmp(void **state)
{
    (void)state;
    check_model(MPU_PMP, false, 16, 26000);
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
