/* Which blocks of a lock can stay where they were, and why the others cannot. */
#ifndef LAYOUT_STABILITY_KEEP_H
#define LAYOUT_STABILITY_KEEP_H

#include "layout/search/problem.h"
#include "layout/stability/moves.h"

/* One block that the request asks for. */
struct keep_block {
    size_t task;
    size_t need;
    bool has_old;
    size_t memory;                  /* of old */
    struct layout_range old;        /* in bytes, where the lock has it */
    uint32_t slots;                 /* that the old range takes; set when it can stay */
    enum layout_move_reason reason; /* LAYOUT_STAYED: it can stay, or there is no old range */
    uint64_t bytes;                 /* as in struct layout_move, the next too */
    size_t other;
    bool is_pinned; /* the request says where it begins; if it cannot stay it lies here: */
    size_t pinned_memory;
    struct layout_range pinned; /* in bytes */
    uint32_t pinned_slots;
    const struct piece *pinned_piece;
};

/* How a pinned block that cannot stay is placed where its task has too few slots for all. */
enum keep_pins {
    KEEP_PINS_SHORT,         /* as the solver has it; another block of the task gives way */
    KEEP_PINS_IN_FEW_REGIONS /* if it can, longer and in fewer regions, so that the others stay */
};

struct keep {
    struct keep_block *blocks; /* by task, then by need */
    size_t count;
    const size_t *first;  /* [task] in blocks */
    bool has_longer_pins; /* KEEP_PINS_IN_FEW_REGIONS made a difference */
};

/* Finds the locked block of each need, and whether it can stay together with all others that can.
 * Of two that exclude each other the lower one stays, the choice does not depend on the order of
 * tasks. problem: the request's; layout: a layout of it without a lock, to tell which of a task's
 * blocks is which where both may lie in several memories; NULL: there is none. */
struct keep keep_find(const struct problem *problem, const struct layout_locked_block *locked,
                      size_t locked_count, const struct layout *layout, enum keep_pins pins,
                      struct arena *arena);

/* Whether a block may be left where the lock has it. */
bool keep_can_stay(const struct keep_block *block);

/* Where the block number `index` of a problem for the same tasks stands in keep.blocks. */
size_t keep_index(const struct keep *keep, const struct problem *problem, size_t index);

#endif
