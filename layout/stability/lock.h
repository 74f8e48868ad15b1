/* Keeping a layout stable: blocks stay where a lock says they were, as far as that is not too dear.
 */
#ifndef LAYOUT_STABILITY_LOCK_H
#define LAYOUT_STABILITY_LOCK_H

#include "layout/model/layout.h"
#include "layout/stability/enlarge.h"

/* Where a task's block was. Any range is allowed: one that is no longer legal is not kept. */
struct layout_locked_block {
    size_t task;   /* in request->tasks */
    size_t memory; /* in request->memories */
    struct layout_range range;
};

struct layout_lock_policy {
    bool is_strict;            /* fail rather than move a block; the budget does not count then */
    uint64_t budget_per_mille; /* bytes that keeping may waste beyond the unlocked layout, in 1/1000
                                  of the tasks' need */
    uint64_t headroom_per_mille; /* what the lock was written with: the unlocked layout that the
                                  * budget is compared with has it too, and what moves gets it again
                                  * where it fits */
};

enum layout_move_kind {
    LAYOUT_KEPT,    /* the same range, in the same regions */
    LAYOUT_RESIZED, /* begins where it began and ends elsewhere */
    LAYOUT_MOVED,   /* begins elsewhere */
    LAYOUT_NEW      /* the lock had no block for it */
};

enum layout_move_reason {
    LAYOUT_STAYED,         /* kept, or new */
    LAYOUT_OUTGROWN,       /* it needs `bytes` more than its block has */
    LAYOUT_MISALIGNED,     /* its block does not begin as its need or the MPU asks */
    LAYOUT_PIN_CHANGED,    /* the request pins it elsewhere */
    LAYOUT_OUTSIDE,        /* the memory has no such bytes: it shrank, or has a hole there */
    LAYOUT_UNDER_KERNEL,   /* the kernel grew `bytes` into it */
    LAYOUT_OVERLAPPED,     /* the block of task `other` is there: it is pinned, or the lock has both
                              there */
    LAYOUT_TOO_MANY_SLOTS, /* its task has too few slots for these regions */
    LAYOUT_MADE_ROOM       /* it could have stayed, and was moved to save bytes */
};

/* What became of one block. */
struct layout_move {
    size_t task;
    size_t need; /* of the task; so it is layout->tasks[task].blocks[need] */
    enum layout_move_kind kind;
    enum layout_move_reason reason;
    uint64_t bytes;                /* see the reason; else 0 */
    size_t other;                  /* see the reason; else the task itself */
    size_t old_memory;             /* not for LAYOUT_NEW */
    struct layout_range old_range; /* not for LAYOUT_NEW */
    bool boundaries_changed; /* the old range still holds its need, and yet its regions are others
                                now */
};

enum layout_lock_step {
    LAYOUT_STEP_FORCED, /* only blocks that could not stay were placed anew */
    LAYOUT_STEP_FEW,    /* and up to 4 of the highest in each memory */
    LAYOUT_STEP_MORE,   /* and up to 8 */
    LAYOUT_STEP_ABOVE,  /* and all above the lowest change */
    LAYOUT_STEP_SCRATCH /* all */
};

struct layout_moves {
    const struct layout_move *items; /* one a block, by task, then by need */
    size_t count;
    size_t kept_count;
    enum layout_lock_step step;
    uint64_t used_bytes;     /* of the layout: from the kernel's end to the last block's, over all
                                memories */
    uint64_t unlocked_bytes; /* what the budget was compared with: the same of the unlocked layout;
                                0: there is none */
};

/* Packs the blocks of all tasks, most of them where they were.
 *
 * A block stays, range and regions, as long as it holds its need and is legal; what padding it had
 * is kept. Where all blocks can stay and none is new, nothing moves, whatever the budget says.
 * Otherwise as few are placed anew as lead to a layout within the budget: see enum
 * layout_lock_step.
 * Shape:  locked[0..locked_count) in any order; indices valid; a task has at most one block a
 *         memory. `ret_moves` and *ret live in `arena`.
 * Units:  bytes; target addresses; ranges half-open.
 * Errors: as layout_solve; layout-lock-moved when strict, for each locked block that could not
 *         stay. *ret and *ret_moves are untouched on failure. */
MUST_CHECK bool layout_solve_locked(const struct layout_request *request,
                                    const struct layout_locked_block *locked, size_t locked_count,
                                    const struct layout_lock_policy *policy, struct arena *arena,
                                    struct layout *ret, struct layout_moves *ret_moves,
                                    struct diag_list *diags);

/* The blocks of a layout, as a lock keeps them: by task, then by need. */
const struct layout_locked_block *layout_lock(const struct layout *layout, struct arena *arena,
                                              size_t *ret_count);

#endif
