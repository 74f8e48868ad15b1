#include "layout/solve/explain.h"

#include "layout/model/memory_map.h"
#include "layout/model/used.h"
#include "layout/search/bound.h"
#include "layout/search/problem_create.h"

/* ---- slots ---- */

static uint32_t block_slots(const struct layout_block *block)
{
    uint32_t slots = 0;
    for (size_t i = 0; i < block->region_count; i++)
        slots += block->regions[i].slots;
    return slots;
}

static void list_slots(const struct layout *layout, const struct layout_task_answer *task,
                       struct explain_task *ret, struct arena *arena)
{
    struct explain_slots *slots =
        ARENA_ARRAY(arena, struct explain_slots, task->fixed_count + task->block_count + 2);
    size_t count = 0;
    slots[count++] = (struct explain_slots){EXPLAIN_RESERVED, 0, layout->mpu.reserved};
    for (size_t i = 0; i < task->fixed_count; i++)
        slots[count++] = (struct explain_slots){EXPLAIN_FIXED, i, task->fixed[i].region.slots};
    for (size_t i = 0; i < task->block_count; i++)
        slots[count++] = (struct explain_slots){EXPLAIN_BLOCK, i, block_slots(&task->blocks[i])};
    slots[count++] = (struct explain_slots){EXPLAIN_FREE, 0, task->slots_free};
    ret->slots = slots;
    ret->slot_count = count;
}

/* ---- neighbours ---- */

static struct explain_neighbour neighbour_of(const struct memory_map_row *row)
{
    struct explain_neighbour neighbour = {.kind = EXPLAIN_EDGE};
    switch (row->kind) {
    case MEMORY_MAP_SKIP:
    case MEMORY_MAP_GAP:
    case MEMORY_MAP_FREE:
        break;
    case MEMORY_MAP_HOLE:
        neighbour.kind = EXPLAIN_HOLE;
        break;
    case MEMORY_MAP_KERNEL:
        neighbour.kind = EXPLAIN_KERNEL;
        break;
    case MEMORY_MAP_BLOCK:
        neighbour.kind = EXPLAIN_TASK;
        neighbour.task = row->task;
        break;
    case MEMORY_MAP_INFO:
        neighbour.kind = EXPLAIN_INFO;
        break;
    }
    return neighbour;
}

static bool is_unused(const struct memory_map_row *row)
{
    return row->kind == MEMORY_MAP_GAP || row->kind == MEMORY_MAP_FREE;
}

/* Looks from row `at` away from it, `step` +1 or -1, for the next thing in use. Going below the
 * first row wraps round to beyond the last. */
static struct explain_neighbour look(const struct memory_map *map, size_t at, size_t step)
{
    uint64_t gap_bytes = 0;
    for (at += step; at < map->row_count && is_unused(&map->rows[at]); at += step)
        gap_bytes += map->rows[at].range.end - map->rows[at].range.start;
    struct explain_neighbour neighbour = {.kind = EXPLAIN_EDGE};
    if (at < map->row_count)
        neighbour = neighbour_of(&map->rows[at]);
    neighbour.gap_bytes = gap_bytes;
    return neighbour;
}

static struct explain_block block_of(const struct layout_request *request,
                                     const struct layout *layout, const struct layout_block *block,
                                     struct arena *arena)
{
    const struct memory_map map = memory_map_of(request, layout, block->memory, arena);
    const struct cover cover = cover_of(&request->mpu);
    const uint64_t units =
        (block->need_bytes + (UINT64_C(1) << cover.unit_log2) - 1) >> cover.unit_log2;
    size_t at = 0;
    while (map.rows[at].kind != MEMORY_MAP_BLOCK || map.rows[at].range.start != block->range.start)
        at++;
    return (struct explain_block){
        .memory = block->memory,
        .below = look(&map, at, SIZE_MAX),
        .above = look(&map, at, 1),
        .padding_bytes = block->range.end - block->range.start - block->need_bytes,
        .least_bytes = cover_least_length(cover, units, block_slots(block)) << cover.unit_log2};
}

/* ---- what if ---- */

/* The request with one task replaced. */
static struct layout_request with_task(const struct layout_request *request, size_t index,
                                       struct layout_task task, struct arena *arena)
{
    struct layout_task *tasks = ARENA_ARRAY(arena, struct layout_task, request->task_count);
    for (size_t i = 0; i < request->task_count; i++)
        tasks[i] = request->tasks[i];
    tasks[index] = task;
    struct layout_request other = *request;
    other.tasks = tasks;
    return other;
}

/* What a layout from scratch takes; false when there is none. */
static bool measure(const struct layout_request *request, struct arena *arena, int64_t *ret)
{
    struct layout layout;
    if (!layout_try(request, arena, &layout))
        return false;
    *ret = (int64_t)used_bytes(&layout);
    return true;
}

/* Direction: -1 for a change that cannot cost anything, since the old layout remains one; 1 for one
 * that cannot save. What goes against it is the search's inaccuracy. */
static struct explain_change change(const struct layout_request *request, size_t index,
                                    struct layout_task task, int64_t now, int direction,
                                    struct arena *arena)
{
    const struct layout_request other = with_task(request, index, task, arena);
    struct explain_change change = {.is_asked = true};
    int64_t then;
    change.fits = measure(&other, arena, &then);
    if (change.fits && (then - now) * direction > 0)
        change.bytes = then - now;
    return change;
}

static struct layout_task split_task(const struct layout_task *task, struct arena *arena)
{
    struct layout_need *needs = ARENA_ARRAY(arena, struct layout_need, task->need_count);
    struct layout_task other = *task;
    for (size_t i = 0; i < task->need_count; i++) {
        needs[i] = task->needs[i];
        needs[i].one_region = false;
    }
    other.needs = needs;
    return other;
}

static bool has_whole_block(const struct layout_task *task)
{
    for (size_t i = 0; i < task->need_count; i++)
        if (task->needs[i].one_region)
            return true;
    return false;
}

static void ask_what_if(const struct layout_request *request, const struct layout *layout,
                        size_t index, struct explain_task *ret, struct arena *arena)
{
    const struct layout_task *task = &request->tasks[index];
    const struct layout_task_answer *answer = &layout->tasks[index];
    struct layout_task more = *task;
    struct layout_task less = *task;
    uint64_t fixed_slots = 0;
    int64_t now;
    if (!measure(request, arena, &now))
        return;
    more.slots_adjust++;
    less.slots_adjust--;
    for (size_t i = 0; i < answer->fixed_count; i++)
        fixed_slots += answer->fixed[i].region.slots;
    ret->slot_more = change(request, index, more, now, -1, arena);
    if (answer->slots_used + answer->slots_free > fixed_slots + answer->block_count)
        ret->slot_less = change(request, index, less, now, 1, arena);
    if (has_whole_block(task))
        ret->split = change(request, index, split_task(task, arena), now, -1, arena);
}

/* ---- the whole ---- */

/* The least that a task's blocks take, its pinned ones as if they were not. */
static uint64_t least_task_bytes(const struct layout_request *request, size_t index,
                                 struct arena *arena)
{
    struct diag_list ignored = diag_list_in(arena);
    struct layout_task task = request->tasks[index];
    struct layout_need *needs = ARENA_ARRAY(arena, struct layout_need, task.need_count);
    struct problem problem;
    for (size_t i = 0; i < task.need_count; i++) {
        needs[i] = task.needs[i];
        needs[i].is_pinned = false;
    }
    task.needs = needs;
    struct layout_request alone = *request;
    alone.tasks = &task;
    alone.task_count = 1;
    if (!problem_create(&alone, arena, &problem, &ignored))
        return 0;
    return bound_of_task(&problem, &problem.tasks[0]) << problem.cover.unit_log2;
}

struct explain_task explain_task_of(const struct layout_request *request,
                                    const struct layout *layout, size_t task, struct arena *arena)
{
    const struct layout_task_answer *answer = &layout->tasks[task];
    struct explain_block *blocks = ARENA_ARRAY(arena, struct explain_block, answer->block_count);
    struct explain_task explain = {.blocks = blocks,
                                   .block_count = answer->block_count,
                                   .used_bytes = used_bytes(layout),
                                   .bound_bytes = layout->bound_bytes,
                                   .task_bound_bytes = least_task_bytes(request, task, arena)};
    list_slots(layout, answer, &explain, arena);
    for (size_t i = 0; i < answer->block_count; i++) {
        blocks[i] = block_of(request, layout, &answer->blocks[i], arena);
        explain.task_bytes += answer->blocks[i].range.end - answer->blocks[i].range.start;
    }
    ask_what_if(request, layout, task, &explain, arena);
    return explain;
}
