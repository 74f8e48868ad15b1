/* report.html: where the memory went, as one self-contained page. */
#ifndef CLI_REPORT_REPORT_HTML_H
#define CLI_REPORT_REPORT_HTML_H

#include "base/arena.h"
#include "cli/report/report_model.h"

/* A page for a browser: memory maps, a treemap of the bytes, MPU slots, tables, a search. It
 * contains its style, script and data (cli/report_page/), loads nothing, and forbids the browser to
 * load anything or run any other script. */
const char *report_html(const struct report *report, struct arena *arena);

#endif
