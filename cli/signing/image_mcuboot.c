#include "cli/signing/image_mcuboot.h"

#include <inttypes.h>

_Static_assert((int)MANIFEST_MCUBOOT_TLV_BYTES == (int)MCUBOOT_RECORDS_BYTES_MOST,
               "what is reserved is what is written");

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
                 "%s lies at 0x%08" PRIx64 ", outside of the kernel's code memory: it is not in "
                 "MCUboot's image",
                 part->owner, part->addr);
        diag_hint(build->diags, "flash it from another file of the image, such as image.hex");
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
