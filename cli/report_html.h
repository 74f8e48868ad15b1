/* report.html: where memory went, as one page that needs nothing else. */
#ifndef CLI_REPORT_HTML_H
#define CLI_REPORT_HTML_H

#include "cli/plan.h"

/* A self-contained page: for each memory a bar to scale and a table whose rows add up to it, and
 * the tasks' regions. */
const char *report_html_of(const struct plan_slot *slot, const struct plan *plan, const char *id,
                           struct arena *arena);

#endif
