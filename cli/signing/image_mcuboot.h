/* Images for MCUboot, and the signer that a command's options name. */
#ifndef CLI_SIGNING_IMAGE_MCUBOOT_H
#define CLI_SIGNING_IMAGE_MCUBOOT_H

#include "cli/build/build.h"
#include "cli/signing/signer.h"
#include "sign/image/mcuboot.h"

#define IMAGE_MCUBOOT_NAME "image.mcuboot.bin"

/* The options for a signature inside the image; signing an archive has its own options. */
#define IMAGE_SIGNING_OPTIONS                                                                      \
    {"image-key", 0, OPTION_ONE, "KEY.pem", "sign the image for MCUboot with this private key"},   \
        {"image-passphrase-file", 0, OPTION_ONE, "FILE",                                           \
         "read its passphrase from the first line of FILE (default: ask)"},                        \
        {"image-signer", 0, OPTION_ONE, "COMMAND", "sign it with this command, run by /bin/sh"},   \
        {"image-public", 0, OPTION_ONE, "KEY",                                                     \
         "with --image-signer: its public key or certificate"},                                    \
    {                                                                                              \
        "image-signer-input", 0, OPTION_ONE, "digest|message",                                     \
            "what COMMAND reads from standard input (default digest)"                              \
    }

/* Opens the signer that the options name; *ret is NULL if they name none. It must be closed.
 * Errors: usage, those of signer_open, mcuboot-key; *ret_status is EXIT_USAGE or EXIT_INPUT then.
 */
MUST_CHECK bool image_mcuboot_open_signer(struct invocation *invocation, struct signer **ret,
                                          enum exit_status *ret_status);

/* Makes the file.
 * Shape:  signer NULL: unsigned.
 * Errors: those of signer_sign. */
MUST_CHECK bool image_mcuboot_make(const struct mcuboot_image *image, struct signer *signer,
                                   struct arena *arena, struct span *ret);

/* Makes the file of a built image slot.
 * Shape:  bin: its image.bin.
 * Errors: those of signer_sign. Warns (mcuboot-partial) when code is in another memory. */
MUST_CHECK bool image_mcuboot_of_slot(struct build *build, const struct built_slot *built,
                                      struct span bin, struct span *ret);

#endif
