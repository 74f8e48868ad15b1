#include "layout/search/problem.h"

#include <stdlib.h>

uint64_t problem_units(const struct problem *problem, uint64_t bytes)
{
    return bytes == 0 ? 0 : ((bytes - 1) >> problem->cover.unit_log2) + 1;
}

static int compare_ranges(const void *left, const void *right)
{
    const struct layout_range *a = left;
    const struct layout_range *b = right;
    return (a->start > b->start) - (a->start < b->start);
}

/* What of a memory is in no obstacle; obstacles in units. */
static void set_space(struct problem *problem, size_t memory, struct layout_range *obstacles,
                      size_t count, struct arena *arena)
{
    struct problem_memory *state = &problem->memories[memory];
    struct layout_range *parts = ARENA_ARRAY(arena, struct layout_range, count + 1);
    const uint64_t end = state->end + PROBLEM_OVERFLOW_UNITS;
    size_t part_count = 0;
    uint64_t at = state->start;
    qsort(obstacles, count, sizeof *obstacles, compare_ranges);
    for (size_t i = 0; i <= count; i++) {
        const uint64_t to = i < count && obstacles[i].start < end ? obstacles[i].start : end;
        if (to > at)
            parts[part_count++] = (struct layout_range){at, to};
        if (i < count && obstacles[i].end > at)
            at = obstacles[i].end;
    }
    state->space = (struct space){parts, part_count};
}

void problem_find_space(struct problem *problem, size_t memory_index, struct arena *arena)
{
    const struct layout_memory *memory = &problem->request->memories[memory_index];
    const uint32_t unit_log2 = problem->cover.unit_log2;
    struct layout_range *obstacles =
        ARENA_ARRAY(arena, struct layout_range, memory->hole_count + problem->block_count);
    size_t count = 0;
    for (size_t i = 0; i < memory->hole_count; i++)
        if (memory->holes[i].end > memory->holes[i].start)
            obstacles[count++] = (struct layout_range){
                memory->holes[i].start >> unit_log2, problem_units(problem, memory->holes[i].end)};
    for (size_t i = 0; i < problem->block_count; i++)
        if (problem->blocks[i].is_pinned && problem->blocks[i].memory == memory_index &&
            problem->blocks[i].pinned.end != 0)
            obstacles[count++] = problem->blocks[i].pinned;
    set_space(problem, memory_index, obstacles, count, arena);
}
