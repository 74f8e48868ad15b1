/* The options that the commands around signatures share. */
#ifndef CLI_SIGN_OPTIONS_H
#define CLI_SIGN_OPTIONS_H

#include "cli/command.h"
#include "cli/signing/sign_target.h"
#include "cli/signing/signer.h"

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

/* Opens the signer of the image that the options name; *ret is NULL when there is none. It must be
 * closed.
 * Errors: usage, those of signer_open, mcuboot-key; *ret_status is EXIT_USAGE or EXIT_INPUT then.
 */
MUST_CHECK bool sign_options_open_image_signer(struct invocation *invocation, struct signer **ret,
                                               enum exit_status *ret_status);

/* Reads what a command that signs gets, digest or message, by the value of `option`.
 * Errors: usage. */
MUST_CHECK bool sign_options_read_input(struct invocation *invocation, const char *option,
                                        enum signer_input *ret);

/* Opens the archive that the first word names, to be written to --output or to the same place.
 * Errors: those of sign_target_open. */
MUST_CHECK bool sign_options_open_target(struct invocation *invocation, enum sign_target_use use,
                                         struct sign_target *ret);

/* Reads the certificate chain that --cert names; empty without that option.
 * Errors: file-…, those of chain_read. */
MUST_CHECK bool sign_options_read_chain(struct invocation *invocation, struct span *ret);

/* Reads the public key, or the certificate's, that --public names.
 * Errors: file-…, key-…. */
MUST_CHECK bool sign_options_read_public(struct invocation *invocation, struct public_key *ret);

/* What became of an archive. */
struct sign_news {
    enum signing signing;
    const struct public_key *key;
    const char *chain_change; /* of sign_target_chain_change */
};

/* Prints one line: what happened, the key, what happened to its chain, and the file. */
MUST_CHECK bool sign_options_tell(struct invocation *invocation, const struct sign_target *target,
                                  const struct sign_news *news);

#endif
