#include "layout/stability/loosen.h"

#include <stdlib.h>

enum {
    FREED_MOST = 16, /* blocks of one memory that are placed anew; with more no choice is priced */
    PAIRED_MOST = 48 /* blocks that are looked at in twos */
};

/* What nothing can be placed over, in units. */
struct obstacle {
    struct layout_range range;
    size_t block; /* in problem->blocks; SIZE_MAX: it never moves */
};

struct lane {
    struct obstacle *obstacles; /* ascending */
    size_t obstacle_count;
    size_t *freed; /* in problem->blocks: placed anew whatever else is */
    size_t freed_count;
    uint64_t end; /* with those alone placed anew; UINT64_MAX: they have no place */
};

struct loosener {
    const struct problem *problem;
    const struct keep *keep;
    struct arena *arena;
    bool *stays;        /* [problem->blocks] */
    struct lane *lanes; /* [memory] */
    size_t *candidates; /* in problem->blocks */
    size_t candidate_count;
    struct layout_range *parts;
};

static const struct keep_block *kept_of(const struct loosener *loosener, size_t block)
{
    return &loosener->keep->blocks[keep_index(loosener->keep, loosener->problem, block)];
}

/* ---- what one memory takes ---- */

/* The slots that a block may have when it moves: what its task's other blocks leave. */
static uint32_t slots_for(const struct loosener *loosener, size_t index)
{
    const struct problem *problem = loosener->problem;
    const struct problem_block *block = &problem->blocks[index];
    const struct problem_task *task = &problem->tasks[block->task];
    uint32_t slots = task->all_slots;
    for (size_t i = task->first_block; i < task->first_block + task->block_count; i++) {
        const struct keep_block *kept = kept_of(loosener, i);
        uint32_t takes = kept->is_pinned ? kept->pinned_slots : 1;
        if (loosener->stays[i])
            takes = kept->slots;
        if (i != index)
            slots -= takes < slots ? takes : slots;
    }
    return slots < block->most_slots ? slots : block->most_slots;
}

/* Takes a block's range out of the free parts. */
static void take(struct space *space, struct layout_range *parts, struct layout_range taken)
{
    for (size_t i = 0; i < space->part_count; i++) {
        if (taken.start < parts[i].start || taken.end > parts[i].end)
            continue;
        const struct layout_range behind = {taken.end, parts[i].end};
        parts[i].end = taken.start;
        for (size_t j = space->part_count++; j > i + 1; j--)
            parts[j] = parts[j - 1];
        parts[i + 1] = behind;
        return;
    }
}

/* What is free, and the end of what stays. */
static struct space free_space(const struct loosener *loosener, const struct lane *lane,
                               size_t memory, uint64_t *ret_end)
{
    const struct problem_memory *state = &loosener->problem->memories[memory];
    struct space space = {loosener->parts, 0};
    uint64_t at = state->start;
    *ret_end = state->pinned_end > at ? state->pinned_end : at;
    for (size_t i = 0; i < lane->obstacle_count; i++) {
        const struct obstacle *obstacle = &lane->obstacles[i];
        if (obstacle->block != SIZE_MAX && !loosener->stays[obstacle->block])
            continue;
        if (obstacle->range.start > at)
            loosener->parts[space.part_count++] = (struct layout_range){at, obstacle->range.start};
        at = obstacle->range.end > at ? obstacle->range.end : at;
        if (obstacle->block != SIZE_MAX && at > *ret_end)
            *ret_end = at;
    }
    loosener->parts[space.part_count++] = (struct layout_range){at, UINT64_MAX / 4};
    return space;
}

static int compare_sizes(const struct problem *problem, size_t a, size_t b)
{
    const uint64_t left = problem->blocks[a].piece.size;
    const uint64_t right = problem->blocks[b].piece.size;
    return (left < right) - (left > right);
}

/* Puts a block among others, the largest first. */
static void sort_in(const struct problem *problem, size_t *blocks, size_t count, size_t block)
{
    for (; count > 0 && compare_sizes(problem, blocks[count - 1], block) > 0; count--)
        blocks[count] = blocks[count - 1];
    blocks[count] = block;
}

/* Where a memory ends when its freed blocks and some more are placed anew, the largest first, each
 * where it ends first; UINT64_MAX when one has no place. */
static uint64_t price(struct loosener *loosener, size_t memory, const size_t *more, size_t count)
{
    const struct problem *problem = loosener->problem;
    const struct lane *lane = &loosener->lanes[memory];
    size_t blocks[FREED_MOST + LOOSEN_MOST];
    size_t block_count = 0;
    uint64_t end;
    for (size_t i = 0; i < lane->freed_count; i++)
        sort_in(problem, blocks, block_count++, lane->freed[i]);
    for (size_t i = 0; i < count; i++) {
        if (problem->blocks[more[i]].memory == memory)
            sort_in(problem, blocks, block_count++, more[i]);
        loosener->stays[more[i]] = false;
    }
    struct space space = free_space(loosener, lane, memory, &end);
    for (size_t i = 0; i < block_count && end != UINT64_MAX; i++) {
        struct layout_range placed;
        const uint32_t slots = slots_for(loosener, blocks[i]);
        if (slots == 0 || !place_first(problem->cover, &space, &problem->blocks[blocks[i]].piece,
                                       slots, 0, UINT64_MAX / 4, &placed)) {
            end = UINT64_MAX;
            break;
        }
        take(&space, loosener->parts, placed);
        end = placed.end > end ? placed.end : end;
    }
    for (size_t i = 0; i < count; i++)
        loosener->stays[more[i]] = true;
    return end == UINT64_MAX || end > problem->memories[memory].room_end ? UINT64_MAX : end;
}

/* What all memories take with some more blocks freed; UINT64_MAX: they have no place. */
static uint64_t price_all(struct loosener *loosener, const size_t *more, size_t count)
{
    uint64_t units = 0;
    for (size_t i = 0; i < loosener->problem->request->memory_count; i++) {
        bool is_changed = false;
        for (size_t j = 0; j < count; j++)
            is_changed |= loosener->problem->blocks[more[j]].memory == i;
        const uint64_t end = is_changed ? price(loosener, i, more, count) : loosener->lanes[i].end;
        if (end == UINT64_MAX)
            return UINT64_MAX;
        units += end - loosener->problem->memories[i].start;
    }
    return units;
}

/* ---- the levels ---- */

/* Prices a level's blocks with some more; keeps them when that is better. */
static void try_more(struct loosener *loosener, const struct loosening *level, const size_t *more,
                     size_t count, struct loosening *best)
{
    struct loosening next = *level;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < level->count; j++)
            if (level->blocks[j] == more[i])
                return;
        next.blocks[next.count++] = more[i];
    }
    next.units = price_all(loosener, next.blocks, next.count);
    if (next.units < best->units)
        *best = next;
}

static struct loosening add_one(struct loosener *loosener, const struct loosening *level)
{
    struct loosening best = {.units = UINT64_MAX};
    for (size_t i = 0; i < loosener->candidate_count; i++)
        try_more(loosener, level, &loosener->candidates[i], 1, &best);
    return best;
}

static struct loosening add_two(struct loosener *loosener, const struct loosening *level,
                                struct loosening best)
{
    const size_t count =
        loosener->candidate_count < PAIRED_MOST ? loosener->candidate_count : PAIRED_MOST;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++) {
            const size_t two[2] = {loosener->candidates[i], loosener->candidates[j]};
            try_more(loosener, level, two, 2, &best);
        }
    return best;
}

/* ---- the whole ---- */

static int compare_obstacles(const void *left, const void *right)
{
    const struct obstacle *a = left;
    const struct obstacle *b = right;
    return (a->range.start > b->range.start) - (a->range.start < b->range.start);
}

/* Holes and pinned blocks lie between the problem's free parts. */
static void set_lane(struct loosener *loosener, size_t memory)
{
    const struct problem *problem = loosener->problem;
    const struct space *space = &problem->memories[memory].space;
    struct lane *lane = &loosener->lanes[memory];
    lane->obstacles =
        ARENA_ARRAY(loosener->arena, struct obstacle, space->part_count + problem->block_count);
    lane->freed = ARENA_ARRAY(loosener->arena, size_t, problem->block_count);
    for (size_t i = 0; i + 1 < space->part_count; i++)
        lane->obstacles[lane->obstacle_count++] =
            (struct obstacle){{space->parts[i].end, space->parts[i + 1].start}, SIZE_MAX};
    for (size_t i = 0; i < problem->block_count; i++) {
        const struct keep_block *kept = kept_of(loosener, i);
        const uint32_t unit_log2 = problem->cover.unit_log2;
        if (problem->blocks[i].memory != memory || (kept->is_pinned && !loosener->stays[i]))
            continue;
        if (loosener->stays[i])
            lane->obstacles[lane->obstacle_count++] =
                (struct obstacle){{kept->old.start >> unit_log2, kept->old.end >> unit_log2}, i};
        else
            lane->freed[lane->freed_count++] = i;
    }
    qsort(lane->obstacles, lane->obstacle_count, sizeof *lane->obstacles, compare_obstacles);
}

/* Blocks that may be freed: those of memories in which others are placed anew, or in which the info
 * block has no room. */
static void list_candidates(struct loosener *loosener)
{
    const struct problem *problem = loosener->problem;
    loosener->candidates = ARENA_ARRAY(loosener->arena, size_t, problem->block_count);
    for (size_t i = 0; i < problem->block_count; i++) {
        const struct lane *lane = &loosener->lanes[problem->blocks[i].memory];
        if (loosener->stays[i] && !kept_of(loosener, i)->is_pinned &&
            (lane->freed_count > 0 || lane->end == UINT64_MAX))
            loosener->candidates[loosener->candidate_count++] = i;
    }
}

/* The problem with each block in the memory where it was. */
static struct problem where_they_were(const struct problem *problem, const struct keep *keep,
                                      struct arena *arena)
{
    struct problem copy = *problem;
    copy.blocks = arena_grow(arena, problem->blocks, problem->block_count, problem->block_count,
                             sizeof *copy.blocks);
    for (size_t i = 0; i < problem->block_count; i++) {
        const struct keep_block *kept = &keep->blocks[keep_index(keep, problem, i)];
        if (kept->has_old && !kept->is_pinned)
            copy.blocks[i].memory = kept->memory;
    }
    return copy;
}

void loosen_find(const struct problem *problem, const struct keep *keep, const bool *stays,
                 struct loosening levels[LOOSEN_MOST + 1], size_t *ret_count, struct arena *arena)
{
    const struct problem copy = where_they_were(problem, keep, arena);
    struct loosener loosener = {.problem = &copy, .keep = keep, .arena = arena};
    const size_t memory_count = problem->request->memory_count;
    loosener.stays = ARENA_ARRAY(arena, bool, problem->block_count);
    loosener.lanes = ARENA_ARRAY(arena, struct lane, memory_count);
    for (size_t i = 0; i < problem->block_count; i++)
        loosener.stays[i] = stays[keep_index(keep, problem, i)];
    size_t most_parts = LOOSEN_MOST + FREED_MOST + 2;
    *ret_count = 0;
    for (size_t i = 0; i < memory_count; i++) {
        set_lane(&loosener, i);
        most_parts += loosener.lanes[i].obstacle_count;
        if (loosener.lanes[i].freed_count > FREED_MOST)
            return;
    }
    loosener.parts = ARENA_ARRAY(arena, struct layout_range, most_parts);
    for (size_t i = 0; i < memory_count; i++)
        loosener.lanes[i].end = price(&loosener, i, NULL, 0);
    list_candidates(&loosener);
    levels[0] = (struct loosening){.units = price_all(&loosener, NULL, 0)};
    for (size_t i = 1; i <= LOOSEN_MOST; i++) {
        levels[i] = add_one(&loosener, &levels[i - 1]);
        if (i == 2)
            levels[i] = add_two(&loosener, &levels[0], levels[i]);
        if (i > 1 && levels[i].count == 0)
            break; /* no more have a place */
        *ret_count = i + 1;
    }
    for (size_t i = 0; i < *ret_count; i++)
        for (size_t j = 0; j < levels[i].count; j++)
            levels[i].blocks[j] = keep_index(keep, problem, levels[i].blocks[j]);
}
