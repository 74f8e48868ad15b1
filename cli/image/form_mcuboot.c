#include "cli/image/form_mcuboot.h"

#include "sign/image/mcuboot.h"

#include <inttypes.h>

_Static_assert((int)MANIFEST_MCUBOOT_TLV_BYTES == (int)MCUBOOT_RECORDS_BYTES_MOST,
               "the size reserved must be the size written");

/* ---- making ---- */

static bool make(const struct mcuboot_image *image, const struct form_job *job, struct span *ret)
{
    const struct span message = mcuboot_message(image, job->arena);
    struct signature signature;
    if (job->signer == NULL) {
        *ret = mcuboot_file(message, NULL, NULL, job->arena);
        return true;
    }
    if (!job->signer->sign(job->signer->context, message, &signature))
        return false;
    *ret = mcuboot_file(message, job->signer->key, &signature, job->arena);
    return true;
}

static void warn_of_others(const struct form_job *job)
{
    const struct image *image = job->image;
    for (size_t i = 0; i < image->part_count; i++) {
        const struct image_part *part = &image->parts[i];
        if (part->addr >= image->base && part->addr < image->end)
            continue;
        diag_add(job->diags, DIAG_WARNING, "mcuboot-partial", job->slot->manifest->mcuboot.pos,
                 "%s lies at 0x%08" PRIx64
                 ", outside the kernel's code memory, so it is not in the image for MCUboot",
                 part->owner, part->addr);
        diag_hint(job->diags, "flash it from another image file, such as image.hex");
        return;
    }
}

bool form_mcuboot_make(const struct form_job *job, struct span *ret)
{
    const struct manifest_mcuboot *mcuboot = &job->slot->manifest->mcuboot;
    const bool is_fixed = mcuboot->mode == MANIFEST_MCUBOOT_XIP && job->slot->image != NULL;
    const uint64_t header_addr = job->image->base - mcuboot->header.value;
    const struct mcuboot_image image = {
        .header_bytes = (uint32_t)mcuboot->header.value,
        .is_fixed = is_fixed,
        .load_addr = is_fixed ? (uint32_t)header_addr : 0,
        .erased = mcuboot->erased,
        .major = (uint8_t)job->version.parts[0],
        .minor = (uint8_t)job->version.parts[1],
        .patch = (uint16_t)job->version.parts[2],
        .security_counter = (uint32_t)job->epoch,
        .body = job->bin,
    };
    warn_of_others(job);
    return make(&image, job, ret);
}

bool form_mcuboot_change(const struct form_job *before, const struct form_job *after,
                         struct span *ret)
{
    struct mcuboot_image image;
    bool is_signed;
    if (!mcuboot_read(before->found, before->pos, before->arena, &image, &is_signed, before->diags))
        return false;
    if (!span_equal(image.body, before->bin))
        return diag_error(before->diags, "info-form", before->pos,
                          "does not hold the bytes of image.elf");
    if (is_signed && after->signer == NULL) {
        diag_error(before->diags, "info-mcuboot-signed", before->pos,
                   "its signature covers the info block, so it must be signed again");
        diag_hint(before->diags, "add --image-key, or --image-signer and --image-public");
        return false;
    }
    image.body = after->bin;
    return make(&image, after, ret);
}

/* ---- checking ---- */

static bool differs(const struct form_job *job, const char *what)
{
    return diag_error(job->diags, "image-form", job->pos, "its %s differs from the image's", what);
}

static bool check_facts(const struct form_job *job, const struct mcuboot_image *inside)
{
    const uint64_t *parts = job->version.parts;
    if (!span_equal(inside->body, job->bin))
        return differs(job, "body");
    if (inside->major != parts[0] || inside->minor != parts[1] || inside->patch != parts[2])
        return differs(job, "version");
    if (inside->security_counter != job->epoch)
        return differs(job, "security counter");
    if (inside->is_fixed && (uint64_t)inside->load_addr + inside->header_bytes != job->image->base)
        return differs(job, "address");
    return true;
}

/* Without a key its signature is left to the boot loader to check. */
bool form_mcuboot_check(const struct form_job *job, struct form_signature *ret_signature)
{
    struct mcuboot_image inside;
    bool is_signed;
    if (!mcuboot_read(job->found, job->pos, job->arena, &inside, &is_signed, job->diags) ||
        !check_facts(job, &inside))
        return false;
    ret_signature->state = is_signed ? FORM_SIGNATURE_UNCHECKED : FORM_SIGNATURE_NONE;
    if (!is_signed)
        return true;
    ret_signature->key_hash = mcuboot_key_hash(job->found, &inside);
    if (job->key == NULL)
        return true;
    if (!mcuboot_verify(job->found, &inside, job->key, job->pos, job->diags))
        return false;
    ret_signature->state = FORM_SIGNATURE_GOOD;
    return true;
}
