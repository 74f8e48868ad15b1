/* The data in a report's page. */
#ifndef CLI_REPORT_REPORT_PAGE_DATA_H
#define CLI_REPORT_REPORT_PAGE_DATA_H

#include "base/arena.h"
#include "cli/report/report_model.h"

/* A report as JSON that is smaller than report.json and safe inside an HTML script element: ASCII
 * only, without `<`, `>` or `&`. */
const char *report_page_data(const struct report *report, struct arena *arena);

#endif
