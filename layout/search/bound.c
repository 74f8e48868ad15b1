#include "layout/search/bound.h"

#include "layout/search/subset.h"

#include "base/checked.h"

/* Beyond these many slots no block gets shorter: PMSAv8 describes any range with one, PMP with two;
 * of plain regions and eighths an address has no more digits. */
static uint32_t useful_slots(enum cover_kind kind)
{
    switch (kind) {
    case COVER_ANY:
        return 1;
    case COVER_ENTRIES:
        return 2;
    case COVER_PLAIN:
    case COVER_EIGHTHS:
        break;
    }
    return SLOTS_MOST;
}

static uint32_t least_of(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

void bound_blocks(struct problem *problem, struct arena *arena)
{
    for (size_t i = 0; i < problem->block_count; i++) {
        struct problem_block *block = &problem->blocks[i];
        if (block->is_pinned && block->pinned.end != 0)
            continue; /* placed already */
        const struct problem_task *task = &problem->tasks[block->task];
        const uint32_t spare = task->slots - (task->loose_count - 1);
        block->most_slots = least_of(spare, useful_slots(problem->cover.kind));
        if (block->one_region && problem->cover.kind != COVER_ENTRIES)
            block->most_slots = 1;
        uint64_t *least = ARENA_ARRAY(arena, uint64_t, block->most_slots + 1);
        for (uint32_t k = 1; k <= block->most_slots; k++)
            least[k] = cover_least_length(problem->cover, block->piece.size, k);
        block->least = least;
        block->piece.least = least;
    }
}

void shares_clear(struct shares *shares, uint32_t slots)
{
    shares->slots = slots;
    for (uint32_t s = 0; s <= slots; s++)
        shares->units[s] = 0;
}

void shares_add(struct shares *shares, const uint64_t *units, uint32_t most_slots)
{
    /* From the most slots down, so that what is read has not been written yet. */
    for (uint32_t s = shares->slots + 1; s-- > 0;) {
        uint64_t best = UINT64_MAX;
        for (uint32_t k = 1; k <= s && k <= most_slots; k++) {
            const uint64_t others = shares->units[s - k];
            if (others != UINT64_MAX && units[k] != UINT64_MAX && others + units[k] < best)
                best = others + units[k];
        }
        shares->units[s] = best;
    }
}

uint64_t bound_of_task(const struct problem *problem, const struct problem_task *task)
{
    struct shares shares;
    shares_clear(&shares, task->slots);
    for (size_t i = 0; i < task->block_count; i++) {
        const struct problem_block *block = &problem->blocks[task->first_block + i];
        if (!block->is_pinned)
            shares_add(&shares, block->least, block->most_slots);
    }
    return shares.units[task->slots];
}

/* Whether the request leaves the block's memory open. */
static bool has_choice(const struct problem_block *block)
{
    return block->memory_count > 1;
}

/* For each memory a power of two that every block which may lie there is aligned to; 0: no block
 * need lie there. */
static uint64_t *common_alignments(const struct problem *problem, struct arena *arena)
{
    uint64_t *common = ARENA_ARRAY(arena, uint64_t, problem->request->memory_count);
    for (size_t i = 0; i < problem->block_count; i++) {
        const struct problem_block *block = &problem->blocks[i];
        if (!block->is_pinned && !has_choice(block) &&
            (common[block->memory] == 0 || block->piece.alignment < common[block->memory]))
            common[block->memory] = block->piece.alignment;
    }
    for (size_t i = 0; i < problem->block_count; i++)
        if (has_choice(&problem->blocks[i]))
            for (size_t j = 0; j < problem->request->memory_count; j++)
                common[j] = common[j] == 0 ? 0 : 1;
    return common;
}

/* As bound_of_task, with blocks as long as the distance to the next start that their memory's
 * alignment allows. */
static uint64_t pitch_of_task(const struct problem *problem, const struct problem_task *task,
                              const uint64_t *common)
{
    struct shares shares;
    shares_clear(&shares, task->slots);
    for (size_t i = 0; i < task->block_count; i++) {
        const struct problem_block *block = &problem->blocks[task->first_block + i];
        uint64_t pitch[SLOTS_MOST + 1];
        if (block->is_pinned)
            continue;
        for (uint32_t k = 1; k <= block->most_slots; k++)
            pitch[k] = common[block->memory] > 1 ? round_up(block->least[k], common[block->memory])
                                                 : block->least[k];
        shares_add(&shares, pitch, block->most_slots);
    }
    return shares.units[task->slots];
}

/* ---- obstacles ---- */

/* What a memory takes whatever lies where. */
struct obstructed {
    uint64_t waste;  /* beyond the lengths of its loose blocks */
    uint64_t pinned; /* from the start to the end of the highest pinned block, at its shortest */
    bool is_pinned;  /* `pinned` says more than `waste` and the lengths do */
};

/* How much of one part loose blocks can fill. */
static uint64_t fill_of_part(const struct problem *problem, size_t memory, uint64_t room,
                             struct arena *arena)
{
    struct subset subset = subset_create(room, arena);
    for (size_t i = 0; i < problem->block_count; i++) {
        const struct problem_block *block = &problem->blocks[i];
        bool may_lie = false;
        for (size_t j = 0; j < block->memory_count; j++)
            may_lie |= block->memories[j] == memory;
        if (may_lie && !block->is_pinned)
            subset_add(&subset, &block->least[1], block->most_slots);
    }
    return subset_highest(&subset);
}

/* What is free with each pinned block at its shortest. */
static struct space widest_space(const struct problem *problem, size_t memory,
                                 struct obstructed *ret, struct arena *arena)
{
    struct problem copy = *problem;
    copy.memories = ARENA_ARRAY(arena, struct problem_memory, problem->request->memory_count);
    copy.blocks = ARENA_ARRAY(arena, struct problem_block, problem->block_count);
    copy.memories[memory] = problem->memories[memory];
    for (size_t i = 0; i < problem->block_count; i++) {
        struct problem_block *block = &copy.blocks[i];
        *block = problem->blocks[i];
        if (block->is_pinned)
            block->pinned.end = block->pinned.start + block->least[block->most_slots];
    }
    problem_find_space(&copy, memory, arena);
    if (copy.memories[memory].pinned_end > problem->memories[memory].start)
        ret->pinned = copy.memories[memory].pinned_end - problem->memories[memory].start;
    return copy.memories[memory].space;
}

/* Blocks that do not all fit in front of an obstacle pass it: what they cannot fill there is lost,
 * and so is the obstacle. */
static struct obstructed obstruct(const struct problem *problem, size_t memory, struct arena *arena)
{
    struct obstructed obstructed = {0};
    uint64_t loose = 0; /* the least of the blocks that must lie here */
    uint64_t filled = 0;
    for (size_t i = 0; i < problem->block_count; i++) {
        const struct problem_block *block = &problem->blocks[i];
        if (block->memory == memory && !block->is_pinned && !has_choice(block))
            loose += block->least[block->most_slots];
    }
    if (problem->memories[memory].space.part_count < 2 && problem->memories[memory].pinned_end == 0)
        return obstructed;
    const struct space space = widest_space(problem, memory, &obstructed, arena);
    for (size_t i = 0; i + 1 < space.part_count; i++) {
        const struct layout_range part = space.parts[i];
        filled += fill_of_part(problem, memory, part.end - part.start, arena);
        if (loose <= filled)
            break;
        obstructed.waste = space.parts[i + 1].start - problem->memories[memory].start - filled;
    }
    obstructed.is_pinned = obstructed.pinned > obstructed.waste + loose;
    return obstructed;
}

/* The slots that the task's loose blocks can have when its pinned ones take the fewest. */
static uint32_t most_loose_slots(const struct problem *problem, const struct problem_task *task)
{
    uint32_t slots = task->all_slots;
    for (size_t i = 0; i < task->block_count; i++) {
        const struct problem_block *block = &problem->blocks[task->first_block + i];
        uint32_t fewest = 1;
        if (!block->is_pinned)
            continue;
        while (fewest < block->most_slots && block->least[fewest] == UINT64_MAX)
            fewest++;
        slots -= least_of(fewest, slots);
    }
    return slots;
}

/* As bound_of_task, without what lies in memories that a pinned block reaches farther in. */
static uint64_t bound_apart(const struct problem *problem, const struct problem_task *task,
                            const struct obstructed *obstructed)
{
    static const uint64_t nothing[SLOTS_MOST + 1];
    struct shares shares;
    shares_clear(&shares, most_loose_slots(problem, task));
    for (size_t i = 0; i < task->block_count; i++) {
        const struct problem_block *block = &problem->blocks[task->first_block + i];
        bool counts = true;
        for (size_t j = 0; j < block->memory_count; j++)
            counts &= !obstructed[block->memories[j]].is_pinned;
        if (!block->is_pinned)
            shares_add(&shares, counts ? block->least : nothing, block->most_slots);
    }
    return shares.units[shares.slots];
}

/* The least with alignments that all blocks of a memory share; 0 where there is a pinned block. */
static uint64_t bound_of_pitches(const struct problem *problem, struct arena *arena)
{
    const uint64_t *common = common_alignments(problem, arena);
    uint64_t pitch = 0;
    uint64_t slack = 0; /* behind the last block of a memory nothing is rounded up */
    for (size_t i = 0; i < problem->block_count; i++)
        if (problem->blocks[i].is_pinned)
            return 0;
    for (size_t i = 0; i < problem->task_count; i++)
        pitch += pitch_of_task(problem, &problem->tasks[i], common);
    for (size_t i = 0; i < problem->request->memory_count; i++) {
        if (common[i] <= 1)
            continue;
        const uint64_t start = problem->memories[i].start;
        pitch += round_up(start, common[i]) - start;
        slack += common[i] - 1;
    }
    return pitch > slack ? pitch - slack : 0;
}

uint64_t bound_of_all(const struct problem *problem, struct arena *arena)
{
    const size_t memory_count = problem->request->memory_count;
    struct obstructed *obstructed = ARENA_ARRAY(arena, struct obstructed, memory_count);
    uint64_t least = 0;
    for (size_t i = 0; i < memory_count; i++) {
        obstructed[i] = obstruct(problem, i, arena);
        least += obstructed[i].is_pinned ? obstructed[i].pinned : obstructed[i].waste;
    }
    for (size_t i = 0; i < problem->task_count; i++)
        least += bound_apart(problem, &problem->tasks[i], obstructed);
    const uint64_t pitches = bound_of_pitches(problem, arena);
    return pitches > least ? pitches : least;
}

uint64_t bound_of_memory(const struct problem *problem, size_t memory, struct arena *arena)
{
    const struct obstructed obstructed = obstruct(problem, memory, arena);
    uint64_t least = obstructed.waste;
    for (size_t i = 0; i < problem->block_count; i++) {
        const struct problem_block *block = &problem->blocks[i];
        if (block->memory == memory && !block->is_pinned)
            least += block->least[block->most_slots];
    }
    return least > obstructed.pinned ? least : obstructed.pinned;
}

uint64_t bound_of_front(const struct problem *problem, size_t memory)
{
    const struct problem_memory *state = &problem->memories[memory];
    return (state->start << problem->cover.unit_log2) - state->kernel_end;
}
