/* Keeping a layout stable: blocks stay where a lock says they were, as far as that is not too dear.
 */
#ifndef LAYOUT_STABILITY_LOCK_H
#define LAYOUT_STABILITY_LOCK_H

#include "layout/stability/enlarge.h"
#include "layout/stability/moves.h"

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
