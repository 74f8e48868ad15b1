/* Whether the programs in an archive, elf/kernel.elf and elf/tasks/NAME.elf, are those of its
 * image.
 */
#ifndef CLI_ARCHIVE_CHECK_PROGRAMS_H
#define CLI_ARCHIVE_CHECK_PROGRAMS_H

#include "cli/archive/checking.h"

/* Checks that each program loads bytes that the image has too, that there is one for each task of
 * the kernel's tables and no other, that the kernel has its header where the image has it, and that
 * the image has no byte besides, but for the info block.
 * Shape:  all of `checking` is set.
 * Errors: archive-member-missing, program-malformed, program-machine, program-entry (of
 *         the kernel), program-bytes, program-missing, program-unknown, header-place,
 * image-no-program. */
MUST_CHECK bool check_programs(struct checking *checking);

#endif
