#include "cli/signing/image_mcuboot.h"

#include <inttypes.h>
#include <string.h>

_Static_assert((int)MANIFEST_MCUBOOT_TLV_BYTES == (int)MCUBOOT_RECORDS_BYTES_MOST,
               "the size reserved must be the size written");

/* ---- who signs ---- */

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

static bool read_input(struct invocation *invocation, enum signer_input *ret)
{
    const char *input = options_value(&invocation->options, "image-signer-input");
    const bool is_message = input != NULL && strcmp(input, "message") == 0;
    if (input != NULL && !is_message && strcmp(input, "digest") != 0) {
        command_usage(invocation, "unknown --image-signer-input '%s': expected digest or message",
                      input);
        return false;
    }
    *ret = is_message ? SIGNER_INPUT_MESSAGE : SIGNER_INPUT_DIGEST;
    return true;
}

bool image_mcuboot_open_signer(struct invocation *invocation, struct signer **ret,
                               enum exit_status *ret_status)
{
    const struct options *options = &invocation->options;
    struct signer_source source = {
        .key_path = options_value(options, "image-key"),
        .passphrase_path = options_value(options, "image-passphrase-file"),
        .command = options_value(options, "image-signer"),
        .public_path = options_value(options, "image-public"),
    };
    struct signer *signer = NULL;
    *ret_status = EXIT_USAGE;
    if (!check_company(invocation) || !read_input(invocation, &source.input))
        return false;
    if (is_asked_for(options)) {
        const struct source_pos named_at = {
            source.key_path != NULL ? source.key_path : source.public_path, 0, 0};
        if (!signer_open(invocation, &source, &signer, ret_status))
            return false;
        if (!mcuboot_check_key(signer_public(signer), named_at, invocation->diags)) {
            signer_close(signer);
            *ret_status = EXIT_INPUT;
            return false;
        }
    }
    *ret = signer;
    return true;
}

/* ---- the file ---- */

bool image_mcuboot_make(const struct mcuboot_image *image, struct signer *signer,
                        struct arena *arena, struct span *ret)
{
    const struct span message = mcuboot_message(image, arena);
    struct signature signature;
    if (signer == NULL) {
        *ret = mcuboot_file(message, NULL, NULL, arena);
        return true;
    }
    if (!signer_sign(signer, message, &signature))
        return false;
    *ret = mcuboot_file(message, signer_public(signer), &signature, arena);
    return true;
}

static void warn_of_others(struct build *build, const struct built_slot *built)
{
    const struct image *image = &built->image;
    for (size_t i = 0; i < image->part_count; i++) {
        const struct image_part *part = &image->parts[i];
        if (part->addr >= image->base && part->addr < image->end)
            continue;
        diag_add(build->diags, DIAG_WARNING, "mcuboot-partial", built->slot->manifest->mcuboot.pos,
                 "%s lies at 0x%08" PRIx64
                 ", outside the kernel's code memory, so it is not in the image for MCUboot",
                 part->owner, part->addr);
        diag_hint(build->diags, "flash it from another image file, such as image.hex");
        return;
    }
}

bool image_mcuboot_of_slot(struct build *build, const struct built_slot *built, struct span bin,
                           struct span *ret)
{
    const struct manifest *manifest = built->slot->manifest;
    const struct manifest_mcuboot *mcuboot = &manifest->mcuboot;
    const bool is_fixed = mcuboot->mode == MANIFEST_MCUBOOT_XIP && built->slot->image != NULL;
    const uint64_t header_addr = built->image.base - mcuboot->header.value;
    const struct mcuboot_image image = {
        .header_bytes = (uint32_t)mcuboot->header.value,
        .is_fixed = is_fixed,
        .load_addr = is_fixed ? (uint32_t)header_addr : 0,
        .erased = mcuboot->erased,
        .major = (uint8_t)manifest->major,
        .minor = (uint8_t)manifest->minor,
        .patch = (uint16_t)manifest->patch,
        .security_counter = (uint32_t)manifest->epoch,
        .body = bin,
    };
    warn_of_others(build, built);
    return image_mcuboot_make(&image, build->image_signer, build->arena, ret);
}
