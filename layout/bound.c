#include "layout/bound.h"

/* Beyond these many slots no block gets shorter: PMSAv8 describes any range with one, PMP with two;
 * of plain regions and eighths an address has no more digits. */
static uint32_t useful_slots(enum cover_kind kind)
{
    switch (kind) {
    case COVER_ANY:
        return 1;
    case COVER_PMP:
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
        if (block->one_region && problem->cover.kind != COVER_PMP)
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

uint64_t bound_of_front(const struct problem *problem, size_t memory)
{
    const struct problem_memory *state = &problem->memories[memory];
    return (state->start << problem->cover.unit_log2) - state->kernel_end;
}
