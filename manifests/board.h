/* From the text of a board file to a struct manifest. */
#ifndef MANIFESTS_BOARD_H
#define MANIFESTS_BOARD_H

#include "base/span.h"
#include "manifests/model/manifest.h"

/* Like manifest_load_with, from text in memory and without any access to files: `inherit` and a
 * chip file are reported as missing. For fuzzing and tests. */
MUST_CHECK bool board_load_text(struct arena *arena, const char *name, struct span text,
                                const struct manifest_options *options, struct manifest *ret,
                                struct diag_list *diags);

#endif
