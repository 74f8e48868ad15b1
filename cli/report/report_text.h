/* Where the memory went, as text. */
#ifndef CLI_REPORT_REPORT_TEXT_H
#define CLI_REPORT_REPORT_TEXT_H

#include "cli/plan/board_plan.h"
#include "cli/report/report_model.h"

/* report.txt. The ID, if there is one; for each memory in use: ADDRESS SIZE ATTR OWNER NEED, rows
 * that add up to the memory; for each task and memory its need, size, limit and regions, and its
 * slots; for each program its sections, and the largest symbols of all. */
const char *report_text(const struct report *report, struct arena *arena);

/* The same for a plan, without what only a linked image has. */
const char *report_text_of_layout(const struct plan_slot *slot, const struct plan *plan,
                                  struct arena *arena);

/* A number of bytes with its unit where that is exact: "12K", "1M", "1536". */
const char *report_text_bytes(struct arena *arena, uint64_t bytes);

#endif
