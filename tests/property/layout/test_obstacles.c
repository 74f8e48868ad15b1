/* Small random problems with holes, pinned blocks, choices of memories and limits against brute
 * force: every choice, every sharing of slots and every order, placed with a region counter of the
 * test's own. The solver fits what some layout fits, takes the least that any takes, and its bound
 * never exceeds that. */
#include "tests/property/layout/generator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { UNITS = 80, TASKS = 3, MEMORIES = 3, SLOTS_MOST = 4, NEVER = 10000 };

struct block {
    uint32_t size;
    bool is_pinned;
    uint32_t pinned; /* unit in its memory */
    bool may_lie[MEMORIES];
    uint64_t limits[MEMORIES]; /* as the request has them: of need.memories */
};

struct problem {
    size_t count; /* of tasks; each has code in memory 0 and data in 1 or 2 */
    uint32_t slots[TASKS];
    struct block blocks[TASKS][2];
    uint32_t starts[MEMORIES], ends[MEMORIES];
    struct layout_range holes[MEMORIES]; /* in units; empty: none */
    uint64_t unit_bytes;
};

struct brute {
    const struct mpu *mpu;
    const struct problem *problem;
    uint8_t count[UNITS + 1][UNITS + 1]; /* regions for [a, b) */
    bool taken[MEMORIES][UNITS];
    uint32_t least;
};

static void no_memory(void)
{
    fprintf(stderr, "out of memory\n");
    abort();
}

/* ---- regions ---- */

static bool is_one(const struct mpu *mpu, uint32_t start, uint32_t end)
{
    const bool has_eighths = mpu->subregions && mpu->model == MPU_PMSAV7;
    if (mpu->model == MPU_PMSAV8)
        return true;
    for (uint32_t size = 1; size <= UNITS; size *= 2)
        if ((end - start == size && start % size == 0) ||
            (has_eighths && start % size == 0 && end % size == 0 &&
             start / (8 * size) == (end - 1) / (8 * size)))
            return true;
    return false;
}

static void count_regions(struct brute *brute)
{
    for (uint32_t length = 1; length <= UNITS; length++)
        for (uint32_t a = 0; a + length <= UNITS; a++) {
            const uint32_t b = a + length;
            uint8_t least = is_one(brute->mpu, a, b) ? 1 : 100;
            if (least > 1 && brute->mpu->model == MPU_PMP)
                least = 2; /* never cut: two entries grant any range */
            for (uint32_t cut = a + 1; cut < b && brute->mpu->model == MPU_PMSAV7; cut++)
                if (brute->count[a][cut] + brute->count[cut][b] < least)
                    least = (uint8_t)(brute->count[a][cut] + brute->count[cut][b]);
            brute->count[a][b] = least;
        }
}

/* ---- every layout ---- */

static bool is_free(const struct brute *brute, size_t memory, uint32_t start, uint32_t end)
{
    for (uint32_t i = start; i < end; i++)
        if (brute->taken[memory][i])
            return false;
    return true;
}

static void set_taken(struct brute *brute, size_t memory, uint32_t start, uint32_t end, bool taken)
{
    for (uint32_t i = start; i < end; i++)
        brute->taken[memory][i] = taken;
}

/* The lowest end of a block that begins in [first, last]. */
static uint32_t lowest_end(const struct brute *brute, size_t memory, uint32_t size, uint32_t slots,
                           uint32_t first, uint32_t last)
{
    uint32_t best = NEVER;
    const uint32_t end = brute->problem->ends[memory];
    for (uint32_t a = first; a <= last && a + size <= end && a + size < best; a++)
        for (uint32_t b = a + size; b <= end && b < best; b++)
            if (brute->count[a][b] <= slots && is_free(brute, memory, a, b))
                best = b;
    return best;
}

/* The lowest end over all orders of the blocks in `set`, one bit a task. */
static uint32_t best_order(struct brute *brute, size_t memory, const uint32_t *sizes,
                           const uint32_t *slots, uint32_t set, uint32_t frontier)
{
    uint32_t best = set == 0 ? frontier : NEVER;
    for (size_t i = 0; i < TASKS; i++) {
        if ((set >> i & 1) == 0)
            continue;
        const uint32_t end = lowest_end(brute, memory, sizes[i], slots[i], frontier, UNITS);
        if (end == NEVER)
            continue;
        const uint32_t all =
            best_order(brute, memory, sizes, slots, set & ~(UINT32_C(1) << i), end);
        best = all < best ? all : best;
    }
    return best;
}

/* Where every block lies and with how many slots. */
struct choice {
    size_t memories[TASKS][2];
    uint32_t slots[TASKS][2];
};

/* What one memory takes with a choice made, pinned blocks placed; NEVER: it does not fit. */
static uint32_t take_memory(struct brute *brute, const struct choice *choice, size_t memory,
                            uint32_t reach)
{
    const struct problem *problem = brute->problem;
    uint32_t sizes[TASKS] = {0};
    uint32_t slots[TASKS] = {0};
    uint32_t set = 0;
    for (size_t i = 0; i < problem->count; i++)
        for (size_t j = 0; j < 2; j++) {
            if (choice->memories[i][j] != memory || problem->blocks[i][j].is_pinned)
                continue;
            sizes[i] = problem->blocks[i][j].size;
            slots[i] = choice->slots[i][j];
            set |= UINT32_C(1) << i;
        }
    const uint32_t end = best_order(brute, memory, sizes, slots, set, problem->starts[memory]);
    if (end == NEVER)
        return NEVER;
    return (end > reach ? end : reach) - problem->starts[memory];
}

/* Places the pinned blocks from number `at` on, then all others. */
static void place_pins(struct brute *brute, const struct choice *choice, size_t at,
                       uint32_t reach[MEMORIES])
{
    const struct problem *problem = brute->problem;
    if (at == 2 * problem->count) {
        uint32_t sum = 0;
        for (size_t i = 0; i < MEMORIES && sum < NEVER; i++)
            sum += take_memory(brute, choice, i, reach[i]);
        brute->least = sum < brute->least ? sum : brute->least;
        return;
    }
    const struct block *block = &problem->blocks[at / 2][at % 2];
    const size_t memory = choice->memories[at / 2][at % 2];
    if (!block->is_pinned) {
        place_pins(brute, choice, at + 1, reach);
        return;
    }
    const uint32_t end = lowest_end(brute, memory, block->size, choice->slots[at / 2][at % 2],
                                    block->pinned, block->pinned);
    if (end == NEVER)
        return;
    const uint32_t before = reach[memory];
    set_taken(brute, memory, block->pinned, end, true);
    reach[memory] = end > before ? end : before;
    place_pins(brute, choice, at + 1, reach);
    reach[memory] = before;
    set_taken(brute, memory, block->pinned, end, false);
}

static void choose(struct brute *brute, struct choice *choice, size_t task)
{
    const struct problem *problem = brute->problem;
    if (task == problem->count) {
        uint32_t reach[MEMORIES] = {0};
        place_pins(brute, choice, 0, reach);
        return;
    }
    choice->memories[task][0] = 0;
    for (size_t memory = 1; memory < MEMORIES; memory++) {
        if (!problem->blocks[task][1].may_lie[memory])
            continue;
        choice->memories[task][1] = memory;
        for (uint32_t k = 1; k < problem->slots[task]; k++) {
            choice->slots[task][0] = k;
            choice->slots[task][1] = problem->slots[task] - k;
            choose(brute, choice, task + 1);
        }
    }
}

/* ---- problems ---- */

static void make_block(struct generator *generator, bool is_code, struct block *block)
{
    block->size = 1 + (uint32_t)generator_below(generator, 16);
    if (is_code) {
        block->may_lie[0] = true;
    } else {
        const uint64_t kind = generator_below(generator, 4);
        block->may_lie[1] = kind != 1;
        block->may_lie[2] = kind != 0;
        if (kind == 3) /* the limit of one is broken: it is no choice */
            block->may_lie[1 + generator_below(generator, 2)] = false;
        block->limits[0] = kind == 3 && !block->may_lie[1] ? 1 : 0;
        block->limits[1] = kind == 3 && !block->may_lie[2] ? 1 : 0;
    }
    if (generator_one_in(generator, 5)) {
        block->is_pinned = true;
        block->pinned = (uint32_t)generator_below(generator, 24);
        if (!is_code && block->may_lie[1])
            block->may_lie[2] = false;
    }
}

static struct problem make_problem(struct generator *generator, const struct mpu *mpu)
{
    struct problem problem = {.count = 1 + generator_below(generator, TASKS),
                              .unit_bytes = mpu_bound_step_bytes(mpu)};
    for (size_t i = 0; i < MEMORIES; i++) {
        problem.starts[i] = (uint32_t)generator_below(generator, 6);
        problem.ends[i] = 24 + (uint32_t)generator_below(generator, UNITS - 24);
        if (generator_one_in(generator, 2)) {
            const uint64_t at = problem.starts[i] + 1 + generator_below(generator, 16);
            problem.holes[i] = (struct layout_range){at, at + 1 + generator_below(generator, 4)};
        }
    }
    for (size_t i = 0; i < problem.count; i++) {
        problem.slots[i] = 2 + (uint32_t)generator_below(generator, SLOTS_MOST - 1);
        make_block(generator, true, &problem.blocks[i][0]);
        make_block(generator, false, &problem.blocks[i][1]);
    }
    return problem;
}

static uint64_t base_of(size_t memory)
{
    return UINT64_C(0x20000000) + memory * 0x1000000;
}

static void make_need(struct generator *generator, const struct problem *problem,
                      const struct block *block, bool is_code, struct layout_need *need)
{
    uint64_t *limits = ARENA_ARRAY(generator->arena, uint64_t, 2);
    const bool is_limited = block->limits[0] + block->limits[1] > 0;
    const size_t first = is_code || is_limited || block->may_lie[1] ? !is_code : 2;
    const bool is_choice = is_limited || (block->may_lie[1] && block->may_lie[2]);
    *need = (struct layout_need){.memories = generator_indices(generator, first, 2),
                                 .memory_count = is_choice && !block->is_pinned ? 2 : 1,
                                 .bytes = block->size * problem->unit_bytes,
                                 .align_bytes = 1,
                                 .is_pinned = block->is_pinned};
    if (block->is_pinned) {
        const size_t memory = is_code ? 0 : block->may_lie[1] ? 1 : 2;
        need->memories = generator_indices(generator, memory, 1);
        need->pinned_addr = base_of(memory) + block->pinned * problem->unit_bytes;
    }
    limits[0] = block->limits[0];
    limits[1] = block->limits[1];
    need->limits = need->memory_count == 2 ? limits : NULL;
}

static struct layout_request make_request(struct generator *generator, const struct mpu *mpu,
                                          const struct problem *problem)
{
    struct arena *arena = generator->arena;
    struct layout_memory *memories = ARENA_ARRAY(arena, struct layout_memory, MEMORIES);
    struct layout_task *tasks = ARENA_ARRAY(arena, struct layout_task, problem->count);
    struct layout_range *holes = ARENA_ARRAY(arena, struct layout_range, MEMORIES);
    const uint64_t unit = problem->unit_bytes;
    for (size_t i = 0; i < MEMORIES; i++) {
        memories[i] = (struct layout_memory){.name = arena_format(arena, "memory%zu", i),
                                             .base = base_of(i),
                                             .size = problem->ends[i] * unit,
                                             .skip_bytes = problem->starts[i] * unit,
                                             .attributes = i == 0 ? 5 : 3};
        holes[i] = (struct layout_range){base_of(i) + problem->holes[i].start * unit,
                                         base_of(i) + problem->holes[i].end * unit};
        memories[i].holes = &holes[i];
        memories[i].hole_count = problem->holes[i].end > 0;
    }
    for (size_t i = 0; i < problem->count; i++) {
        struct layout_need *needs = ARENA_ARRAY(arena, struct layout_need, 2);
        for (size_t j = 0; j < 2; j++)
            make_need(generator, problem, &problem->blocks[i][j], j == 0, &needs[j]);
        tasks[i] = (struct layout_task){
            .name = arena_format(arena, "task%zu", i), .needs = needs, .need_count = 2};
        tasks[i].slots_adjust = (int32_t)problem->slots[i] - (int32_t)mpu->slots;
    }
    return (struct layout_request){.mpu = *mpu,
                                   .memories = memories,
                                   .memory_count = MEMORIES,
                                   .tasks = tasks,
                                   .task_count = problem->count};
}

/* ---- the comparison ---- */

static uint64_t used_units(const struct problem *problem, const struct layout *layout)
{
    uint64_t units = 0;
    for (size_t i = 0; i < MEMORIES; i++)
        units += (layout->memories[i].end - base_of(i)) / problem->unit_bytes - problem->starts[i];
    return units;
}

static void check_one(struct brute *brute, uint64_t seed)
{
    struct arena *arena = arena_create(no_memory);
    struct generator generator = {seed, arena};
    struct diag_list diags = diag_list_in(arena);
    const struct problem problem = make_problem(&generator, brute->mpu);
    const struct layout_request request = make_request(&generator, brute->mpu, &problem);
    struct choice choice = {0};
    struct layout layout;
    brute->problem = &problem;
    brute->least = NEVER;
    memset(brute->taken, 0, sizeof brute->taken);
    for (size_t i = 0; i < MEMORIES; i++)
        set_taken(brute, i, (uint32_t)problem.holes[i].start, (uint32_t)problem.holes[i].end, true);
    for (size_t i = 0; i < MEMORIES; i++)
        set_taken(brute, i, 0, problem.starts[i], true);
    choose(brute, &choice, 0);
    const bool solved = layout_solve(&request, arena, &layout, &diags);
    const uint64_t used = solved ? used_units(&problem, &layout) : NEVER;
    if (used != brute->least)
        fprintf(stderr, "seed %zu: used %zu, brute force %u\n", (size_t)seed, (size_t)used,
                brute->least);
    assert_true(used == brute->least);
    if (solved) {
        assert_true(layout_verify(&request, &layout, &diags));
        assert_true(layout.bound_bytes <= brute->least * problem.unit_bytes);
    }
    arena_destroy(arena);
}

static void check_model(const struct mpu *mpu, uint64_t seed, size_t problems)
{
    struct arena *arena = arena_create(no_memory);
    struct brute *brute = ARENA_NEW(arena, struct brute);
    brute->mpu = mpu;
    count_regions(brute);
    for (size_t i = 0; i < problems; i++)
        check_one(brute, seed + i);
    arena_destroy(arena);
}

static void test_subregions(void **state)
{
    (void)state;
    check_model(&(struct mpu){.model = MPU_PMSAV7, .slots = 8, .subregions = true}, 1000, 150);
}

static void test_plain(void **state)
{
    (void)state;
    check_model(&(struct mpu){.model = MPU_PMSAV7, .slots = 8}, 2000, 150);
}

static void test_any(void **state)
{
    (void)state;
    check_model(&(struct mpu){.model = MPU_PMSAV8, .slots = 8}, 3000, 150);
}

static void test_pmp(void **state)
{
    (void)state;
    check_model(&(struct mpu){.model = MPU_PMP, .slots = 8}, 4000, 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_subregions),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_any),
        cmocka_unit_test(test_pmp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
