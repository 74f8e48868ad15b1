/* Prelinking: each task's objects joined into one, once for all image slots. */
#ifndef CLI_BUILD_BUILD_PRELINK_H
#define CLI_BUILD_BUILD_PRELINK_H

#include "cli/build/build.h"

/* Prelinks every task that needs it and sets build->prelinked and build->prelink_maps.
 * Errors: those of link_run and link_report. */
MUST_CHECK bool build_prelink(struct build *build);

#endif
