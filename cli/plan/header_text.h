/* C headers with the numbers of a build. */
#ifndef CLI_PLAN_HEADER_TEXT_H
#define CLI_PLAN_HEADER_TEXT_H

#include "cli/plan/task_symbols.h"

/* Errors: symbol-collision. *ret is untouched on failure. */
MUST_CHECK bool header_text_of_task(const struct plan_slot *slot, size_t task, struct arena *arena,
                                    const char **ret, struct diag_list *diags);
MUST_CHECK bool header_text_of_kernel(const struct plan_slot *slot, struct arena *arena,
                                      const char **ret, struct diag_list *diags);

#endif
