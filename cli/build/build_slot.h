/* Building one image slot: from programs to an image with its ID, in memory. */
#ifndef CLI_BUILD_BUILD_SLOT_H
#define CLI_BUILD_BUILD_SLOT_H

#include "cli/build/build.h"

/* Links every program of a slot, lays them out, and makes tables, kernel, image and ID.
 * Shape:  *ret lives in build->arena.
 * Errors: those of the linker and the solver; kernel-over-size, kernel-no-header, build-unsettled.
 */
MUST_CHECK bool build_slot(struct build *build, const struct plan_slot *slot,
                           struct built_slot *ret);

#endif
