/* The report of a plan: everything except the contents of programs. */
#ifndef CLI_REPORT_REPORT_PLAN_H
#define CLI_REPORT_REPORT_PLAN_H

#include "cli/plan/board_plan.h"
#include "cli/report/report_model.h"

/* Shape:  lives in `arena`, names may point into the manifest; no ID, blocks without sections and
 * linked bytes. The programs are those of the manifest: [1 + i] is task i. */
struct report report_of_plan(const struct plan_slot *slot, const struct plan *plan,
                             struct arena *arena);

#endif
