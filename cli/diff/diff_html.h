/* What changed between two images, as a page. */
#ifndef CLI_DIFF_DIFF_HTML_H
#define CLI_DIFF_DIFF_HTML_H

#include "cli/diff/diff_model.h"

/* One self-contained file without scripts. It looks like a report's page. Symbols, at most
 * symbols_most, are folded. */
const char *diff_html(const struct diff *diff, size_t symbols_most, struct arena *arena);

#endif
