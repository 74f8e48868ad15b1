/* Running the linker only where something changed. */
#ifndef CLI_BUILD_BUILD_LINK_H
#define CLI_BUILD_BUILD_LINK_H

#include "cli/build/build.h"

/* Runs the steps whose results are not up to date, and records what they read.
 * Shape:  `what` is shown in the progress line.
 * Errors: those of link_run and link_report. */
MUST_CHECK bool build_link_steps(struct build *build, struct link_step *steps, size_t count,
                                 const char *what);

#endif
