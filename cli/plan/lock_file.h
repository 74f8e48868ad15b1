/* imgbuild.lock: the address of every block, kept beside the manifest so that layouts stay stable.
 *
 *   imgbuild_lock: 1
 *   boards:
 *     NAME:
 *       headroom: 3%
 *       images:
 *         SLOT:                      `image` for a board without image slots
 *           TASK: {MEMORY: {base: ADDRESS, size: BYTES}, ...}
 *
 * Boards, slots, tasks and memories are in byte order of their names.
 */
#ifndef CLI_PLAN_LOCK_FILE_H
#define CLI_PLAN_LOCK_FILE_H

#include "cli/plan/board_plan.h"

struct lock_file {
    const char *path;
    enum plan_locking locking; /* what the command line asks for */
    bool is_updated;           /* write it after the build */
    struct layout_lock_policy policy;
    const struct node *root; /* as read; NULL: no file */
};

/* "3%" or "2.5%", up to 100%, in thousandths; false for any other text. */
MUST_CHECK bool lock_file_per_mille(const char *text, uint64_t *ret);

enum { LOCK_BUDGET_PER_MILLE = 20 }; /* default for the extra waste allowed */

/* The policy of `--locked`, `--locked=2%` and `--locked=strict`; false for any other value. */
MUST_CHECK bool lock_file_ask_locked(const char *value, struct lock_file *file);

/* Reads the lock beside a manifest, if there is one.
 * Shape:  *file has locking, is_updated and policy as the command line says; path and root are set,
 *         and the policy's headroom where it was not given.
 * Errors: lock-missing (PLAN_LOCKED, but no file, or no entry for this board), lock-form, yaml-…,
 *         file-…. */
MUST_CHECK bool lock_file_read(const char *manifest_path, const struct manifest *manifest,
                               struct arena *arena, struct lock_file *file,
                               struct diag_list *diags);

/* The lock's blocks for one image slot; those of tasks or memories that no longer exist are left
 * out. */
struct plan_lock lock_file_of_slot(const struct lock_file *file, const struct plan_slot *slot,
                                   struct arena *arena);

/* The text of the file with this board's layouts updated; other boards keep theirs.
 * Shape:  slots[i] was laid out as plans[i]. */
const char *lock_file_text(const struct lock_file *file, const struct plan_slot *const *slots,
                           const struct plan *const *plans, size_t count, struct arena *arena);

#endif
