/* What changed between two images, for a pull request. */
#ifndef CLI_DIFF_DIFF_MARKDOWN_H
#define CLI_DIFF_DIFF_MARKDOWN_H

#include "cli/diff/diff_model.h"

/* GitHub's Markdown: a summary, a table for each memory, a table of changes in the programs, and
 * the largest symbol changes, at most symbols_most, folded.
 * Source: GitHub Flavored Markdown Spec 0.29, 2.4, 4.6, 4.10. */
const char *diff_markdown(const struct diff *diff, size_t symbols_most, struct arena *arena);

#endif
