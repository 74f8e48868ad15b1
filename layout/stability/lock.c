#include "layout/stability/lock.h"

#include "layout/model/used.h"
#include "layout/search/bound.h"
#include "layout/search/fit.h"
#include "layout/search/problem_create.h"
#include "layout/stability/keep.h"
#include "layout/stability/loosen.h"
#include "layout/stability/rebuild.h"

#include "base/checked.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    MORE_TAIL_BLOCKS = 8,
    LEVELS_TRIED = 3,  /* ways to free some blocks that are laid out in full */
    MOVE_PER_MILLE = 2 /* a block more is freed where that saves this part of the need */
};

struct lock {
    const struct layout_request *request;
    const struct layout_request *enlarged; /* with the lock's headroom; NULL: it has none */
    const struct layout_lock_policy *policy;
    struct arena *arena;
    struct keep keep;
    bool *stays;      /* [keep.blocks]: is not placed anew in the step that is tried */
    bool *is_touched; /* [memory]: some block there is placed anew */
    uint64_t *lowest; /* [memory]: the lowest block that cannot stay begins there */
    bool has_unlocked;
    struct layout unlocked; /* solved without the lock */
};

static uint64_t need_bytes(const struct layout *layout)
{
    uint64_t need = 0;
    for (size_t i = 0; i < layout->memory_count; i++)
        need += layout->memories[i].need_bytes;
    return need;
}

const struct layout_locked_block *layout_lock(const struct layout *layout, struct arena *arena,
                                              size_t *ret_count)
{
    size_t count = 0;
    for (size_t i = 0; i < layout->task_count; i++)
        count += layout->tasks[i].block_count;
    struct layout_locked_block *locked = ARENA_ARRAY(arena, struct layout_locked_block, count);
    size_t at = 0;
    for (size_t i = 0; i < layout->task_count; i++)
        for (size_t j = 0; j < layout->tasks[i].block_count; j++) {
            const struct layout_block *block = &layout->tasks[i].blocks[j];
            locked[at++] = (struct layout_locked_block){i, block->memory, block->range};
        }
    *ret_count = count;
    return locked;
}

/* ---- placing what does not stay ---- */

/* Fixes a block of the problem, and its task's slots with it. */
static void fix_block(struct problem *problem, struct problem_block *block, size_t memory,
                      struct layout_range range, uint32_t slots, struct arena *arena)
{
    struct problem_task *task = &problem->tasks[block->task];
    const uint32_t unit_log2 = problem->cover.unit_log2;
    if (block->is_pinned)
        task->slots += place_count(problem->cover, &block->piece, block->pinned);
    else
        task->loose_count--;
    task->slots -= slots;
    block->is_pinned = true;
    block->memory = memory;
    block->pinned = (struct layout_range){range.start >> unit_log2, range.end >> unit_log2};
    uint64_t *least = ARENA_ARRAY(arena, uint64_t, slots + 1);
    for (uint32_t k = 1; k < slots; k++)
        least[k] = UINT64_MAX;
    least[slots] = block->pinned.end - block->pinned.start;
    block->least = least;
    block->most_slots = slots;
}

static void fix_blocks(const struct lock *lock, struct problem *problem)
{
    for (size_t i = 0; i < problem->block_count; i++) {
        const size_t index = keep_index(&lock->keep, problem, i);
        const struct keep_block *kept = &lock->keep.blocks[index];
        if (lock->stays[index])
            fix_block(problem, &problem->blocks[i], kept->memory, kept->old, kept->slots,
                      lock->arena);
        else if (kept->is_pinned)
            fix_block(problem, &problem->blocks[i], kept->pinned_memory, kept->pinned,
                      kept->pinned_slots, lock->arena);
    }
    for (size_t i = 0; i < problem->request->memory_count; i++)
        problem_find_space(problem, i, lock->arena);
    bound_blocks(problem, lock->arena);
    problem->is_free = false;
}

/* Places what does not stay as large as `request` has it; the answer is one to the real request. */
static bool place_rest(const struct lock *lock, const struct layout_request *request,
                       struct layout *ret)
{
    struct diag_list ignored = diag_list_in(lock->arena);
    struct problem problem;
    if (!problem_create(request, lock->arena, &problem, &ignored))
        return false;
    fix_blocks(lock, &problem);
    const struct fit fit = fit_blocks(&problem, lock->arena);
    if (!fit.is_fit)
        return false;
    struct rebuild_place *places = rebuild_places_of(&problem, &fit.packing, lock->arena);
    return rebuild_layout(lock->request, places, lock->arena, ret);
}

/* Whether keeping blocks wastes no more than the policy allows. */
static bool is_within_budget(const struct lock *lock, const struct layout *layout)
{
    uint64_t allowed;
    if (lock->policy->is_strict || !lock->has_unlocked ||
        used_bytes(layout) <= used_bytes(&lock->unlocked))
        return true;
    if (!checked_multiply(need_bytes(layout), lock->policy->budget_per_mille, &allowed))
        return true;
    return used_bytes(layout) - used_bytes(&lock->unlocked) <= allowed / 1000;
}

static bool try_step(const struct lock *lock, struct layout *ret)
{
    struct layout layout;
    if (lock->enlarged != NULL && place_rest(lock, lock->enlarged, &layout) &&
        is_within_budget(lock, &layout)) {
        *ret = layout;
        return true;
    }
    if (!place_rest(lock, lock->request, &layout) || !is_within_budget(lock, &layout))
        return false;
    *ret = layout;
    return true;
}

/* ---- the steps ---- */

static void touch(struct lock *lock, const struct keep_block *block)
{
    const struct layout_need *need = &lock->request->tasks[block->task].needs[block->need];
    for (size_t i = 0; i < need->memory_count; i++)
        lock->is_touched[need->memories[i]] = true;
    if (block->has_old && block->old.start < lock->lowest[block->memory])
        lock->lowest[block->memory] = block->old.start;
}

/* Returns how many blocks are to be placed anew. */
static size_t start_forced(struct lock *lock)
{
    size_t count = 0;
    for (size_t i = 0; i < lock->request->memory_count; i++)
        lock->lowest[i] = UINT64_MAX;
    for (size_t i = 0; i < lock->keep.count; i++) {
        lock->stays[i] = keep_can_stay(&lock->keep.blocks[i]);
        if (lock->stays[i])
            continue;
        touch(lock, &lock->keep.blocks[i]);
        count++;
    }
    return count;
}

static bool may_be_loosened(const struct lock *lock, size_t index, size_t memory)
{
    const struct keep_block *block = &lock->keep.blocks[index];
    return keep_can_stay(block) && block->memory == memory && !block->is_pinned;
}

/* Lets the highest blocks of a memory move. */
static void loosen_tail(const struct lock *lock, size_t memory, size_t count)
{
    uint64_t below = UINT64_MAX;
    for (; count > 0; count--) {
        size_t highest = lock->keep.count;
        for (size_t i = 0; i < lock->keep.count; i++)
            if (may_be_loosened(lock, i, memory) && lock->keep.blocks[i].old.start < below &&
                (highest == lock->keep.count ||
                 lock->keep.blocks[i].old.start > lock->keep.blocks[highest].old.start))
                highest = i;
        if (highest == lock->keep.count)
            return;
        below = lock->keep.blocks[highest].old.start;
        lock->stays[highest] = false;
    }
}

static void loosen_above(const struct lock *lock, size_t memory)
{
    for (size_t i = 0; i < lock->keep.count; i++)
        if (may_be_loosened(lock, i, memory) &&
            lock->keep.blocks[i].old.start > lock->lowest[memory])
            lock->stays[i] = false;
}

static void loosen(const struct lock *lock, enum layout_lock_step step)
{
    for (size_t memory = 0; memory < lock->request->memory_count; memory++) {
        if (!lock->is_touched[memory])
            continue;
        switch (step) {
        case LAYOUT_STEP_FORCED:
        case LAYOUT_STEP_FEW:
        case LAYOUT_STEP_SCRATCH:
            break;
        case LAYOUT_STEP_MORE:
            loosen_tail(lock, memory, MORE_TAIL_BLOCKS);
            break;
        case LAYOUT_STEP_ABOVE:
            loosen_above(lock, memory);
            break;
        }
    }
}

static size_t count_staying(const struct lock *lock)
{
    size_t count = 0;
    for (size_t i = 0; i < lock->keep.count; i++)
        count += lock->stays[i];
    return count;
}

/* ---- freeing the blocks that save most ---- */

/* A way to free some blocks, and how good it is: what it takes, and what the moves are worth. */
struct ranked {
    uint64_t score;
    size_t level;
};

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left;
    const struct ranked *b = right;
    if (a->score != b->score)
        return a->score < b->score ? -1 : 1;
    return (a->level > b->level) - (a->level < b->level);
}

static uint64_t need_units(const struct problem *problem)
{
    uint64_t units = 0;
    for (size_t i = 0; i < problem->block_count; i++)
        units += problem->blocks[i].piece.size;
    return units;
}

static bool try_level(const struct lock *lock, const struct loosening *level, struct layout *ret)
{
    for (size_t i = 0; i < level->count; i++)
        lock->stays[level->blocks[i]] = false;
    const bool good = try_step(lock, ret);
    for (size_t i = 0; i < level->count && !good; i++)
        lock->stays[level->blocks[i]] = true;
    return good;
}

/* Tries to free any few blocks, the best way first. */
static bool try_few(struct lock *lock, struct layout *ret)
{
    struct diag_list ignored = diag_list_in(lock->arena);
    const struct layout_request *request = lock->enlarged != NULL ? lock->enlarged : lock->request;
    struct loosening levels[LOOSEN_MOST + 1];
    struct ranked ranked[LOOSEN_MOST + 1];
    size_t level_count;
    struct problem problem;
    size_t count = 0;
    if (!problem_create(request, lock->arena, &problem, &ignored))
        return false;
    loosen_find(&problem, &lock->keep, lock->stays, levels, &level_count, lock->arena);
    for (size_t i = 0; i < level_count; i++)
        if (levels[i].units != UINT64_MAX)
            ranked[count++] = (struct ranked){
                levels[i].units * 1000 + levels[i].count * need_units(&problem) * MOVE_PER_MILLE,
                i};
    qsort(ranked, count, sizeof *ranked, compare_ranked);
    for (size_t i = 0; i < count && i < LEVELS_TRIED; i++)
        if (try_level(lock, &levels[ranked[i].level], ret))
            return true;
    return false;
}

/* Tries one step after the other; false when even the layout from scratch does not fit. */
static bool take_steps(struct lock *lock, struct layout *ret, enum layout_lock_step *ret_step)
{
    start_forced(lock);
    if (lock->request->info_bytes > 0)
        lock->is_touched[lock->request->info_memory] = true; /* it may be what has no room */
    size_t staying = lock->keep.count + 1;
    for (int step = LAYOUT_STEP_FORCED; step < LAYOUT_STEP_SCRATCH; step++) {
        *ret_step = (enum layout_lock_step)step;
        if (step == LAYOUT_STEP_FEW && try_few(lock, ret))
            return true;
        loosen(lock, (enum layout_lock_step)step);
        if (count_staying(lock) == staying)
            continue;
        staying = count_staying(lock);
        if (try_step(lock, ret))
            return true;
    }
    *ret_step = LAYOUT_STEP_SCRATCH;
    if (lock->has_unlocked)
        *ret = lock->unlocked;
    return lock->has_unlocked;
}

/* Tries to let all stay that can beside a pinned block which is longer than it need be. */
static bool try_longer_pins(struct lock *lock, struct layout *ret, enum layout_lock_step *ret_step)
{
    if (!lock->keep.has_longer_pins)
        return false;
    start_forced(lock);
    *ret_step = LAYOUT_STEP_FORCED;
    return try_step(lock, ret);
}

/* ---- what became of the blocks ---- */

static bool ranges_equal(struct layout_range a, struct layout_range b)
{
    return a.start == b.start && a.end == b.end;
}

static struct layout_move move_of(const struct lock *lock, const struct keep_block *block,
                                  const struct layout_block *now)
{
    struct layout_move move = {
        .task = block->task, .need = block->need, .kind = LAYOUT_NEW, .other = block->task};
    if (!block->has_old)
        return move;
    move.old_memory = block->memory;
    move.old_range = block->old;
    move.kind = LAYOUT_MOVED;
    if (now->memory == block->memory && now->range.start == block->old.start)
        move.kind = ranges_equal(now->range, block->old) ? LAYOUT_KEPT : LAYOUT_RESIZED;
    if (move.kind == LAYOUT_KEPT)
        return move;
    move.reason = keep_can_stay(block) ? LAYOUT_MADE_ROOM : block->reason;
    move.bytes = block->bytes;
    move.other = block->other;
    move.boundaries_changed = block->old.end > block->old.start &&
                              lock->request->tasks[block->task].needs[block->need].bytes <=
                                  block->old.end - block->old.start;
    return move;
}

static struct layout_moves list_moves(const struct lock *lock, const struct layout *layout,
                                      enum layout_lock_step step)
{
    struct layout_move *items = ARENA_ARRAY(lock->arena, struct layout_move, lock->keep.count);
    struct layout_moves moves = {
        .items = items, .count = lock->keep.count, .step = step, .used_bytes = used_bytes(layout)};
    if (lock->has_unlocked)
        moves.unlocked_bytes = used_bytes(&lock->unlocked);
    for (size_t i = 0; i < lock->keep.count; i++) {
        const struct keep_block *block = &lock->keep.blocks[i];
        items[i] = move_of(lock, block, &layout->tasks[block->task].blocks[block->need]);
        moves.kept_count += items[i].kind == LAYOUT_KEPT;
    }
    return moves;
}

/* ---- the strict policy ---- */

static const char *reason_text(const struct lock *lock, const struct layout_move *move)
{
    const char *memory = lock->request->memories[move->old_memory].name;
    const char *other = lock->request->tasks[move->other].name;
    switch (move->reason) {
    case LAYOUT_STAYED:
        break;
    case LAYOUT_OUTGROWN:
        return arena_format(lock->arena, "it grew by %" PRIu64 " bytes beyond its block",
                            move->bytes);
    case LAYOUT_MISALIGNED:
        return "it is no longer aligned as its task or the MPU requires";
    case LAYOUT_PIN_CHANGED:
        return "the board pins it elsewhere";
    case LAYOUT_OUTSIDE:
        return arena_format(lock->arena, "%s no longer has these bytes", memory);
    case LAYOUT_UNDER_KERNEL:
        return arena_format(lock->arena, "the kernel grew %" PRIu64 " bytes into it", move->bytes);
    case LAYOUT_OVERLAPPED:
        return arena_format(lock->arena, "the block of task %s is there", other);
    case LAYOUT_TOO_MANY_SLOTS:
        return "its task no longer has enough MPU slots for these regions";
    case LAYOUT_MADE_ROOM:
        return "other blocks would not fit";
    }
    return "";
}

/* False when a block moved. */
static bool check_strict(const struct lock *lock, const struct layout_moves *moves,
                         struct diag_list *diags)
{
    bool good = true;
    for (size_t i = 0; i < moves->count; i++) {
        const struct layout_move *move = &moves->items[i];
        if (move->kind == LAYOUT_KEPT || move->kind == LAYOUT_NEW)
            continue;
        good = diag_error(diags, "layout-lock-moved", NOWHERE,
                          "task %s: its block of %" PRIu64 " bytes at 0x%08" PRIx64
                          " in %s would move: %s",
                          lock->request->tasks[move->task].name,
                          move->old_range.end - move->old_range.start, move->old_range.start,
                          lock->request->memories[move->old_memory].name, reason_text(lock, move));
        if (move->reason == LAYOUT_OUTGROWN)
            diag_hint(diags,
                      "make the task smaller by %" PRIu64 " bytes, or allow the lock to change",
                      move->bytes);
    }
    return good;
}

/* ---- the whole ---- */

/* Solves without the lock; with its headroom where that fits. */
static void solve_unlocked(struct lock *lock, const struct layout *plain)
{
    lock->has_unlocked = plain != NULL;
    if (plain != NULL)
        lock->unlocked = *plain;
    if (lock->policy->headroom_per_mille == 0)
        return;
    struct layout_request *enlarged = ARENA_NEW(lock->arena, struct layout_request);
    layout_with_headroom(lock->request, lock->policy->headroom_per_mille, lock->arena, enlarged);
    lock->enlarged = enlarged;
    lock->has_unlocked |= layout_try_with_headroom(lock->request, lock->policy->headroom_per_mille,
                                                   lock->arena, &lock->unlocked);
}

/* Whether it takes a layout to tell which of a task's blocks is which. */
static bool has_choices(const struct problem *problem)
{
    for (size_t i = 0; i < problem->block_count; i++)
        if (problem->blocks[i].memory_count > 1)
            return true;
    return false;
}

/* Lets all blocks stay, where they can and none is new. */
static bool keep_all(struct lock *lock, const struct problem *problem, struct layout *ret)
{
    if (start_forced(lock) != 0 || !place_rest(lock, lock->request, ret))
        return false;
    struct layout plain; /* its bound may be proven by an exact search */
    if (problem->is_free && layout_try(lock->request, lock->arena, &plain))
        ret->bound_bytes = plain.bound_bytes;
    return true;
}

/* Moves what must move, and what is better moved. */
static bool move_some(struct lock *lock, const struct problem *problem,
                      const struct layout_locked_block *locked, size_t locked_count,
                      struct layout *ret, enum layout_lock_step *ret_step)
{
    struct layout plain;
    const bool is_plain = layout_try(lock->request, lock->arena, &plain);
    solve_unlocked(lock, is_plain ? &plain : NULL);
    if (!try_longer_pins(lock, ret, ret_step)) {
        if (lock->keep.has_longer_pins)
            lock->keep = keep_find(problem, locked, locked_count, is_plain ? &plain : NULL,
                                   KEEP_PINS_SHORT, lock->arena);
        if (!take_steps(lock, ret, ret_step))
            return false;
    }
    if (is_plain && problem->is_free)
        ret->bound_bytes = plain.bound_bytes;
    return true;
}

bool layout_solve_locked(const struct layout_request *request,
                         const struct layout_locked_block *locked, size_t locked_count,
                         const struct layout_lock_policy *policy, struct arena *arena,
                         struct layout *ret, struct layout_moves *ret_moves,
                         struct diag_list *diags)
{
    struct problem problem;
    struct layout plain;
    if (!problem_create(request, arena, &problem, diags))
        return false;
    const bool is_plain = has_choices(&problem) && layout_try(request, arena, &plain);
    struct lock lock = {.request = request,
                        .policy = policy,
                        .arena = arena,
                        .keep = keep_find(&problem, locked, locked_count, is_plain ? &plain : NULL,
                                          KEEP_PINS_IN_FEW_REGIONS, arena),
                        .is_touched = ARENA_ARRAY(arena, bool, request->memory_count),
                        .lowest = ARENA_ARRAY(arena, uint64_t, request->memory_count)};
    lock.stays = ARENA_ARRAY(arena, bool, lock.keep.count);

    struct layout layout;
    enum layout_lock_step step = LAYOUT_STEP_FORCED;
    if (!keep_all(&lock, &problem, &layout) &&
        !move_some(&lock, &problem, locked, locked_count, &layout, &step))
        return layout_solve(request, arena, &layout, diags); /* for its diagnostics */
    const struct layout_moves moves = list_moves(&lock, &layout, step);
    if (policy->is_strict && !check_strict(&lock, &moves, diags))
        return false;
    *ret = layout;
    *ret_moves = moves;
    return true;
}
