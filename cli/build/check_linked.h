/* What is refused, or warned of, once all programs of an image slot are linked at their places. */
#ifndef CLI_BUILD_CHECK_LINKED_H
#define CLI_BUILD_CHECK_LINKED_H

#include "cli/build/slot_build.h"

/* Looks at every program, on every build, whether it was linked now or earlier.
 * Errors: link-wrong-processor, link-wrong-machine, kernel-vectors, kernel-entry; the warning
 *         constructors-not-run, whose severity the manifest may change. */
MUST_CHECK bool check_linked(struct slot_build *slot);

/* Checks that the kernel can begin where its memory begins, behind what `skip` leaves to a boot
 * loader.
 * Errors: kernel-moved (says which numbers would do). */
MUST_CHECK bool check_linked_kernel_fits_start(const struct slot_build *slot);

#endif
