/* The differences between two plans of a board. */
#ifndef CLI_PLAN_PLAN_DIFF_H
#define CLI_PLAN_PLAN_DIFF_H

#include "cli/plan/board_plan.h"

/* Lines of text: for each memory the bytes in use, padding and gaps, for each task the slots and
 * blocks, where they differ; tasks and memories are matched by name. */
const char *plan_diff_text(const struct plan *before, const struct plan *after,
                           struct arena *arena);

#endif
