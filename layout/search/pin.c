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

/* What the task's blocks that have no slots yet take, all but block i. */
static struct shares shares_of_others(const struct problem *problem,
                                      const struct problem_task *task, size_t i)
{
    struct shares others;
    shares_clear(&others, task->slots);
    for (size_t j = 0; j < task->block_count; j++) {
        const struct problem_block *other = &problem->blocks[task->first_block + j];
        if (j != i && (j > i || !other->is_pinned))
            shares_add(&others, other->least, other->most_slots);
    }
    return others;
}

/* Gives a pinned block the fewest slots that the best sharing among its task's blocks allows. */
static bool pin_block(struct problem *problem, struct problem_task *task, size_t i,
                      struct arena *arena, struct diag_list *diags)
{
    struct problem_block *block = &problem->blocks[task->first_block + i];
    const uint32_t spare = task->slots - (task->loose_count - 1);
    const uint32_t most_slots = spare < block->most_slots ? spare : block->most_slots;
    uint64_t *units = ARENA_ARRAY(arena, uint64_t, most_slots + 1);
    if (!choose_memory(problem, block) || !measure(problem, block, units, most_slots))
        return report(problem, block, diags);
    const struct shares others = shares_of_others(problem, task, i);
    uint32_t best = 0;
    uint64_t best_units = UINT64_MAX;
    for (uint32_t k = 1; k <= most_slots; k++) {
        const uint64_t rest = others.units[task->slots - k];
        if (units[k] != UINT64_MAX && rest != UINT64_MAX && units[k] + rest < best_units) {
            best = k;
            best_units = units[k] + rest;
        }
    }
    if (best == 0)
        return report(problem, block, diags);
    const uint64_t start = need_of(problem, block)->pinned_addr >> problem->cover.unit_log2;
    block->pinned = (struct layout_range){start, start + units[best]};
    task->slots -= best;
    task->loose_count--;
    return true;
}

static bool pin_task(struct problem *problem, struct problem_task *task, struct arena *arena,
                     struct diag_list *diags)
{
    bool good = true;
    for (size_t i = 0; i < task->block_count && good; i++)
        if (problem->blocks[task->first_block + i].is_pinned)
            good = pin_block(problem, task, i, arena, diags);
    return good;
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
