#include "layout/pack.h"

#include "layout/bound.h"

/* First version: slots as the joint bound shares them, largest first. */
static uint32_t share_of(const struct problem *problem, const struct problem_task *task, size_t which,
                         uint32_t slots)
{
    struct shares rest;
    shares_clear(&rest, slots);
    for (size_t i = which + 1; i < task->block_count; i++) {
        const struct problem_block *block = &problem->blocks[task->first_block + i];
        if (!block->is_pinned)
            shares_add(&rest, block->least, block->most_slots);
    }
    const struct problem_block *block = &problem->blocks[task->first_block + which];
    uint32_t best = 1;
    uint64_t best_units = UINT64_MAX;
    for (uint32_t k = 1; k <= block->most_slots && k <= slots; k++) {
        if (rest.units[slots - k] == UINT64_MAX)
            continue;
        if (block->least[k] + rest.units[slots - k] < best_units) {
            best_units = block->least[k] + rest.units[slots - k];
            best = k;
        }
    }
    return best;
}

struct packing pack_blocks(const struct problem *problem, struct arena *arena)
{
    struct packing packing = {0};
    packing.blocks = ARENA_ARRAY(arena, struct layout_range, problem->block_count);
    uint64_t *frontiers = ARENA_ARRAY(arena, uint64_t, problem->request->memory_count);
    for (size_t i = 0; i < problem->request->memory_count; i++)
        frontiers[i] = problem->memories[i].start;
    for (size_t i = 0; i < problem->task_count; i++) {
        const struct problem_task *task = &problem->tasks[i];
        uint32_t slots = task->slots;
        packing.least_units += bound_of_task(problem, task);
        for (size_t j = 0; j < task->block_count; j++) {
            const size_t index = task->first_block + j;
            const struct problem_block *block = &problem->blocks[index];
            if (block->is_pinned) {
                packing.blocks[index] = block->pinned;
                continue;
            }
            const uint32_t share = share_of(problem, task, j, slots);
            slots -= share;
            if (!place_first(problem->cover, &problem->memories[block->memory].space, &block->piece,
                             share, frontiers[block->memory], UINT64_MAX >> 1,
                             &packing.blocks[index]))
                continue;
            frontiers[block->memory] = packing.blocks[index].end;
        }
    }
    return packing;
}
