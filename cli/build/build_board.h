/* Building all image slots of a board: from objects to files on disk. */
#ifndef CLI_BUILD_BUILD_BOARD_H
#define CLI_BUILD_BUILD_BOARD_H

#include "cli/build/build.h"

/* Builds what changed since the last build in the same folder, and lets all outputs appear
 * together.
 * Shape:  build: everything up to `lock` is set, the work folder is there and locked by this
 *         process. *ret_summary: lines to print.
 * Errors: of every stage; outputs stay as they were then. */
MUST_CHECK bool build_board(struct build *build, const char **ret_summary);

#endif
