/* The layout, and the link of every program at its final addresses. */
#ifndef CLI_BUILD_BUILD_FINAL_H
#define CLI_BUILD_BUILD_FINAL_H

#include "cli/build/slot_build.h"

/* Lays the programs out, links them there, and starts again if one turns out larger.
 * Errors: build-unsettled; those of plan_layout, build_tables, build_link_steps and
 *         slot_build_read. */
MUST_CHECK bool build_final(struct slot_build *slot);

#endif
