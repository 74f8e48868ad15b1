/* image.bin: the code memory of an image, holes 0xff. */
#ifndef CLI_IMAGE_FORM_BIN_H
#define CLI_IMAGE_FORM_BIN_H

#include "cli/image/form_job.h"

#define FORM_BIN_MEMBER "image/image.bin"

/* As image_form.make and .check (image_forms.h). */
bool form_bin_make(const struct form_job *job, struct span *ret);
MUST_CHECK bool form_bin_check(const struct form_job *job, struct form_signature *ret_signature);

#endif
