#include "layout/search/bound.h"

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

uint64_t bound_of_all(const struct problem *problem, struct arena *arena)
{
    const uint64_t *common = common_alignments(problem, arena);
    uint64_t least = 0;
    uint64_t pitch = 0;
    uint64_t slack = 0; /* behind the last block of a memory nothing is rounded up */
    for (size_t i = 0; i < problem->task_count; i++) {
        least += bound_of_task(problem, &problem->tasks[i]);
        pitch += pitch_of_task(problem, &problem->tasks[i], common);
    }
    for (size_t i = 0; i < problem->request->memory_count; i++) {
        if (common[i] <= 1)
            continue;
        const uint64_t start = problem->memories[i].start;
        pitch += round_up(start, common[i]) - start;
        slack += common[i] - 1;
    }
    return pitch > slack && pitch - slack > least ? pitch - slack : least;
}

uint64_t bound_of_front(const struct problem *problem, size_t memory)
{
    const struct problem_memory *state = &problem->memories[memory];
    return (state->start << problem->cover.unit_log2) - state->kernel_end;
}
