/* What is different between two plans of a board. */
#ifndef CLI_PLAN_PLAN_DIFF_H
#define CLI_PLAN_PLAN_DIFF_H

#include "cli/plan/board_plan.h"

/* Lines of text: for each memory bytes in use, padding and gaps, for each task slots and blocks,
 * where they differ; tasks and memories are told apart by name. */
const char *plan_diff_text(const struct plan *before, const struct plan *after,
                           struct arena *arena);

#endif
