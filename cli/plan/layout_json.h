/* A layout as JSON, the form that other programs read. */
#ifndef CLI_PLAN_LAYOUT_JSON_H
#define CLI_PLAN_LAYOUT_JSON_H

#include "cli/plan/board_plan.h"

/* The text of layout.json, ending in a newline. Kernel needs are as linked, tasks' rounded up to
 * the MPU's step. */
const char *layout_json(const struct plan_slot *slot, const struct plan *plan, struct arena *arena);

#endif
