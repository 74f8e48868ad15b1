/* A layout as JSON, for other programs to read. */
#ifndef CLI_PLAN_LAYOUT_JSON_H
#define CLI_PLAN_LAYOUT_JSON_H

#include "cli/plan/board_plan.h"

/* The text of layout.json, ending in a newline. The kernel's needs are as linked, the tasks' are
 * rounded up to the MPU's granularity. */
const char *layout_json(const struct plan_slot *slot, const struct plan *plan, struct arena *arena);

#endif
