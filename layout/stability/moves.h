/* What a lock holds, what it allows, and what became of its blocks. */
#ifndef LAYOUT_STABILITY_MOVES_H
#define LAYOUT_STABILITY_MOVES_H

#include "layout/model/layout.h"

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
    LAYOUT_STEP_FEW,    /* and up to 6 others, any that save most */
    LAYOUT_STEP_MORE,   /* and up to 8 of the highest in each memory */
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
                                0: there is none, or nothing moved */
};

#endif
