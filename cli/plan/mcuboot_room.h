/* The part of the kernel's code memory that MCUboot uses. */
#ifndef CLI_PLAN_MCUBOOT_ROOM_H
#define CLI_PLAN_MCUBOOT_ROOM_H

#include "cli/plan/plan_sizes.h"

/* The memories of an image slot with room left for MCUboot: the header in front of the kernel,
 * counted as skipped; records and trailer at the end of its memory, as a hole. So every stage,
 * starting with the solver, avoids both.
 * Shape:  memories: as manifest->memories; those of the result live in `arena`, or are the same
 *         when the board has no key `mcuboot`. They are what the functions below take. */
const struct manifest_memory *mcuboot_room_reserve(const struct manifest *manifest,
                                                   const struct manifest_memory *memories,
                                                   struct arena *arena);

/* Checks that a kernel of this size and alignment can start right after the header, where MCUboot
 * starts it; without a key `mcuboot` there is nothing to check.
 * Errors: mcuboot-header-size (says which size works). */
MUST_CHECK bool mcuboot_room_check_header(const struct manifest *manifest,
                                          const struct manifest_memory *memories,
                                          const struct plan_program_sizes *kernel,
                                          struct diag_list *diags);

/* Adds a note of what MCUboot uses, if one of the diagnostics from `first` on says that a layout
 * did not fit. */
void mcuboot_room_note(const struct manifest *manifest, const struct manifest_memory *memories,
                       struct diag_list *diags, size_t first);

/* Checks that the finished image does start there.
 * Errors: mcuboot-base. */
MUST_CHECK bool mcuboot_room_check_base(const struct manifest *manifest,
                                        const struct manifest_memory *memories, uint64_t image_base,
                                        struct diag_list *diags);

#endif
