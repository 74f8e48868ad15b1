/* image.mcuboot.bin: the image as the boot loader MCUboot wants it, with room for a signature. */
#ifndef CLI_IMAGE_FORM_MCUBOOT_H
#define CLI_IMAGE_FORM_MCUBOOT_H

#include "cli/image/form_job.h"

#define FORM_MCUBOOT_MEMBER "image/image.mcuboot.bin"

/* As image_form.make, .check and .change (image_forms.h). Making one warns (mcuboot-partial) when
 * code lies in another memory. */
bool form_mcuboot_make(const struct form_job *job, struct span *ret);
MUST_CHECK bool form_mcuboot_check(const struct form_job *job,
                                   struct form_signature *ret_signature);
MUST_CHECK bool form_mcuboot_change(const struct form_job *before, const struct form_job *after,
                                    struct span *ret);

#endif
