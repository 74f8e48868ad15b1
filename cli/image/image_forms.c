#include "cli/image/image_forms.h"

#include "cli/image/form_bin.h"
#include "cli/image/form_differs.h"
#include "cli/image/form_mcuboot.h"
#include "linker/image/image_format.h"
#include "linker/image/image_format_uf2.h"

#include <string.h>

#define SREC_NAME "image.srec" /* stands in the file's header record too */

static bool make_hex(const struct form_job *job, struct span *ret)
{
    *ret = image_format_hex(job->arena, job->image);
    return true;
}

static bool make_srec(const struct form_job *job, struct span *ret)
{
    *ret = image_format_srec(job->arena, job->image, SREC_NAME);
    return true;
}

/* The family is a property of the chip, which nothing else in an archive tells: there it is taken
 * from the file's first block, and has to be the same in all. */
static bool make_uf2(const struct form_job *job, struct span *ret)
{
    const uint32_t family = job->slot != NULL ? (uint32_t)job->slot->manifest->uf2_family.value
                                              : image_format_uf2_family(job->found);
    *ret = image_format_uf2(job->arena, job->image, family);
    return true;
}

const struct image_form image_forms[] = {
    {MANIFEST_FORMAT_BIN, "image.bin", FORM_BIN_MEMBER, true, form_bin_make, form_bin_check, NULL},
    {MANIFEST_FORMAT_HEX, "image.hex", IMAGE_FOLDER "image.hex", false, make_hex, NULL, NULL},
    {MANIFEST_FORMAT_SREC, SREC_NAME, IMAGE_FOLDER SREC_NAME, false, make_srec, NULL, NULL},
    {MANIFEST_FORMAT_UF2, "image.uf2", IMAGE_FOLDER "image.uf2", false, make_uf2, NULL, NULL},
    {MANIFEST_FORMAT_MCUBOOT, "image.mcuboot.bin", FORM_MCUBOOT_MEMBER, false, form_mcuboot_make,
     form_mcuboot_check, form_mcuboot_change},
};
const size_t image_form_count = sizeof image_forms / sizeof *image_forms;

const struct image_form *image_forms_find(const char *member)
{
    for (size_t i = 0; i < image_form_count; i++) {
        if (strcmp(image_forms[i].member, member) == 0)
            return &image_forms[i];
    }
    return NULL;
}

bool image_forms_make(const struct image_form *form, const struct form_job *job, struct span *ret)
{
    return form->make(job, ret);
}

bool image_forms_check(const struct image_form *form, const struct form_job *job,
                       struct form_signature *ret_signature)
{
    struct span expected;
    if (form->check != NULL)
        return form->check(job, ret_signature);
    return form->make(job, &expected) && form_differs_check(job, expected);
}

bool image_forms_change(const struct image_form *form, const struct form_job *before,
                        const struct form_job *after, struct span *ret)
{
    struct span made;
    if (form->change != NULL)
        return form->change(before, after, ret);
    if (!form->make(before, &made))
        return false;
    if (!span_equal(made, before->found))
        return diag_error(before->diags, "info-form", before->pos,
                          "it differs from what imgbuild makes from image.elf");
    return form->make(after, ret);
}
