#include "cli/sign_options.h"

#include "cli/signing/public_file.h"
#include "sign/certificates/public_key_file.h"
#include "sign/image/mcuboot.h"

#include <string.h>

/* ---- who signs the image ---- */

static bool is_asked_for(const struct options *options)
{
    return options_value(options, "image-key") != NULL ||
           options_value(options, "image-signer") != NULL;
}

/* Options that require other options, which are missing. */
static bool check_company(struct invocation *invocation)
{
    const struct options *options = &invocation->options;
    const bool has_key = options_value(options, "image-key") != NULL;
    const bool has_command = options_value(options, "image-signer") != NULL;
    if (has_key && has_command)
        command_usage(invocation, "give --image-key or --image-signer, not both");
    else if (!has_key && options_value(options, "image-passphrase-file") != NULL)
        command_usage(invocation, "--image-passphrase-file requires --image-key");
    else if (has_command != (options_value(options, "image-public") != NULL))
        command_usage(invocation, "--image-signer and --image-public must be given together");
    else if (!has_command && options_value(options, "image-signer-input") != NULL)
        command_usage(invocation, "--image-signer-input requires --image-signer");
    else
        return true;
    return false;
}

bool sign_options_open_image_signer(struct invocation *invocation, struct signer **ret,
                                    enum exit_status *ret_status)
{
    const struct options *options = &invocation->options;
    struct signer_source source = {
        .progress = &invocation->progress,
        .key_path = options_value(options, "image-key"),
        .passphrase_path = options_value(options, "image-passphrase-file"),
        .command = options_value(options, "image-signer"),
        .public_path = options_value(options, "image-public"),
    };
    struct signer *signer = NULL;
    *ret_status = EXIT_USAGE;
    if (!check_company(invocation) ||
        !sign_options_read_input(invocation, "image-signer-input", &source.input))
        return false;
    if (is_asked_for(options)) {
        const struct source_pos named_at = {
            source.key_path != NULL ? source.key_path : source.public_path, 0, 0};
        if (!signer_open(&source, invocation->arena, &signer, invocation->diags)) {
            *ret_status = EXIT_INPUT;
            return false;
        }
        if (!mcuboot_check_key(signer_public(signer), named_at, invocation->diags)) {
            signer_close(signer);
            *ret_status = EXIT_INPUT;
            return false;
        }
    }
    *ret = signer;
    return true;
}

bool sign_options_read_input(struct invocation *invocation, const char *option,
                             enum signer_input *ret)
{
    const char *input = options_value(&invocation->options, option);
    const bool is_message = input != NULL && strcmp(input, "message") == 0;
    if (input != NULL && !is_message && strcmp(input, "digest") != 0) {
        command_usage(invocation, "unknown --%s '%s': expected digest or message", option, input);
        return false;
    }
    *ret = is_message ? SIGNER_INPUT_MESSAGE : SIGNER_INPUT_DIGEST;
    return true;
}

/* ---- the archive ---- */

bool sign_options_open_target(struct invocation *invocation, enum sign_target_use use,
                              struct sign_target *ret)
{
    const char *path = invocation->options.words[0];
    const char *output_path = options_value(&invocation->options, "output");
    const struct sign_target_request request = {
        .path = path, .output_path = output_path == NULL ? path : output_path, .use = use};
    return sign_target_open(&request, invocation->arena, ret, invocation->diags);
}

bool sign_options_read_chain(struct invocation *invocation, struct span *ret)
{
    const char *path = options_value(&invocation->options, "cert");
    if (path != NULL)
        return public_file_read_chain(path, invocation->arena, ret, invocation->diags);
    *ret = (struct span){NULL, 0};
    return true;
}

bool sign_options_read_public(struct invocation *invocation, struct public_key *ret)
{
    const char *path = options_value(&invocation->options, "public");
    const struct source_pos named_at = {path, 0, 0};
    struct span pem;
    return public_file_read(path, invocation->arena, &pem, invocation->diags) &&
           public_key_file_read(pem, named_at, invocation->arena, ret, invocation->diags);
}

bool sign_options_tell(struct invocation *invocation, const struct sign_target *target,
                       const struct sign_news *news)
{
    if (invocation->terminal->verbosity == QUIET)
        return true;
    return terminal_print(
        invocation->terminal,
        arena_format(invocation->arena, "%s %s (%s)%s  %s\n",
                     news->signing == SIGNING_KEPT ? "already signed by" : "signed by",
                     news->key->id, key_kind_name(news->key->kind), news->chain_change,
                     target->output_path));
}
