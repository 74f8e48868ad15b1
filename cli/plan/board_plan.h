/* The plan of a build: a manifest and sizes become a layout request, and that a verified layout. */
#ifndef CLI_PLAN_BOARD_PLAN_H
#define CLI_PLAN_BOARD_PLAN_H

#include "layout/model/layout.h"
#include "layout/stability/lock.h"
#include "manifests/model/manifest.h"

/* What one program needs of one memory. */
struct plan_size {
    size_t memory; /* index into manifest->memories */
    uint64_t bytes;
    uint64_t align_bytes;             /* power of two */
    const struct layout_range *uncut; /* offsets in the block of what must lie in one region */
    size_t uncut_count;
};

struct plan_program_sizes {
    const struct plan_size *items; /* distinct memories, none of 0 bytes */
    size_t count;
};

struct plan_sizes {
    struct plan_program_sizes kernel;
    struct plan_program_sizes *tasks; /* as manifest->tasks */
};

/* One image slot to be laid out. */
struct plan_slot {
    const struct manifest *manifest;
    const struct manifest_image *image;     /* NULL: the only one, without a name */
    const struct manifest_memory *memories; /* as this slot has them, less what MCUboot takes */
    const char *name;                       /* "" without image slots */
};

/* How a layout heeds what lay where before. */
enum plan_locking {
    PLAN_FREE,         /* not at all */
    PLAN_LOCKED,       /* keeps what the lock says, within its policy */
    PLAN_WITH_HEADROOM /* leaves the tasks room to grow, for a new lock */
};

struct plan_lock {
    enum plan_locking locking;
    const struct layout_locked_block *blocks; /* of one image slot */
    size_t block_count;
    struct layout_lock_policy policy; /* its headroom serves PLAN_WITH_HEADROOM too */
};

struct plan {
    struct layout_request request;
    struct layout layout;
    bool is_locked;
    struct layout_moves moves; /* when it is locked */
};

/* The slots that the board builds, in the manifest's order; one without a name when it names none.
 * Shape:  *ret: `*ret_count` slots in `arena`, at least one. */
void plan_slots(const struct manifest *manifest, struct arena *arena, struct plan_slot **ret,
                size_t *ret_count);

/* The sizes that a file of `layout --sizes` gives. The kernel's sizes are the manifest's where the
 * file has none. */
struct plan_sizes plan_sizes_from(const struct manifest *manifest,
                                  const struct manifest_sizes *sizes, struct arena *arena);

/* The question for the solver.
 * Shape:  lives in `arena`; names point into the manifest. */
struct layout_request plan_request(const struct plan_slot *slot, const struct plan_sizes *sizes,
                                   struct arena *arena);

/* Checks sizes against the limits, asks the solver, and has its answer verified.
 * Shape:  lock NULL: PLAN_FREE.
 * Errors: task-over-limit, those of layout_solve, layout_solve_locked and layout_verify, at the
 * manifest. */
MUST_CHECK bool plan_layout(const struct plan_slot *slot, const struct plan_sizes *sizes,
                            const struct plan_lock *lock, struct arena *arena, struct plan *ret,
                            struct diag_list *diags);

#endif
