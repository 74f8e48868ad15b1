/* What a linker that failed wanted to say. */
#ifndef LINKER_LINK_LINK_REPORT_H
#define LINKER_LINK_LINK_REPORT_H

#include "linker/link/link_step.h"

/* By how much each memory of a program overflows, from the linker's words: one entry a memory,
 * however often they name it.
 * Shape:  *ret_count entries, in the order of program->memories. */
const struct link_overflow *link_report_overflows(struct arena *arena,
                                                  const struct program *program, struct span words,
                                                  size_t *ret_count);

/* Appends what a failed step means: one diagnostic in words with the linker's own as its quote.
 * Errors: link-overflow, link-undefined-symbol, link-duplicate-symbol, link-object-missing,
 *         link-wrong-machine, link-script, link-crashed, link-failed, linked-entry,
 *         linked-orphan-section. */
void link_report(struct arena *arena, const struct link_step *step, struct diag_list *diags);

/* Appends whatever a step that succeeded printed, equal lines once, as link-warning of a level;
 * once a program, however often it is linked. */
void link_report_words(struct arena *arena, const struct link_step *step, enum diag_level level,
                       struct diag_list *diags);

#endif
