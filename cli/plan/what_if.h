/* `layout --set`: a board with changes applied. */
#ifndef CLI_PLAN_WHAT_IF_H
#define CLI_PLAN_WHAT_IF_H

#include "cli/plan/plan_sizes.h"

/* Settings: some change the manifest, the others the sizes of its tasks. */
struct what_if {
    const struct manifest_setting *manifest; /* KEY=VALUE */
    size_t manifest_count;
    const struct manifest_setting *sizes; /* TASK.MEMORY=BYTES, +BYTES or -BYTES */
    size_t size_count;
};

/* Sorts settings, KEY=VALUE, by what they mean to a board. */
struct what_if what_if_of(const struct manifest_setting *settings, size_t count,
                          const struct manifest *manifest, struct arena *arena);

/* Changes sizes as the settings say.
 * Shape:  *sizes: of `manifest`, which has the manifest's settings applied already.
 * Errors: usage (not a number, or a size would become negative). */
MUST_CHECK bool what_if_apply(const struct what_if *what_if, const struct manifest *manifest,
                              struct arena *arena, struct plan_sizes *sizes,
                              struct diag_list *diags);

#endif
