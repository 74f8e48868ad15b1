/* Images for MCUboot, signed by whoever signs for a command. */
#ifndef CLI_SIGNING_IMAGE_MCUBOOT_H
#define CLI_SIGNING_IMAGE_MCUBOOT_H

#include "cli/build/build.h"
#include "cli/signing/signer.h"
#include "sign/image/mcuboot.h"

#define IMAGE_MCUBOOT_NAME "image.mcuboot.bin"

/* Makes the file. Shape: signer NULL: unsigned. Errors: those of signer_sign. */
MUST_CHECK bool image_mcuboot_make(const struct mcuboot_image *image, struct signer *signer,
                                   struct arena *arena, struct span *ret);

/* Makes the file of a built image slot.
 * Shape:  bin: its image.bin.
 * Errors: those of signer_sign. Warns (mcuboot-partial) when code lies in another memory. */
MUST_CHECK bool image_mcuboot_of_slot(struct build *build, const struct built_slot *built,
                                      struct span bin, struct span *ret);

#endif
