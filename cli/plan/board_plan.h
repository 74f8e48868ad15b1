/* The plan of a build: from a manifest and sizes to a layout request, and from that to a verified
 * layout. */
#ifndef CLI_PLAN_BOARD_PLAN_H
#define CLI_PLAN_BOARD_PLAN_H

#include "cli/plan/plan_sizes.h"
#include "cli/plan/plan_slot.h"

#include "layout/model/layout.h"
#include "layout/stability/lock.h"

/* How a layout follows the lock. */
enum plan_locking {
    PLAN_FREE,         /* not at all */
    PLAN_LOCKED,       /* keeps blocks where the lock has them, within its policy */
    PLAN_WITH_HEADROOM /* leaves tasks room to grow, for a new lock */
};

struct plan_lock {
    enum plan_locking locking;
    const struct layout_locked_block *blocks; /* of one image slot */
    size_t block_count;
    struct layout_lock_policy policy; /* its headroom applies to PLAN_WITH_HEADROOM, too */
    uint32_t effort;                  /* as in struct layout_request */
};

struct plan {
    struct layout_request request;
    struct layout layout;
    bool is_locked;
    struct layout_moves moves; /* when it is locked */
    bool is_overflowing;       /* it does not fit: see plan_overflowing */
};

/* The request for the solver.
 * Shape:  lives in `arena`; names point into the manifest. */
struct layout_request plan_request(const struct plan_slot *slot, const struct plan_sizes *sizes,
                                   struct arena *arena);

/* Checks sizes against the limits, runs the solver, and verifies its result.
 * Shape:  lock NULL: PLAN_FREE.
 * Errors: task-over-limit, those of layout_solve, layout_solve_locked and layout_verify, at the
 * manifest. */
MUST_CHECK bool plan_layout(const struct plan_slot *slot, const struct plan_sizes *sizes,
                            const struct plan_lock *lock, struct arena *arena, struct plan *ret,
                            struct diag_list *diags);

/* The plan of a slot that does not fit, with blocks beyond the end of their memory: for reports
 * only. False, with *ret untouched, when something else is wrong with it. */
MUST_CHECK bool plan_overflowing(const struct plan_slot *slot, const struct plan_sizes *sizes,
                                 struct arena *arena, struct plan *ret);

#endif
