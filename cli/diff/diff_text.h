/* What changed between two images, as text. */
#ifndef CLI_DIFF_DIFF_TEXT_H
#define CLI_DIFF_DIFF_TEXT_H

#include "cli/diff/diff_model.h"

/* The images' identities; each memory; unchanged tasks whose region boundaries moved; each program
 * that changed; the largest symbol changes, at most symbols_most. */
const char *diff_text(const struct diff *diff, size_t symbols_most, struct arena *arena);

#endif
