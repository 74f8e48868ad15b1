#include "cli/archive/check_forms.h"

#include "cli/image/form_bin.h"
#include "cli/image/form_mcuboot.h"
#include "sign/archive/intact.h"
#include "sign/archive/sums.h"

#include <string.h>

/* ---- the digest of image.bin ---- */

/* The archive is intact, so the digest is in SHA256SUMS and need not be computed again. */
static bool find_digest(const struct checking *checking, struct digest *ret)
{
    struct span text;
    struct sums sums;
    if (!checking_member(checking, ARCHIVE_SUMS_NAME, &text) ||
        !sums_parse(text, checking_pos(checking, ARCHIVE_SUMS_NAME), checking->arena, &sums,
                    checking->diags))
        return false;
    for (size_t i = 0; i < sums.line_count; i++) {
        if (strcmp(sums.lines[i].name, FORM_BIN_MEMBER) != 0)
            continue;
        *ret = sums.lines[i].digest;
        return true;
    }
    return diag_error(checking->diags, "sums-missing", checking_pos(checking, ARCHIVE_SUMS_NAME),
                      "missing line for " FORM_BIN_MEMBER);
}

static bool check_digest(const struct checking *checking)
{
    struct digest digest;
    if (!find_digest(checking, &digest))
        return false;
    return digest_equal(&digest, &checking->about.image_digest) ||
           diag_error(checking->diags, "image-digest", checking_pos(checking, FORM_BIN_MEMBER),
                      "its digest differs from image_sha256 in archive.json");
}

/* ---- all ---- */

/* Shape:  bin: found to hold the image, or the member itself. */
static bool check_form(struct checking *checking, const struct image_form *form, struct span bin)
{
    const struct archive_member *member = archive_find(checking->archive, form->member);
    if (member == NULL)
        return true;
    const struct form_job job = {
        .image = &checking->image,
        .bin = bin,
        .found = member->content,
        .version = checking->about.compat.version,
        .epoch = checking->about.compat.epoch,
        .key = checking->image_key,
        .pos = checking_pos(checking, form->member),
        .arena = checking->arena,
        .diags = checking->diags,
    };
    return image_forms_check(form, &job, &checking->signature);
}

bool check_forms(struct checking *checking)
{
    struct span bin;
    if (!checking_member(checking, image_forms[0].member, &bin) ||
        !check_form(checking, &image_forms[0], bin))
        return false; /* a correct image.bin bounds the length of the others */
    bool ok = check_digest(checking);
    for (size_t i = 1; i < image_form_count; i++)
        ok = check_form(checking, &image_forms[i], bin) && ok;
    return ok;
}

bool check_image_signature(struct checking *checking)
{
    struct span file;
    if (!checking_member(checking, FORM_MCUBOOT_MEMBER, &file))
        return false;
    return checking->signature.state == FORM_SIGNATURE_GOOD ||
           diag_error(checking->diags, "mcuboot-unsigned",
                      checking_pos(checking, FORM_MCUBOOT_MEMBER),
                      "not signed for MCUboot, but --image-public requires a signature");
}
