#include "layout/search/ordering.h"

#include "layout/search/bound.h"

#include <assert.h>
#include <stdlib.h>

enum {
    REMEMBERED_MOST = 1024, /* blocks; of more, none is searched for twice */
    WORK_MOST = 30000,      /* places asked for, after which no more plans are searched for */
    MARGINAL_ROUNDS = 2,
    MARGINAL_BLOCKS_MOST = 128, /* in one memory; beyond, a round costs more than it gains */
    CLOSE_PART = 20000          /* a plan within this part of the bound is close enough to it */
};

/* How hard the beam search works: the more blocks there are, the more often one of them fits
 * without excess. */
static const struct effort {
    size_t blocks_most;
    uint32_t width, last_width, enough;
} EFFORTS[] = {{64, 32, 32, 0}, {512, 8, 32, 8}, {SIZE_MAX, 8, 16, 8}};

/* ---- stages ---- */

static int compare_stages(const void *left, const void *right)
{
    const struct stage *a = left;
    const struct stage *b = right;
    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    return (a->memory > b->memory) - (a->memory < b->memory);
}

static void set_stages(struct planner *planner)
{
    const struct problem *problem = planner->problem;
    const size_t memory_count = problem->request->memory_count;
    planner->stages = ARENA_ARRAY(planner->arena, struct stage, memory_count);
    for (size_t memory = 0; memory < memory_count; memory++) {
        struct stage *stage = &planner->stages[planner->stage_count];
        size_t count = 0;
        for (size_t i = 0; i < problem->block_count; i++)
            count += !problem->blocks[i].is_pinned && problem->blocks[i].memory == memory;
        if (count == 0) {
            const struct problem_memory *only_pins = &problem->memories[memory];
            if (only_pins->pinned_end > 0)
                planner->pinned_units +=
                    (only_pins->pinned_end - only_pins->start) * planner->weights[memory];
            continue;
        }
        *stage =
            (struct stage){.memory = memory, .blocks = ARENA_ARRAY(planner->arena, size_t, count)};
        for (size_t i = 0; i < problem->block_count; i++) {
            if (problem->blocks[i].is_pinned || problem->blocks[i].memory != memory)
                continue;
            stage->blocks[stage->block_count++] = i;
            stage->size += problem->blocks[i].piece.size;
        }
        planner->stage_count++;
    }
    qsort(planner->stages, planner->stage_count, sizeof *planner->stages, compare_stages);
}

/* ---- one stage ---- */

/* What a block is expected to take with each number of slots, in units of the memory `here`. */
static const uint64_t *expected_from(const struct planner *planner, size_t index, size_t here)
{
    const struct problem_block *block = &planner->problem->blocks[index];
    if (!planner->is_weighted)
        return planner->expected[index];
    uint64_t *scaled = ARENA_ARRAY(planner->arena, uint64_t, block->most_slots + 1);
    for (uint32_t k = 1; k <= block->most_slots; k++)
        scaled[k] =
            planner->expected[index][k] * planner->weights[block->memory] / planner->weights[here];
    return scaled;
}

/* What the other open blocks of the task are expected to take, for each number of slots of this
 * one. */
static const uint64_t *penalties(const struct planner *planner, size_t index)
{
    const struct problem_block *block = &planner->problem->blocks[index];
    const struct problem_task *task = &planner->problem->tasks[block->task];
    const uint32_t slots = planner->slots_left[block->task];
    struct shares others;
    shares_clear(&others, slots);
    for (size_t i = task->first_block; i < task->first_block + task->block_count; i++)
        if (i != index && planner->is_open[i])
            shares_add(&others, expected_from(planner, i, block->memory),
                       planner->problem->blocks[i].most_slots);
    uint64_t *penalty = ARENA_ARRAY(planner->arena, uint64_t, block->most_slots + 1);
    for (uint32_t k = 1; k <= block->most_slots; k++)
        penalty[k] = k <= slots ? others.units[slots - k] : UINT64_MAX;
    return penalty;
}

static struct beam_job stage_job(const struct planner *planner, const struct stage *stage)
{
    const struct problem *problem = planner->problem;
    struct beam_item *items = ARENA_ARRAY(planner->arena, struct beam_item, stage->block_count);
    const struct effort *effort = EFFORTS;
    while (stage->block_count > effort->blocks_most)
        effort++;
    for (size_t i = 0; i < stage->block_count; i++) {
        const struct problem_block *block = &problem->blocks[stage->blocks[i]];
        items[i] = (struct beam_item){.piece = &block->piece,
                                      .number = (uint32_t)stage->blocks[i],
                                      .most_slots = block->most_slots,
                                      .least = block->least,
                                      .penalty = penalties(planner, stage->blocks[i]),
                                      .samples = planner->samples[stage->blocks[i]]};
    }
    return (struct beam_job){.cover = problem->cover,
                             .space = &problem->memories[stage->memory].space,
                             .memo = planner->memo,
                             .start = problem->memories[stage->memory].start,
                             .items = items,
                             .item_count = stage->block_count,
                             .width = effort->width * planner->widening,
                             .last_width = effort->last_width * planner->widening,
                             .enough = effort->enough,
                             .is_diving = planner->is_diving};
}

void ordering_decode(const struct planner *planner, const struct stage *stage,
                     const struct beam_step *steps, struct layout_range *blocks)
{
    const struct problem *problem = planner->problem;
    const struct problem_memory *memory = &problem->memories[stage->memory];
    uint64_t frontier = memory->start;
    for (size_t i = 0; i < stage->block_count; i++) {
        const size_t index = stage->blocks[steps[i].item];
        const bool placed =
            place_first(problem->cover, &memory->space, &problem->blocks[index].piece,
                        steps[i].slots, frontier, UINT64_MAX / 2, &blocks[index]);
        assert(placed); /* a memory's space reaches far beyond its end */
        (void)placed;
        frontier = blocks[index].end;
    }
}

/* The end of the stage's block when it is placed at a frontier; UINT64_MAX / 4 when it has no
 * place. */
static uint64_t end_of(const struct planner *planner, const struct stage *stage,
                       struct beam_step step, uint64_t frontier)
{
    const struct problem *problem = planner->problem;
    const size_t index = stage->blocks[step.item];
    const struct memo_block block = {(uint32_t)index, problem->cover,
                                     &problem->memories[stage->memory].space,
                                     &problem->blocks[index].piece};
    struct layout_range placed;
    return memo_place(planner->memo, &block, step.slots, frontier, UINT64_MAX / 2, &placed)
               ? placed.end
               : UINT64_MAX / 4;
}

/* The end of the last block when those from step `first` on are placed from a frontier on. */
static uint64_t end_from(const struct planner *planner, const struct stage *stage,
                         const struct beam_step *steps, size_t first, uint64_t frontier)
{
    for (size_t i = first; i < stage->block_count; i++)
        frontier = end_of(planner, stage, steps[i], frontier);
    return frontier;
}

uint64_t ordering_end(const struct planner *planner, const struct stage *stage,
                      const struct beam_step *steps)
{
    return end_from(planner, stage, steps, 0, planner->problem->memories[stage->memory].start);
}

/* Orders one stage and takes its slots from the tasks. */
void ordering_stage(struct planner *planner, struct ordering *plan, size_t number)
{
    const struct stage *stage = &planner->stages[number];
    const struct beam_job job = stage_job(planner, stage);
    struct beam_step *steps = ARENA_ARRAY(planner->arena, struct beam_step, stage->block_count);
    const bool found = beam_search(&job, planner->arena, steps);
    assert(found); /* a memory's space reaches far beyond its end */
    (void)found;
    for (size_t i = 0; i < stage->block_count; i++) {
        const size_t index = stage->blocks[steps[i].item];
        planner->slots_left[planner->problem->blocks[index].task] -= steps[i].slots;
        planner->is_open[index] = false;
    }
    plan->steps[number] = steps;
    plan->ends[number] = ordering_end(planner, stage, steps);
}

/* ---- all stages ---- */

void ordering_open_all(struct planner *planner)
{
    const struct problem *problem = planner->problem;
    for (size_t i = 0; i < problem->task_count; i++)
        planner->slots_left[i] = problem->tasks[i].slots;
    for (size_t i = 0; i < problem->block_count; i++) {
        planner->is_open[i] = !problem->blocks[i].is_pinned;
        planner->expected[i] = problem->blocks[i].least;
    }
}

struct ordering ordering_new(const struct planner *planner)
{
    return (struct ordering){
        .steps = ARENA_ARRAY(planner->arena, struct beam_step *, planner->stage_count),
        .ends = ARENA_ARRAY(planner->arena, uint64_t, planner->stage_count)};
}

void ordering_sum(const struct planner *planner, struct ordering *plan)
{
    plan->units = planner->pinned_units;
    for (size_t i = 0; i < planner->stage_count; i++) {
        const size_t index = planner->stages[i].memory;
        const struct problem_memory *memory = &planner->problem->memories[index];
        const uint64_t end =
            plan->ends[i] > memory->pinned_end ? plan->ends[i] : memory->pinned_end;
        plan->units += (end - memory->start) * planner->weights[index];
    }
}

struct ordering ordering_first(struct planner *planner)
{
    struct ordering plan = ordering_new(planner);
    ordering_open_all(planner);
    for (size_t i = 0; i < planner->stage_count; i++)
        ordering_stage(planner, &plan, i);
    ordering_sum(planner, &plan);
    return plan;
}

/* ---- rounds of true marginals ---- */

/* Sets what each block of a stage takes with k slots, in the plan's order: where the whole stage
 * ends then. */
static void expect_marginals(struct planner *planner, const struct ordering *plan, size_t number)
{
    const struct stage *stage = &planner->stages[number];
    struct beam_step *steps = ARENA_ARRAY(planner->arena, struct beam_step, stage->block_count);
    uint64_t frontier = planner->problem->memories[stage->memory].start;
    for (size_t i = 0; i < stage->block_count; i++)
        steps[i] = plan->steps[number][i];
    for (size_t i = 0; i < stage->block_count; i++) {
        const size_t index = stage->blocks[steps[i].item];
        const struct problem_block *block = &planner->problem->blocks[index];
        const uint32_t slots = steps[i].slots;
        uint64_t *ends = ARENA_ARRAY(planner->arena, uint64_t, block->most_slots + 1);
        for (uint32_t k = 1; k <= block->most_slots; k++) {
            steps[i].slots = k;
            ends[k] = end_from(planner, stage, steps, i, frontier);
        }
        steps[i].slots = slots;
        planner->expected[index] = ends;
        frontier = end_of(planner, stage, steps[i], frontier);
    }
}

/* Plans one stage anew, told what its slots really cost in the others; then the others with the
 * slots left. */
static struct ordering replan(struct planner *planner, const struct ordering *plan, size_t soft)
{
    struct ordering next = ordering_new(planner);
    ordering_open_all(planner);
    for (size_t i = 0; i < planner->stage_count; i++)
        if (i != soft)
            expect_marginals(planner, plan, i);
    ordering_stage(planner, &next, soft);
    for (size_t i = 0; i < planner->stage_count; i++)
        if (i != soft)
            ordering_stage(planner, &next, i);
    ordering_sum(planner, &next);
    return next;
}

bool ordering_may_search_on(const struct planner *planner)
{
    return memo_asked(planner->memo) <= WORK_MOST;
}

bool ordering_is_close(const struct planner *planner, const struct ordering *plan)
{
    return !planner->is_weighted &&
           (plan->units - planner->least_units) * CLOSE_PART <= planner->least_units;
}

static bool are_marginals_worth(const struct planner *planner)
{
    if (planner->stage_count < 2)
        return false;
    for (size_t i = 0; i < planner->stage_count; i++)
        if (planner->stages[i].block_count > MARGINAL_BLOCKS_MOST)
            return false;
    return true;
}

struct ordering ordering_improve(struct planner *planner, struct ordering plan)
{
    if (!are_marginals_worth(planner))
        return plan;
    bool improved = true;
    for (unsigned round = 0; improved && round < MARGINAL_ROUNDS; round++) {
        improved = false;
        for (size_t soft = 0; soft < planner->stage_count; soft++) {
            if (ordering_is_close(planner, &plan) || !ordering_may_search_on(planner))
                return plan;
            if (planner->stages[soft].block_count < 2)
                continue; /* its order is not in question */
            const struct ordering next = replan(planner, &plan, soft);
            if (next.units >= plan.units)
                continue;
            plan = next;
            improved = true;
        }
    }
    return plan;
}

/* ---- the planner ---- */

struct planner planner_create(const struct problem *problem, const uint32_t *weights,
                              struct arena *arena)
{
    struct planner planner = {
        .problem = problem, .arena = arena, .weights = weights, .widening = 1, .is_diving = true};
    for (size_t i = 0; i < problem->request->memory_count; i++)
        planner.is_weighted |= weights[i] != 1;
    planner.memo = memo_create(arena);
    planner.slots_left = ARENA_ARRAY(arena, uint32_t, problem->task_count);
    planner.is_open = ARENA_ARRAY(arena, bool, problem->block_count);
    planner.expected = ARENA_ARRAY(arena, const uint64_t *, problem->block_count);
    planner.samples = ARENA_ARRAY(arena, uint64_t *, problem->block_count);
    for (size_t i = 0; i < problem->block_count && problem->block_count <= REMEMBERED_MOST; i++)
        planner.samples[i] = ARENA_ARRAY(
            arena, uint64_t, (problem->blocks[i].most_slots + 1) * (size_t)BEAM_SAMPLES);
    planner.least_units = bound_of_all(problem, arena);
    set_stages(&planner);
    return planner;
}
