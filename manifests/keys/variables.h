/* ${name} in paths and in the toolchain. */
#ifndef MANIFESTS_KEYS_VARIABLES_H
#define MANIFESTS_KEYS_VARIABLES_H

#include "manifests/model/manifest.h"

/* Replaces each ${name} by its value, and $$ by one $.
 * Errors: manifest-undefined-variable (for a build; for a plan the name is left as it is),
 *         manifest-bad-variable. */
MUST_CHECK bool variables_replace(struct arena *arena, const struct manifest_options *options,
                                  const char *text, struct source_pos pos, const char **ret,
                                  struct diag_list *diags);

#endif
