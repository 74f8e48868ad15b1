/* Images for MCUboot, signed by whoever signs for a command. */
#ifndef CLI_SIGNING_IMAGE_MCUBOOT_H
#define CLI_SIGNING_IMAGE_MCUBOOT_H

#include "cli/build/build.h"
#include "cli/signing/signer.h"
#include "sign/image/mcuboot.h"

#define IMAGE_MCUBOOT_NAME "image.mcuboot.bin"

/* The options for a signature inside the image; signing an archive has others of its own. */
#define IMAGE_SIGNING_OPTIONS                                                                      \
    {"image-key", 0, OPTION_ONE, "KEY.pem", "private key to sign MCUboot's image with"},           \
        {"image-passphrase-file", 0, OPTION_ONE, "FILE",                                           \
         "its passphrase is the first line of FILE (default: ask at the terminal)"},               \
        {"image-signer", 0, OPTION_ONE, "COMMAND", "command that signs it, run by /bin/sh"},       \
        {"image-public", 0, OPTION_ONE, "KEY",                                                     \
         "with --image-signer: its public key or certificate"},                                    \
    {                                                                                              \
        "image-signer-input", 0, OPTION_ONE, "digest|message",                                     \
            "what COMMAND reads from standard input (default digest)"                              \
    }

/* Opens the signer that the options name; *ret is NULL when there is none. It must be closed.
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
 * Errors: those of signer_sign. Warns (mcuboot-partial) when code lies in another memory. */
MUST_CHECK bool image_mcuboot_of_slot(struct build *build, const struct built_slot *built,
                                      struct span bin, struct span *ret);

#endif
