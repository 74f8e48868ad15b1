#include "layout/search/choose.h"

static bool has_choice(const struct problem *problem, size_t index)
{
    return !problem->blocks[index].is_pinned && problem->blocks[index].memory_count > 1;
}

static bool task_lies_in(const struct problem *problem, size_t index, size_t memory,
                         const bool *is_set)
{
    const struct problem_task *task = &problem->tasks[problem->blocks[index].task];
    for (size_t i = task->first_block; i < task->first_block + task->block_count; i++)
        if (i != index && is_set[i] && problem->blocks[i].memory == memory)
            return true;
    return false;
}

/* What is free in each memory once the blocks without choice are in it; it may be less than
 * nothing. */
static int64_t *measure_room(const struct problem *problem, const uint64_t *kept_free,
                             struct arena *arena)
{
    const size_t count = problem->request->memory_count;
    int64_t *room = ARENA_ARRAY(arena, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        const struct problem_memory *memory = &problem->memories[i];
        for (size_t j = 0; j < memory->space.part_count; j++) {
            const struct layout_range part = memory->space.parts[j];
            const uint64_t end = part.end < memory->end ? part.end : memory->end;
            room[i] += end > part.start ? (int64_t)(end - part.start) : 0;
        }
        room[i] -= (int64_t)kept_free[i];
    }
    for (size_t i = 0; i < problem->block_count; i++)
        if (!problem->blocks[i].is_pinned && !has_choice(problem, i))
            room[problem->blocks[i].memory] -= (int64_t)problem->blocks[i].piece.size;
    return room;
}

/* The first memory with room, else the one with most. */
static size_t best_memory(const struct problem *problem, size_t index, const int64_t *room,
                          const bool *is_set)
{
    const struct problem_block *block = &problem->blocks[index];
    size_t best = block->memories[0];
    bool found = false;
    for (size_t i = 0; i < block->memory_count; i++) {
        const size_t memory = block->memories[i];
        if (task_lies_in(problem, index, memory, is_set))
            continue;
        if (room[memory] >= (int64_t)block->piece.size)
            return memory;
        if (!found || room[memory] > room[best])
            best = memory;
        found = true;
    }
    return best;
}

void choose_memories(struct problem *problem, const uint64_t *kept_free, struct arena *arena)
{
    int64_t *room = measure_room(problem, kept_free, arena);
    bool *is_set = ARENA_ARRAY(arena, bool, problem->block_count);
    for (size_t i = 0; i < problem->block_count; i++)
        is_set[i] = !has_choice(problem, i);
    for (;;) {
        size_t largest = problem->block_count;
        for (size_t i = 0; i < problem->block_count; i++)
            if (!is_set[i] && (largest == problem->block_count ||
                               problem->blocks[i].piece.size > problem->blocks[largest].piece.size))
                largest = i;
        if (largest == problem->block_count)
            return;
        struct problem_block *block = &problem->blocks[largest];
        block->memory = best_memory(problem, largest, room, is_set);
        room[block->memory] -= (int64_t)block->piece.size;
        is_set[largest] = true;
    }
}
