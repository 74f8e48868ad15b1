#include "layout/pack.h"

#include "layout/beam.h"
#include "layout/bound.h"
#include "layout/exact.h"

#include <stdlib.h>

enum {
    MARGINAL_ROUNDS = 2,
    MARGINAL_BLOCKS_MOST = 128, /* in one memory; beyond, a round costs more than it gains */
    WIDEN_BLOCKS_MOST = 64, /* in one memory; many blocks come near the bound anyway */
    EXACT_BUDGET = 4000000 /* placements */
};

/* How hard the beam search works: the more blocks there are, the more often one of them fits without excess. */
static const struct effort {
    size_t blocks_most;
    uint32_t width, last_width, enough;
} EFFORTS[] = {{64, 32, 32, 0}, {256, 8, 32, 8}, {2048, 4, 16, 4}, {SIZE_MAX, 2, 16, 4}};

/* The blocks of one memory that are to be ordered. */
struct stage {
    size_t memory;
    uint64_t size;      /* of all its blocks */
    size_t *blocks;     /* in problem->blocks, canonical order */
    size_t block_count;
};

/* An order and slots for every stage. */
struct plan {
    struct beam_step **steps; /* [stage]: item is an index in stage->blocks */
    uint64_t *ends;           /* [stage] */
    uint64_t units;           /* sum of ends - starts, weighted */
};

struct pack {
    const struct problem *problem;
    struct arena *arena;
    struct stage *stages; /* largest first */
    size_t stage_count;
    uint64_t least_units;
    const uint32_t *weights; /* [memory] */
    uint32_t widening;       /* beams are this many times as wide as usual */
    bool is_weighted;        /* some weight is not 1: costs are no units, and the bounds say nothing */

    /* What is being planned. */
    uint32_t *slots_left;      /* [task] */
    bool *is_open;             /* [block]: has no slots yet */
    const uint64_t **expected; /* [block][k]: what it will take with k slots, while it is open */
    uint64_t **samples;        /* [block]: see struct beam_item */
};

/* ---- stages ---- */

static int compare_stages(const void *left, const void *right)
{
    const struct stage *a = left;
    const struct stage *b = right;
    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    return (a->memory > b->memory) - (a->memory < b->memory);
}

static void set_stages(struct pack *pack)
{
    const struct problem *problem = pack->problem;
    const size_t memory_count = problem->request->memory_count;
    pack->stages = ARENA_ARRAY(pack->arena, struct stage, memory_count);
    for (size_t memory = 0; memory < memory_count; memory++) {
        struct stage *stage = &pack->stages[pack->stage_count];
        size_t count = 0;
        for (size_t i = 0; i < problem->block_count; i++)
            count += !problem->blocks[i].is_pinned && problem->blocks[i].memory == memory;
        if (count == 0)
            continue;
        *stage = (struct stage){.memory = memory,
                                .blocks = ARENA_ARRAY(pack->arena, size_t, count)};
        for (size_t i = 0; i < problem->block_count; i++) {
            if (problem->blocks[i].is_pinned || problem->blocks[i].memory != memory)
                continue;
            stage->blocks[stage->block_count++] = i;
            stage->size += problem->blocks[i].piece.size;
        }
        pack->stage_count++;
    }
    qsort(pack->stages, pack->stage_count, sizeof *pack->stages, compare_stages);
}

/* ---- one stage ---- */

/* What a block is expected to take with each number of slots, in units of the memory `here`. */
static const uint64_t *expected_from(const struct pack *pack, size_t index, size_t here)
{
    const struct problem_block *block = &pack->problem->blocks[index];
    if (!pack->is_weighted)
        return pack->expected[index];
    uint64_t *scaled = ARENA_ARRAY(pack->arena, uint64_t, block->most_slots + 1);
    for (uint32_t k = 1; k <= block->most_slots; k++)
        scaled[k] = pack->expected[index][k] * pack->weights[block->memory] / pack->weights[here];
    return scaled;
}

/* What the other open blocks of the task are expected to take, for each number of slots of this one. */
static const uint64_t *penalties(const struct pack *pack, size_t index)
{
    const struct problem_block *block = &pack->problem->blocks[index];
    const struct problem_task *task = &pack->problem->tasks[block->task];
    const uint32_t slots = pack->slots_left[block->task];
    struct shares others;
    shares_clear(&others, slots);
    for (size_t i = task->first_block; i < task->first_block + task->block_count; i++)
        if (i != index && pack->is_open[i])
            shares_add(&others, expected_from(pack, i, block->memory),
                       pack->problem->blocks[i].most_slots);
    uint64_t *penalty = ARENA_ARRAY(pack->arena, uint64_t, block->most_slots + 1);
    for (uint32_t k = 1; k <= block->most_slots; k++)
        penalty[k] = k <= slots ? others.units[slots - k] : UINT64_MAX;
    return penalty;
}

static struct beam_job stage_job(const struct pack *pack, const struct stage *stage)
{
    const struct problem *problem = pack->problem;
    struct beam_item *items = ARENA_ARRAY(pack->arena, struct beam_item, stage->block_count);
    const struct effort *effort = EFFORTS;
    while (stage->block_count > effort->blocks_most)
        effort++;
    for (size_t i = 0; i < stage->block_count; i++) {
        const struct problem_block *block = &problem->blocks[stage->blocks[i]];
        items[i] = (struct beam_item){.piece = &block->piece,
                                      .most_slots = block->most_slots,
                                      .least = block->least,
                                      .penalty = penalties(pack, stage->blocks[i]),
                                      .samples = pack->samples[stage->blocks[i]]};
    }
    return (struct beam_job){.cover = problem->cover,
                             .space = &problem->memories[stage->memory].space,
                             .start = problem->memories[stage->memory].start,
                             .items = items,
                             .item_count = stage->block_count,
                             .width = effort->width * pack->widening,
                             .last_width = effort->last_width * pack->widening,
                             .enough = effort->enough};
}

/* Places the blocks of a stage in the order of steps, from `first` on. Returns the end of the last. */
static uint64_t decode(const struct pack *pack, const struct stage *stage,
                       const struct beam_step *steps, size_t first, uint64_t frontier,
                       struct layout_range *blocks)
{
    const struct problem *problem = pack->problem;
    for (size_t i = first; i < stage->block_count; i++) {
        const size_t index = stage->blocks[steps[i].item];
        struct layout_range block;
        if (!place_first(problem->cover, &problem->memories[stage->memory].space,
                         &problem->blocks[index].piece, steps[i].slots, frontier, UINT64_MAX / 2,
                         &block))
            return UINT64_MAX / 4;
        frontier = block.end;
        if (blocks != NULL)
            blocks[index] = block;
    }
    return frontier;
}

/* Orders one stage and takes its slots from the tasks. */
static void plan_stage(struct pack *pack, struct plan *plan, size_t number)
{
    const struct stage *stage = &pack->stages[number];
    const struct beam_job job = stage_job(pack, stage);
    struct beam_step *steps = ARENA_ARRAY(pack->arena, struct beam_step, stage->block_count);
    if (!beam_search(&job, pack->arena, steps))
        abort();
    for (size_t i = 0; i < stage->block_count; i++) {
        const size_t index = stage->blocks[steps[i].item];
        pack->slots_left[pack->problem->blocks[index].task] -= steps[i].slots;
        pack->is_open[index] = false;
    }
    plan->steps[number] = steps;
    plan->ends[number] = decode(pack, stage, steps, 0, job.start, NULL);
}

/* ---- all stages ---- */

static void open_all(struct pack *pack)
{
    const struct problem *problem = pack->problem;
    for (size_t i = 0; i < problem->task_count; i++)
        pack->slots_left[i] = problem->tasks[i].slots;
    for (size_t i = 0; i < problem->block_count; i++) {
        pack->is_open[i] = !problem->blocks[i].is_pinned;
        pack->expected[i] = problem->blocks[i].least;
    }
}

static struct plan new_plan(const struct pack *pack)
{
    return (struct plan){
        .steps = ARENA_ARRAY(pack->arena, struct beam_step *, pack->stage_count),
        .ends = ARENA_ARRAY(pack->arena, uint64_t, pack->stage_count)};
}

static void sum_plan(const struct pack *pack, struct plan *plan)
{
    plan->units = 0;
    for (size_t i = 0; i < pack->stage_count; i++) {
        const size_t memory = pack->stages[i].memory;
        plan->units += (plan->ends[i] - pack->problem->memories[memory].start) *
                       pack->weights[memory];
    }
}

static struct plan first_plan(struct pack *pack)
{
    struct plan plan = new_plan(pack);
    open_all(pack);
    for (size_t i = 0; i < pack->stage_count; i++)
        plan_stage(pack, &plan, i);
    sum_plan(pack, &plan);
    return plan;
}

/* ---- rounds of true marginals ---- */

/* Sets what each block of a stage takes with k slots, in the plan's order: where the whole stage ends then. */
static void expect_marginals(struct pack *pack, const struct plan *plan, size_t number)
{
    const struct stage *stage = &pack->stages[number];
    struct beam_step *steps = ARENA_ARRAY(pack->arena, struct beam_step, stage->block_count);
    uint64_t frontier = pack->problem->memories[stage->memory].start;
    for (size_t i = 0; i < stage->block_count; i++)
        steps[i] = plan->steps[number][i];
    for (size_t i = 0; i < stage->block_count; i++) {
        const size_t index = stage->blocks[steps[i].item];
        const struct problem_block *block = &pack->problem->blocks[index];
        const uint32_t slots = steps[i].slots;
        uint64_t *ends = ARENA_ARRAY(pack->arena, uint64_t, block->most_slots + 1);
        for (uint32_t k = 1; k <= block->most_slots; k++) {
            steps[i].slots = k;
            ends[k] = decode(pack, stage, steps, i, frontier, NULL);
        }
        steps[i].slots = slots;
        pack->expected[index] = ends;
        struct layout_range placed;
        if (place_first(pack->problem->cover, &pack->problem->memories[stage->memory].space,
                        &block->piece, slots, frontier, UINT64_MAX / 2, &placed))
            frontier = placed.end;
    }
}

/* Plans one stage anew, told what its slots really cost in the others; then the others with the slots left. */
static struct plan replan(struct pack *pack, const struct plan *plan, size_t soft)
{
    struct plan next = new_plan(pack);
    open_all(pack);
    for (size_t i = 0; i < pack->stage_count; i++)
        if (i != soft)
            expect_marginals(pack, plan, i);
    plan_stage(pack, &next, soft);
    for (size_t i = 0; i < pack->stage_count; i++)
        if (i != soft)
            plan_stage(pack, &next, i);
    sum_plan(pack, &next);
    return next;
}

static bool are_marginals_worth(const struct pack *pack)
{
    if (pack->stage_count < 2)
        return false;
    for (size_t i = 0; i < pack->stage_count; i++)
        if (pack->stages[i].block_count > MARGINAL_BLOCKS_MOST)
            return false;
    return true;
}

static struct plan improve(struct pack *pack, struct plan plan)
{
    if (!are_marginals_worth(pack))
        return plan;
    bool improved = true;
    for (unsigned round = 0; improved && round < MARGINAL_ROUNDS; round++) {
        improved = false;
        for (size_t soft = 0; soft < pack->stage_count; soft++) {
            if (!pack->is_weighted && plan.units == pack->least_units)
                return plan;
            if (pack->stages[soft].block_count < 2)
                continue; /* its order is not in question */
            const struct plan next = replan(pack, &plan, soft);
            if (next.units >= plan.units)
                continue;
            plan = next;
            improved = true;
        }
    }
    return plan;
}

/* ---- wider beams where the usual one is not good enough ---- */

/* How far above the bound a packing may be, as the bound's part, before beams of another width are tried. */
static const struct widening {
    uint32_t factor;
    uint64_t part;
} WIDENINGS[] = {{4, 5000}, {16, 1000}};

/* A block with few slots wants an aligned place, which only some sets of blocks before it reach: a wider beam holds
 * more of them. Plain regions stay too far above their bound for it to say when to stop. */
static struct plan widen(struct pack *pack, struct plan plan)
{
    if (pack->is_weighted || pack->problem->cover.kind != COVER_EIGHTHS)
        return plan;
    for (size_t i = 0; i < pack->stage_count; i++)
        if (pack->stages[i].block_count > WIDEN_BLOCKS_MOST)
            return plan;
    for (size_t i = 0; i < sizeof WIDENINGS / sizeof *WIDENINGS; i++) {
        if ((plan.units - pack->least_units) * WIDENINGS[i].part <= pack->least_units)
            break;
        pack->widening = WIDENINGS[i].factor;
        const struct plan wider = improve(pack, first_plan(pack));
        if (wider.units < plan.units)
            plan = wider;
    }
    return plan;
}

/* ---- the optimum for few tasks ---- */

/* The stages that an exact search orders; every other one has a single block. */
struct exact_choice {
    size_t stages[2];
    size_t *tasks; /* in problem->tasks, of exact_task i */
    size_t task_count;
};

/* The two stages with an order to find, filled up with the largest others; false when there are more. */
static bool choose_stages(const struct pack *pack, struct exact_choice *choice)
{
    size_t count = 0;
    for (size_t i = 0; i < pack->stage_count; i++) {
        if (pack->stages[i].block_count < 2)
            continue;
        if (count == 2)
            return false;
        choice->stages[count++] = i;
    }
    for (size_t i = 0; i < pack->stage_count && count < 2; i++)
        if (pack->stages[i].block_count < 2)
            choice->stages[count++] = i;
    return count == 2;
}

static bool is_chosen(const struct pack *pack, const struct exact_choice *choice, size_t memory)
{
    return pack->stages[choice->stages[0]].memory == memory ||
           pack->stages[choice->stages[1]].memory == memory;
}

/* What a block that is alone in its memory takes with each number of slots. */
static const uint64_t *lone_units(const struct pack *pack, size_t index)
{
    const struct problem_block *block = &pack->problem->blocks[index];
    const struct problem_memory *memory = &pack->problem->memories[block->memory];
    uint64_t *units = ARENA_ARRAY(pack->arena, uint64_t, block->most_slots + 1);
    for (uint32_t k = 1; k <= block->most_slots; k++) {
        struct layout_range placed;
        const bool fits = place_first(pack->problem->cover, &memory->space, &block->piece, k,
                                      memory->start, UINT64_MAX / 2, &placed);
        units[k] = fits ? placed.end - memory->start : UINT64_MAX;
    }
    return units;
}

/* Fills what the exact search is told of a task; false when it has too many slots. */
static bool describe_task(const struct pack *pack, const struct exact_choice *choice, size_t number,
                          struct exact_task *ret)
{
    const struct problem_task *task = &pack->problem->tasks[number];
    struct shares elsewhere;
    shares_clear(&elsewhere, task->slots);
    *ret = (struct exact_task){.slots = task->slots};
    for (size_t i = task->first_block; i < task->first_block + task->block_count; i++) {
        const struct problem_block *block = &pack->problem->blocks[i];
        if (block->is_pinned)
            continue;
        if (block->most_slots > EXACT_SLOTS_MOST)
            return false;
        if (!is_chosen(pack, choice, block->memory)) {
            shares_add(&elsewhere, lone_units(pack, i), block->most_slots);
            continue;
        }
        const size_t which = pack->stages[choice->stages[0]].memory == block->memory ? 0 : 1;
        ret->pieces[which] = &block->piece;
        ret->most_slots[which] = block->most_slots;
    }
    uint64_t *units = ARENA_ARRAY(pack->arena, uint64_t, task->slots + 1);
    for (uint32_t s = 0; s <= task->slots; s++)
        units[s] = elsewhere.units[s];
    ret->elsewhere = units;
    return true;
}

/* Describes the tasks that have a block in the chosen stages; sums what the others take. */
static bool describe_tasks(const struct pack *pack, struct exact_choice *choice,
                           struct exact_task *tasks, uint64_t *ret_others)
{
    *ret_others = 0;
    choice->tasks = ARENA_ARRAY(pack->arena, size_t, EXACT_TASKS_MOST);
    for (size_t i = 0; i < pack->problem->task_count; i++) {
        struct exact_task task;
        if (pack->problem->tasks[i].loose_count == 0)
            continue;
        if (!describe_task(pack, choice, i, &task))
            return false;
        if (task.pieces[0] == NULL && task.pieces[1] == NULL) {
            *ret_others += task.elsewhere[task.slots];
            continue;
        }
        if (choice->task_count == EXACT_TASKS_MOST)
            return false;
        choice->tasks[choice->task_count] = i;
        tasks[choice->task_count++] = task;
    }
    return true;
}

static size_t block_in(const struct pack *pack, size_t task, size_t memory)
{
    const struct problem_task *state = &pack->problem->tasks[task];
    size_t index = state->first_block;
    while (pack->problem->blocks[index].memory != memory || pack->problem->blocks[index].is_pinned)
        index++;
    return index;
}

/* The exact answer as a plan: its two stages, then the lone blocks with the slots that remain. */
static struct plan exact_plan(struct pack *pack, const struct exact_choice *choice,
                              const struct exact_answer *answer)
{
    struct plan plan = new_plan(pack);
    open_all(pack);
    for (size_t which = 0; which < 2; which++) {
        const size_t number = choice->stages[which];
        const struct stage *stage = &pack->stages[number];
        struct beam_step *steps = ARENA_ARRAY(pack->arena, struct beam_step, stage->block_count);
        for (size_t i = 0; i < stage->block_count; i++) {
            const struct beam_step step = answer->steps[which][i];
            const size_t task = choice->tasks[step.item];
            const size_t index = block_in(pack, task, stage->memory);
            steps[i].slots = step.slots;
            while (stage->blocks[steps[i].item] != index)
                steps[i].item++;
            pack->slots_left[task] -= step.slots;
            pack->is_open[index] = false;
        }
        plan.steps[number] = steps;
        plan.ends[number] =
            decode(pack, stage, steps, 0, pack->problem->memories[stage->memory].start, NULL);
    }
    for (size_t i = 0; i < pack->stage_count; i++)
        if (i != choice->stages[0] && i != choice->stages[1])
            plan_stage(pack, &plan, i);
    sum_plan(pack, &plan);
    return plan;
}

static struct plan find_optimum(struct pack *pack, struct plan plan)
{
    struct exact_choice choice = {.task_count = 0};
    struct exact_task tasks[EXACT_TASKS_MOST];
    uint64_t others;
    if (pack->is_weighted || plan.units == pack->least_units || pack->problem->block_count > 4 * EXACT_TASKS_MOST ||
        !choose_stages(pack, &choice) || !describe_tasks(pack, &choice, tasks, &others))
        return plan;
    struct exact_job job = {.cover = pack->problem->cover,
                            .tasks = tasks,
                            .task_count = choice.task_count,
                            .below = plan.units - others,
                            .budget = EXACT_BUDGET};
    for (size_t which = 0; which < 2; which++) {
        const struct problem_memory *memory =
            &pack->problem->memories[pack->stages[choice.stages[which]].memory];
        job.spaces[which] = &memory->space;
        job.starts[which] = memory->start;
    }
    const struct exact_answer answer = exact_search(&job, pack->arena);
    if (answer.is_found)
        plan = exact_plan(pack, &choice, &answer);
    if (answer.is_proven && pack->problem->is_free)
        pack->least_units = plan.units;
    return plan;
}

/* ---- the whole ---- */

struct packing pack_blocks(const struct problem *problem, const uint32_t *weights,
                           struct arena *arena)
{
    struct pack pack = {.problem = problem, .arena = arena, .weights = weights, .widening = 1};
    for (size_t i = 0; i < problem->request->memory_count; i++)
        pack.is_weighted |= weights[i] != 1;
    pack.slots_left = ARENA_ARRAY(arena, uint32_t, problem->task_count);
    pack.is_open = ARENA_ARRAY(arena, bool, problem->block_count);
    pack.expected = ARENA_ARRAY(arena, const uint64_t *, problem->block_count);
    pack.samples = ARENA_ARRAY(arena, uint64_t *, problem->block_count);
    for (size_t i = 0; i < problem->block_count; i++)
        pack.samples[i] = ARENA_ARRAY(
            arena, uint64_t, (problem->blocks[i].most_slots + 1) * (size_t)BEAM_SAMPLES);
    for (size_t i = 0; i < problem->task_count; i++)
        pack.least_units += bound_of_task(problem, &problem->tasks[i]);
    set_stages(&pack);
    struct plan plan = improve(&pack, first_plan(&pack));
    plan = widen(&pack, find_optimum(&pack, plan));
    struct packing packing = {.blocks = ARENA_ARRAY(arena, struct layout_range, problem->block_count),
                              .least_units = pack.least_units};
    for (size_t i = 0; i < problem->block_count; i++)
        if (problem->blocks[i].is_pinned)
            packing.blocks[i] = problem->blocks[i].pinned;
    for (size_t i = 0; i < pack.stage_count; i++)
        decode(&pack, &pack.stages[i], plan.steps[i], 0,
               problem->memories[pack.stages[i].memory].start, packing.blocks);
    return packing;
}
