#include "layout/search/pin.h"

#include "layout/search/bound.h"

#include <inttypes.h>

static const struct layout_task *task_of(const struct problem *problem,
                                         const struct problem_block *block)
{
    return &problem->request->tasks[problem->tasks[block->task].index];
}

static const struct layout_need *need_of(const struct problem *problem,
                                         const struct problem_block *block)
{
    return &task_of(problem, block)->needs[block->need];
}

/* The candidate memory that holds the pinned address. */
static bool choose_memory(const struct problem *problem, struct problem_block *block)
{
    const struct layout_need *need = need_of(problem, block);
    for (size_t i = 0; i < need->memory_count; i++) {
        const struct layout_memory *memory = &problem->request->memories[need->memories[i]];
        if (need->pinned_addr >= memory->base && need->pinned_addr - memory->base < memory->size) {
            block->memory = need->memories[i];
            return true;
        }
    }
    return false;
}

/* The end of the free part that the block begins in, or the next pinned block's start if that is
 * nearer; 0 when the address is not free. */
static uint64_t free_until(const struct problem *problem, const struct problem_block *block,
                           uint64_t start)
{
    const struct problem_memory *memory = &problem->memories[block->memory];
    uint64_t until = 0;
    for (size_t i = 0; i < memory->space.part_count; i++)
        if (memory->space.parts[i].start <= start && start < memory->space.parts[i].end)
            until = memory->space.parts[i].end;
    if (until > memory->end)
        until = memory->end;
    for (size_t i = 0; i < problem->block_count; i++) {
        const struct problem_block *other = &problem->blocks[i];
        if (other == block || !other->is_pinned || other->memory != block->memory)
            continue;
        const uint64_t other_start =
            need_of(problem, other)->pinned_addr >> problem->cover.unit_log2;
        if (other_start >= start && other_start < until)
            until = other_start;
    }
    return until;
}

/* Fills units[k], the length of the pinned block with k slots, UINT64_MAX where it does not fit. */
static bool measure(const struct problem *problem, const struct problem_block *block,
                    uint64_t *units, uint32_t most_slots)
{
    const uint64_t address = need_of(problem, block)->pinned_addr;
    const uint64_t start = address >> problem->cover.unit_log2;
    if (start << problem->cover.unit_log2 != address || start % block->piece.alignment != 0)
        return false;
    const uint64_t until = free_until(problem, block, start);
    bool fits = false;
    for (uint32_t k = 1; k <= most_slots; k++) {
        struct layout_range range;
        const bool placed = place_at(problem->cover, &block->piece, k, start, until, &range);
        units[k] = placed ? range.end - range.start : UINT64_MAX;
        fits |= placed;
    }
    return fits;
}

static bool report(const struct problem *problem, const struct problem_block *block,
                   struct diag_list *diags)
{
    const struct layout_need *need = need_of(problem, block);
    const struct problem_task *task = &problem->tasks[block->task];
    diag_add(diags, DIAG_ERROR, "layout-pin", NOWHERE,
             "task %s: no block of %" PRIu64 " bytes can begin at 0x%08" PRIx64 " in %s",
             task_of(problem, block)->name, need->bytes, need->pinned_addr,
             problem->request->memories[block->memory].name);
    diag_hint(diags,
              "the address must be a multiple of %" PRIu64
              ", free of the kernel, holes and other pinned blocks, and such that at "
              "most %" PRIu32 " MPU regions cover the block from there",
              block->piece.alignment << problem->cover.unit_log2, task->slots);
    return false;
}

/* The shares of a task's blocks from the pinned one `i` on, those that are not pinned included:
 * pinned blocks take what they do at their addresses. */
static void share_rest(const struct problem *problem, const struct problem_task *task,
                       const uint64_t *const *units, size_t i, struct shares *ret)
{
    shares_clear(ret, task->slots);
    for (size_t j = 0; j < task->block_count; j++) {
        const struct problem_block *block = &problem->blocks[task->first_block + j];
        if (!block->is_pinned)
            shares_add(ret, block->least, block->most_slots);
        else if (j >= i)
            shares_add(ret, units[j], block->most_slots);
    }
}

/* Gives pinned block i the fewest slots with which it and the blocks after it take the least. */
static void take_slots(struct problem *problem, struct problem_task *task,
                       const uint64_t *const *units, size_t i)
{
    struct problem_block *block = &problem->blocks[task->first_block + i];
    struct shares all;
    struct shares rest;
    uint32_t slots = 1;
    share_rest(problem, task, units, i, &all);
    share_rest(problem, task, units, i + 1, &rest);
    for (;; slots++) {
        const uint64_t others = rest.units[task->slots - slots];
        if (units[i][slots] != UINT64_MAX && others != UINT64_MAX &&
            units[i][slots] + others == all.units[task->slots])
            break;
    }
    const uint64_t start = need_of(problem, block)->pinned_addr >> problem->cover.unit_log2;
    block->pinned = (struct layout_range){start, start + units[i][slots]};
    block->least = units[i];
    task->slots -= slots;
    task->loose_count--;
}

/* Fills units[i] of each pinned block; false when one of them has no place even with all slots that
 * the others can spare. */
static bool measure_pins(struct problem *problem, const struct problem_task *task,
                         const uint64_t **units, struct arena *arena, struct diag_list *diags)
{
    bool good = true;
    for (size_t i = 0; i < task->block_count; i++) {
        struct problem_block *block = &problem->blocks[task->first_block + i];
        if (!block->is_pinned)
            continue;
        uint64_t *lengths = ARENA_ARRAY(arena, uint64_t, block->most_slots + 1);
        if (!choose_memory(problem, block) || !measure(problem, block, lengths, block->most_slots))
            good = report(problem, block, diags);
        units[i] = lengths;
    }
    return good;
}

/* Shares the slots of a task among all of its blocks at once. */
static bool pin_task(struct problem *problem, struct problem_task *task, struct arena *arena,
                     struct diag_list *diags)
{
    const uint64_t **units = ARENA_ARRAY(arena, const uint64_t *, task->block_count);
    struct shares shares;
    size_t first = 0;
    while (first < task->block_count && !problem->blocks[task->first_block + first].is_pinned)
        first++;
    if (first == task->block_count)
        return true;
    if (!measure_pins(problem, task, units, arena, diags))
        return false;
    share_rest(problem, task, units, 0, &shares);
    if (shares.units[task->slots] == UINT64_MAX)
        return report(problem, &problem->blocks[task->first_block + first], diags);
    for (size_t i = first; i < task->block_count; i++)
        if (problem->blocks[task->first_block + i].is_pinned)
            take_slots(problem, task, units, i);
    return true;
}

bool pin_blocks(struct problem *problem, struct arena *arena, struct diag_list *diags)
{
    bool any = false;
    bool good = true;
    for (size_t i = 0; i < problem->block_count; i++)
        any |= problem->blocks[i].is_pinned;
    if (!any)
        return true;
    bound_blocks(problem, arena);
    for (size_t i = 0; i < problem->task_count; i++)
        good &= pin_task(problem, &problem->tasks[i], arena, diags);
    for (size_t i = 0; i < problem->request->memory_count; i++)
        problem_find_space(problem, i, arena);
    return good;
}
