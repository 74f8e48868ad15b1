/* Building all image slots of a board: from objects to files on disk. */
#ifndef CLI_BUILD_BUILD_BOARD_H
#define CLI_BUILD_BUILD_BOARD_H

#include "cli/build/build.h"

/* Builds what changed since the last build in the same folder, and replaces all outputs together.
 * Shape:  build: everything up to `lock` is set, the work folder is there and locked by this
 *         process. *ret_summary: lines to print.
 * Errors: those of every stage; the outputs are unchanged then. */
MUST_CHECK bool build_board(struct build *build, const char **ret_summary);

#endif
