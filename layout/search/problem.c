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

/* The highest place for the info block in a free part, in units; 0: there is none. */
static uint64_t highest_info(const struct problem *problem, struct layout_range part)
{
    const struct layout_request *request = problem->request;
    const uint32_t unit_log2 = problem->cover.unit_log2;
    const uint64_t units = problem_units(problem, request->info_bytes);
    for (uint64_t at = part.end; at >= part.start + units; at--) {
        const uint64_t start = (at - units) << unit_log2;
        struct mpu_region region;
        if (mpu_region_for(&request->mpu,
                           &(struct layout_range){start, start + request->info_bytes}, 1,
                           &region) &&
            region.slots <= problem->info_slots)
            return at - units;
    }
    return 0;
}

/* Up to where blocks may lie: up to the memory's end, or the highest place for the info block. */
static void set_room_end(const struct problem *problem, size_t index)
{
    struct problem_memory *memory = &problem->memories[index];
    memory->room_end = memory->end;
    if (problem->request->info_bytes == 0 || problem->request->info_memory != index)
        return;
    for (size_t i = memory->space.part_count; i-- > 0;) {
        struct layout_range part = memory->space.parts[i];
        if (part.start >= memory->end)
            continue;
        if (part.end > memory->end)
            part.end = memory->end;
        const uint64_t at = highest_info(problem, part);
        if (at != 0) {
            memory->room_end = at;
            return;
        }
    }
}

void problem_find_space(struct problem *problem, size_t memory_index, struct arena *arena)
{
    const struct layout_memory *memory = &problem->request->memories[memory_index];
    const uint32_t unit_log2 = problem->cover.unit_log2;
    struct layout_range *obstacles =
        ARENA_ARRAY(arena, struct layout_range, memory->hole_count + problem->block_count);
    size_t count = 0;
    problem->memories[memory_index].pinned_end = 0;
    for (size_t i = 0; i < memory->hole_count; i++)
        if (memory->holes[i].end > memory->holes[i].start)
            obstacles[count++] = (struct layout_range){
                memory->holes[i].start >> unit_log2, problem_units(problem, memory->holes[i].end)};
    for (size_t i = 0; i < problem->block_count; i++) {
        const struct problem_block *block = &problem->blocks[i];
        if (!block->is_pinned || block->memory != memory_index || block->pinned.end == 0)
            continue;
        obstacles[count++] = block->pinned;
        if (block->pinned.end > problem->memories[memory_index].pinned_end)
            problem->memories[memory_index].pinned_end = block->pinned.end;
    }
    set_space(problem, memory_index, obstacles, count, arena);
    set_room_end(problem, memory_index);
}
