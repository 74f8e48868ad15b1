/* Whether the programs in an archive, elf/kernel.elf and elf/tasks/NAME.elf, are the image's.
 */
#ifndef CLI_ARCHIVE_CHECK_PROGRAMS_H
#define CLI_ARCHIVE_CHECK_PROGRAMS_H

#include "cli/archive/checking.h"

/* Checks that each program loads only bytes that are in the image, that there is exactly one
 * program for each task in the kernel's tables, that the kernel's header is where the image has it,
 * and that the image has no other bytes, except the info block.
 * Shape:  all of `checking` is set.
 * Errors: archive-member-missing, program-malformed, program-machine, program-entry (of the
 *         kernel), program-bytes, program-missing, program-unknown, header-place, image-no-program.
 */
MUST_CHECK bool check_programs(struct checking *checking);

#endif
