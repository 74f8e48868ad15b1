/* The data that a report's page carries. */
#ifndef CLI_REPORT_REPORT_PAGE_DATA_H
#define CLI_REPORT_REPORT_PAGE_DATA_H

#include "base/arena.h"
#include "cli/report/report_model.h"

/* A report as JSON that is smaller than report.json and can stand inside an HTML script element: it
 * has no `<`, `>` or `&`, and nothing but ASCII. */
const char *report_page_data(const struct report *report, struct arena *arena);

#endif
