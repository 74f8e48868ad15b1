/* Why a task's blocks are where they are, in words. */
#ifndef CLI_PLAN_EXPLAIN_TEXT_H
#define CLI_PLAN_EXPLAIN_TEXT_H

#include "cli/plan/board_plan.h"

const char *explain_text_of_task(const struct plan *plan, size_t task, struct arena *arena);

#endif
