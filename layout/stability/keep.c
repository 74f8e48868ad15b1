#include "layout/stability/keep.h"

#include "base/checked.h"

#include <stdlib.h>
#include <string.h>

size_t keep_index(const struct keep *keep, const struct problem *problem, size_t index)
{
    const struct problem_block *block = &problem->blocks[index];
    return keep->first[problem->tasks[block->task].index] + block->need;
}

bool keep_can_stay(const struct keep_block *block)
{
    return block->has_old && block->reason == LAYOUT_STAYED;
}

static const struct layout_need *need_of(const struct problem *problem,
                                         const struct keep_block *block)
{
    return &problem->request->tasks[block->task].needs[block->need];
}

/* ---- which locked block is which ---- */

static int compare_locked(const void *left, const void *right)
{
    const struct layout_locked_block *a = left;
    const struct layout_locked_block *b = right;
    if (a->task != b->task)
        return a->task < b->task ? -1 : 1;
    return (a->memory > b->memory) - (a->memory < b->memory);
}

struct locked_blocks {
    struct layout_locked_block *items; /* sorted */
    bool *is_taken;
    size_t count;
};

static struct locked_blocks sort_locked(const struct layout_locked_block *locked, size_t count,
                                        struct arena *arena)
{
    struct locked_blocks sorted = {.items = ARENA_ARRAY(arena, struct layout_locked_block, count),
                                   .is_taken = ARENA_ARRAY(arena, bool, count),
                                   .count = count};
    for (size_t i = 0; i < count; i++)
        sorted.items[i] = locked[i];
    qsort(sorted.items, count, sizeof *sorted.items, compare_locked);
    return sorted;
}

static void take_from(struct locked_blocks *locked, struct keep_block *block, size_t memory)
{
    const struct layout_locked_block key = {.task = block->task, .memory = memory};
    if (locked->count == 0 || block->has_old)
        return;
    const struct layout_locked_block *found =
        bsearch(&key, locked->items, locked->count, sizeof key, compare_locked);
    if (found == NULL || locked->is_taken[found - locked->items])
        return;
    locked->is_taken[found - locked->items] = true;
    block->has_old = true;
    block->memory = memory;
    block->old = found->range;
}

/* Needs without a choice come first, then those that lie where a fresh layout has them. */
static void match(const struct problem *problem, struct keep *keep, struct locked_blocks *locked,
                  const struct layout *layout)
{
    for (size_t i = 0; i < keep->count; i++)
        if (need_of(problem, &keep->blocks[i])->memory_count == 1)
            take_from(locked, &keep->blocks[i], need_of(problem, &keep->blocks[i])->memories[0]);
    for (size_t i = 0; i < keep->count && layout != NULL; i++) {
        struct keep_block *block = &keep->blocks[i];
        take_from(locked, block, layout->tasks[block->task].blocks[block->need].memory);
    }
    for (size_t i = 0; i < keep->count; i++) {
        const struct layout_need *need = need_of(problem, &keep->blocks[i]);
        for (size_t j = 0; j < need->memory_count; j++)
            if (need->limits == NULL || need->limits[j] == 0 || need->bytes <= need->limits[j])
                take_from(locked, &keep->blocks[i], need->memories[j]);
    }
}

/* ---- each block for itself ---- */

static bool is_inside(const struct layout_memory *memory, struct layout_range range)
{
    if (range.start >= range.end || range.end > MPU_ADDRESS_END || range.start < memory->base ||
        range.start - memory->base < memory->skip_bytes || range.end - memory->base > memory->size)
        return false;
    for (size_t i = 0; i < memory->hole_count; i++)
        if (range.start < memory->holes[i].end && memory->holes[i].start < range.end)
            return false;
    return true;
}

static struct layout_range in_units(const struct problem *problem, struct layout_range range)
{
    const uint32_t unit_log2 = problem->cover.unit_log2;
    return (struct layout_range){range.start >> unit_log2, range.end >> unit_log2};
}

/* The least slots that grant the old range; UINT32_MAX: none do. */
static uint32_t count_slots(const struct problem *problem, const struct keep_block *block)
{
    const struct layout_need *need = need_of(problem, block);
    const struct piece piece = {.size = problem_units(problem, need->bytes),
                                .alignment = 1,
                                .uncut = need->uncut,
                                .uncut_count = need->uncut_count,
                                .unit_log2 = problem->cover.unit_log2};
    const uint32_t slots = place_count(problem->cover, &piece, in_units(problem, block->old));
    const bool is_cut = slots > 1 && problem->cover.kind != COVER_ENTRIES;
    return need->one_region && is_cut ? UINT32_MAX : slots;
}

static void check_alone(const struct problem *problem, struct keep_block *block)
{
    const struct layout_need *need = need_of(problem, block);
    const uint64_t unit = UINT64_C(1) << problem->cover.unit_log2;
    const uint64_t alignment = need->align_bytes > unit ? need->align_bytes : unit;
    const uint64_t kernel_end = problem->memories[block->memory].kernel_end;
    const struct layout_range old = block->old;
    if (!is_inside(&problem->request->memories[block->memory], old)) {
        block->reason = LAYOUT_OUTSIDE;
    } else if (need->is_pinned && need->pinned_addr != old.start) {
        block->reason = LAYOUT_PIN_CHANGED;
    } else if (need->bytes > old.end - old.start) {
        block->reason = LAYOUT_OUTGROWN;
        block->bytes = need->bytes - (old.end - old.start);
    } else if (old.start < kernel_end) {
        block->reason = LAYOUT_UNDER_KERNEL;
        block->bytes = kernel_end - old.start;
    } else if (old.start % alignment != 0 || old.end % unit != 0) {
        block->reason = LAYOUT_MISALIGNED;
    } else {
        block->slots = count_slots(problem, block);
        if (block->slots == UINT32_MAX)
            block->reason = LAYOUT_TOO_MANY_SLOTS;
    }
}

/* ---- blocks that exclude each other ---- */

/* A range that is taken: by a block that stays, or by one that is pinned and cannot. */
struct taken {
    struct layout_range range; /* in bytes */
    bool is_fixed;             /* it does not give way */
    const char *name;
    size_t index; /* in keep.blocks */
};

static int compare_taken(const void *left, const void *right)
{
    const struct taken *a = left;
    const struct taken *b = right;
    if (a->range.start != b->range.start)
        return a->range.start < b->range.start ? -1 : 1;
    if (a->range.end != b->range.end)
        return a->range.end < b->range.end ? -1 : 1;
    return strcmp(a->name, b->name);
}

static size_t list_taken(const struct problem *problem, const struct keep *keep,
                         struct taken *taken)
{
    size_t count = 0;
    for (size_t i = 0; i < keep->count; i++) {
        const struct keep_block *block = &keep->blocks[i];
        const char *name = problem->request->tasks[block->task].name;
        if (keep_can_stay(block))
            taken[count++] = (struct taken){block->old, false, name, i};
        else if (block->is_pinned)
            taken[count++] = (struct taken){block->pinned, true, name, i};
    }
    qsort(taken, count, sizeof *taken, compare_taken);
    return count;
}

static void give_way(const struct keep *keep, const struct taken *taken, const struct taken *to)
{
    struct keep_block *block = &keep->blocks[taken->index];
    block->reason = LAYOUT_OVERLAPPED;
    block->other = keep->blocks[to->index].task;
}

/* Returns whether some block cannot stay after all. */
static bool resolve_overlaps(const struct problem *problem, struct keep *keep, struct taken *taken)
{
    const size_t count = list_taken(problem, keep, taken);
    const struct taken *last = NULL;
    bool changed = false;
    for (size_t i = 0; i < count; i++) {
        const bool overlaps = last != NULL && taken[i].range.start < last->range.end;
        changed |= overlaps;
        if (overlaps && !taken[i].is_fixed) {
            give_way(keep, &taken[i], last);
            continue;
        }
        /* What `last` excluded before it stays excluded: few pins move, and simple rules are easy
         * to foresee. */
        if (overlaps && !last->is_fixed)
            give_way(keep, last, &taken[i]);
        last = &taken[i];
    }
    return changed;
}

/* ---- slots ---- */

/* What a task's blocks take: of those that are free to move at least one each. */
static uint64_t count_task(const struct layout_task *task, const struct keep_block *blocks)
{
    uint64_t slots = 0;
    for (size_t i = 0; i < task->need_count; i++) {
        if (keep_can_stay(&blocks[i]))
            slots += blocks[i].slots;
        else
            slots += blocks[i].is_pinned ? blocks[i].pinned_slots : 1;
    }
    return slots;
}

/* The slots that the task has for all its blocks; the problem took those of pinned ones already. */
static uint64_t task_slots(const struct problem_task *task, const struct keep_block *blocks)
{
    uint64_t slots = task->slots;
    for (size_t i = 0; i < task->block_count; i++)
        slots += blocks[i].is_pinned ? blocks[i].pinned_slots : 0;
    return slots;
}

/* The block that takes most slots, one that is not pinned if there is one. */
static struct keep_block *most_expensive(struct keep_block *blocks, size_t count)
{
    struct keep_block *worst = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!keep_can_stay(&blocks[i]))
            continue;
        if (worst == NULL || (worst->is_pinned && !blocks[i].is_pinned) ||
            (worst->is_pinned == blocks[i].is_pinned && blocks[i].slots > worst->slots))
            worst = &blocks[i];
    }
    return worst;
}

/* Where the next block that stays or is pinned, hole or end follows a pinned block, in units. */
static uint64_t room_until(const struct problem *problem, const struct keep *keep,
                           const struct keep_block *pin)
{
    const struct layout_memory *memory = &problem->request->memories[pin->pinned_memory];
    const uint32_t unit_log2 = problem->cover.unit_log2;
    uint64_t until = problem->memories[pin->pinned_memory].end << unit_log2;
    for (size_t i = 0; i < memory->hole_count; i++)
        if (memory->holes[i].start > pin->pinned.start && memory->holes[i].start < until)
            until = memory->holes[i].start;
    for (size_t i = 0; i < keep->count; i++) {
        const struct keep_block *other = &keep->blocks[i];
        const bool stays = keep_can_stay(other);
        const uint64_t start = stays ? other->old.start : other->pinned.start;
        if ((stays || other->is_pinned) &&
            (stays ? other->memory : other->pinned_memory) == pin->pinned_memory &&
            start > pin->pinned.start && start < until)
            until = start;
    }
    return until >> unit_log2;
}

/* Places a pinned block again, with fewer slots. */
static bool lengthen_pin(const struct problem *problem, const struct keep *keep,
                         struct keep_block *pin)
{
    const uint32_t unit_log2 = problem->cover.unit_log2;
    const uint64_t until = room_until(problem, keep, pin);
    for (uint32_t k = pin->pinned_slots - 1; k >= 1; k--) {
        struct layout_range range;
        if (!place_at(problem->cover, pin->pinned_piece, k, pin->pinned.start >> unit_log2, until,
                      &range))
            continue;
        pin->pinned = (struct layout_range){range.start << unit_log2, range.end << unit_log2};
        pin->pinned_slots = place_count(problem->cover, pin->pinned_piece, range);
        return true;
    }
    return false;
}

/* The same for one of a task's blocks that are pinned and cannot stay. */
static bool lengthen_some_pin(const struct problem *problem, struct keep *keep,
                              struct keep_block *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (blocks[i].is_pinned && !keep_can_stay(&blocks[i]) &&
            lengthen_pin(problem, keep, &blocks[i]))
            return true;
    return false;
}

static bool resolve_slots(const struct problem *problem, enum keep_pins pins, struct keep *keep)
{
    bool changed = false;
    for (size_t i = 0; i < problem->task_count; i++) {
        const struct problem_task *task = &problem->tasks[i];
        struct keep_block *blocks = &keep->blocks[keep->first[task->index]];
        const uint64_t slots = task_slots(task, blocks);
        while (count_task(&problem->request->tasks[task->index], blocks) > slots) {
            if (pins == KEEP_PINS_IN_FEW_REGIONS &&
                lengthen_some_pin(problem, keep, blocks, task->block_count)) {
                keep->has_longer_pins = true;
                changed = true;
                continue;
            }
            struct keep_block *worst = most_expensive(blocks, task->block_count);
            if (worst == NULL)
                break;
            worst->reason = LAYOUT_TOO_MANY_SLOTS;
            changed = true;
        }
    }
    return changed;
}

/* ---- the whole ---- */

static struct keep list_blocks(const struct layout_request *request, struct arena *arena)
{
    size_t *first = ARENA_ARRAY(arena, size_t, request->task_count);
    struct keep keep = {.first = first};
    for (size_t i = 0; i < request->task_count; i++) {
        first[i] = keep.count;
        keep.count += request->tasks[i].need_count;
    }
    keep.blocks = ARENA_ARRAY(arena, struct keep_block, keep.count);
    for (size_t i = 0; i < request->task_count; i++)
        for (size_t j = 0; j < request->tasks[i].need_count; j++)
            keep.blocks[first[i] + j] = (struct keep_block){.task = i, .need = j, .other = i};
    return keep;
}

static void set_pins(const struct problem *problem, struct keep *keep)
{
    const uint32_t unit_log2 = problem->cover.unit_log2;
    for (size_t i = 0; i < problem->block_count; i++) {
        const struct problem_block *from = &problem->blocks[i];
        struct keep_block *block = &keep->blocks[keep_index(keep, problem, i)];
        if (!from->is_pinned)
            continue;
        block->is_pinned = true;
        block->pinned_memory = from->memory;
        block->pinned =
            (struct layout_range){from->pinned.start << unit_log2, from->pinned.end << unit_log2};
        block->pinned_slots = place_count(problem->cover, &from->piece, from->pinned);
        block->pinned_piece = &from->piece;
    }
}

struct keep keep_find(const struct problem *problem, const struct layout_locked_block *locked,
                      size_t locked_count, const struct layout *layout, enum keep_pins pins,
                      struct arena *arena)
{
    struct keep keep = list_blocks(problem->request, arena);
    struct locked_blocks sorted = sort_locked(locked, locked_count, arena);
    struct taken *taken = ARENA_ARRAY(arena, struct taken, keep.count);
    set_pins(problem, &keep);
    match(problem, &keep, &sorted, layout);
    for (size_t i = 0; i < keep.count; i++)
        if (keep.blocks[i].has_old)
            check_alone(problem, &keep.blocks[i]);
    /* A pinned block that cannot stay may be in the way of others. */
    bool changed = true;
    while (changed)
        changed = resolve_overlaps(problem, &keep, taken) || resolve_slots(problem, pins, &keep);
    return keep;
}
