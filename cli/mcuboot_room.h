/* What MCUboot takes of the kernel's code memory. */
#ifndef CLI_MCUBOOT_ROOM_H
#define CLI_MCUBOOT_ROOM_H

#include "manifests/manifest.h"

/* The memories of an image slot with room left for MCUboot: the header in front of the kernel,
 * counted as skipped; records and trailer at the end of its memory, as a hole. So every stage, the
 * solver first, keeps out of both.
 * Shape:  memories: as manifest->memories; those of the result live in `arena`, or are the same
 *         when the board has no key `mcuboot`. */
const struct manifest_memory *mcuboot_room_reserve(const struct manifest *manifest,
                                                   const struct manifest_memory *memories,
                                                   struct arena *arena);

#endif
