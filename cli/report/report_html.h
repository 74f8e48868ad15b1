/* report.html: where memory went, as one page that needs nothing else. */
#ifndef CLI_REPORT_REPORT_HTML_H
#define CLI_REPORT_REPORT_HTML_H

#include "base/arena.h"
#include "cli/report/report_model.h"

/* A page for a browser: memory maps, a treemap of what the bytes are, MPU slots, tables, a search.
 * It carries its style, its script and its data (cli/report_page/), loads nothing, and forbids the
 * browser to do so or to run any other script. */
const char *report_html(const struct report *report, struct arena *arena);

#endif
