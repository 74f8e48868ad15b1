#include "layout/search/optimum.h"

#include "layout/search/bound.h"
#include "layout/search/exact.h"

enum { EXACT_BUDGET = 1000000 /* placements */ };

/* The stages that an exact search orders; every other one has a single block. */
struct exact_choice {
    size_t stages[2];
    size_t *tasks; /* in problem->tasks, of exact_task i */
    size_t task_count;
};

/* The two stages with an order to find, filled up with the largest others; false when there are
 * more. */
static bool choose_stages(const struct planner *planner, struct exact_choice *choice)
{
    size_t count = 0;
    for (size_t i = 0; i < planner->stage_count; i++) {
        if (planner->stages[i].block_count < 2)
            continue;
        if (count == 2)
            return false;
        choice->stages[count++] = i;
    }
    for (size_t i = 0; i < planner->stage_count && count < 2; i++)
        if (planner->stages[i].block_count < 2)
            choice->stages[count++] = i;
    return count == 2;
}

static bool is_chosen(const struct planner *planner, const struct exact_choice *choice,
                      size_t memory)
{
    return planner->stages[choice->stages[0]].memory == memory ||
           planner->stages[choice->stages[1]].memory == memory;
}

/* What a block that is alone in its memory takes with each number of slots. */
static const uint64_t *lone_units(const struct planner *planner, size_t index)
{
    const struct problem_block *block = &planner->problem->blocks[index];
    const struct problem_memory *memory = &planner->problem->memories[block->memory];
    uint64_t *units = ARENA_ARRAY(planner->arena, uint64_t, block->most_slots + 1);
    for (uint32_t k = 1; k <= block->most_slots; k++) {
        struct layout_range placed;
        const bool fits = place_first(planner->problem->cover, &memory->space, &block->piece, k,
                                      memory->start, UINT64_MAX / 2, &placed);
        units[k] = fits ? placed.end - memory->start : UINT64_MAX;
    }
    return units;
}

/* Fills what the exact search is told of a task; false when it has too many slots. */
static bool describe_task(const struct planner *planner, const struct exact_choice *choice,
                          size_t number, struct exact_task *ret)
{
    const struct problem_task *task = &planner->problem->tasks[number];
    struct shares elsewhere;
    shares_clear(&elsewhere, task->slots);
    *ret = (struct exact_task){.slots = task->slots};
    for (size_t i = task->first_block; i < task->first_block + task->block_count; i++) {
        const struct problem_block *block = &planner->problem->blocks[i];
        if (block->is_pinned)
            continue;
        if (block->most_slots > EXACT_SLOTS_MOST)
            return false;
        if (!is_chosen(planner, choice, block->memory)) {
            shares_add(&elsewhere, lone_units(planner, i), block->most_slots);
            continue;
        }
        const size_t which = planner->stages[choice->stages[0]].memory == block->memory ? 0 : 1;
        ret->pieces[which] = &block->piece;
        ret->most_slots[which] = block->most_slots;
    }
    uint64_t *units = ARENA_ARRAY(planner->arena, uint64_t, task->slots + 1);
    for (uint32_t s = 0; s <= task->slots; s++)
        units[s] = elsewhere.units[s];
    ret->elsewhere = units;
    return true;
}

/* Describes the tasks that have a block in the chosen stages; sums what the others take. */
static bool describe_tasks(const struct planner *planner, struct exact_choice *choice,
                           struct exact_task *tasks, uint64_t *ret_others)
{
    *ret_others = 0;
    choice->tasks = ARENA_ARRAY(planner->arena, size_t, EXACT_TASKS_MOST);
    for (size_t i = 0; i < planner->problem->task_count; i++) {
        struct exact_task task;
        if (planner->problem->tasks[i].loose_count == 0)
            continue;
        if (!describe_task(planner, choice, i, &task))
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

static size_t block_in(const struct planner *planner, size_t task, size_t memory)
{
    const struct problem_task *state = &planner->problem->tasks[task];
    size_t index = state->first_block;
    while (planner->problem->blocks[index].memory != memory ||
           planner->problem->blocks[index].is_pinned)
        index++;
    return index;
}

/* The exact answer as a plan: its two stages, then the lone blocks with the slots that remain. */
static struct ordering exact_plan(struct planner *planner, const struct exact_choice *choice,
                                  const struct exact_answer *answer)
{
    struct ordering plan = ordering_new(planner);
    ordering_open_all(planner);
    for (size_t which = 0; which < 2; which++) {
        const size_t number = choice->stages[which];
        const struct stage *stage = &planner->stages[number];
        struct beam_step *steps = ARENA_ARRAY(planner->arena, struct beam_step, stage->block_count);
        for (size_t i = 0; i < stage->block_count; i++) {
            const struct beam_step step = answer->steps[which][i];
            const size_t task = choice->tasks[step.item];
            const size_t index = block_in(planner, task, stage->memory);
            steps[i].slots = step.slots;
            while (stage->blocks[steps[i].item] != index)
                steps[i].item++;
            planner->slots_left[task] -= step.slots;
            planner->is_open[index] = false;
        }
        plan.steps[number] = steps;
        plan.ends[number] = ordering_end(planner, stage, steps);
    }
    for (size_t i = 0; i < planner->stage_count; i++)
        if (i != choice->stages[0] && i != choice->stages[1])
            ordering_stage(planner, &plan, i);
    ordering_sum(planner, &plan);
    return plan;
}

/* What a plan takes when pinned blocks do not count. */
static uint64_t units_of_ends(const struct planner *planner, const struct ordering *plan)
{
    uint64_t units = 0;
    for (size_t i = 0; i < planner->stage_count; i++)
        units += plan->ends[i] - planner->problem->memories[planner->stages[i].memory].start;
    return units;
}

struct ordering optimum_find(struct planner *planner, struct ordering plan)
{
    struct exact_choice choice = {.task_count = 0};
    struct exact_task tasks[EXACT_TASKS_MOST];
    uint64_t others;
    if (planner->is_weighted || plan.units == planner->least_units ||
        planner->problem->block_count > (size_t)4 * EXACT_TASKS_MOST ||
        !choose_stages(planner, &choice) || !describe_tasks(planner, &choice, tasks, &others))
        return plan;
    struct exact_job job = {.cover = planner->problem->cover,
                            .tasks = tasks,
                            .task_count = choice.task_count,
                            .below = units_of_ends(planner, &plan) - others,
                            .budget = EXACT_BUDGET};
    for (size_t which = 0; which < 2; which++) {
        const struct problem_memory *memory =
            &planner->problem->memories[planner->stages[choice.stages[which]].memory];
        job.spaces[which] = &memory->space;
        job.starts[which] = memory->start;
    }
    const struct exact_answer answer = exact_search(&job, planner->arena);
    if (answer.is_found) {
        const struct ordering exact = exact_plan(planner, &choice, &answer);
        plan = exact.units < plan.units ? exact : plan;
    }
    if (answer.is_proven && planner->problem->is_free)
        planner->least_units = plan.units;
    return plan;
}
