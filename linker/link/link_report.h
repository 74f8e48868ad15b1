/* What a linker that failed wanted to say. */
#ifndef LINKER_LINK_LINK_REPORT_H
#define LINKER_LINK_LINK_REPORT_H

#include "linker/link/link.h"

/* By how much each memory of a program overflows, from the linker's words: one entry a memory,
 * however often they name it.
 * Shape:  *ret_count entries, in the order of program->memories. */
const struct link_overflow *link_report_overflows(struct arena *arena,
                                                  const struct program *program, struct span words,
                                                  size_t *ret_count);

/* Appends what a failed step means: one diagnostic in words with the linker's own as its quote. A
 * step that did not fail but printed something becomes a warning.
 * Errors: link-overflow, link-undefined-symbol, link-duplicate-symbol, link-object-missing,
 *         link-wrong-machine, link-script, link-crashed, link-failed, linked-entry,
 *         linked-orphan-section; warnings: link-warning. */
void link_report(struct arena *arena, const struct link_step *step, struct diag_list *diags);

#endif
