/* Where a form of an image differs from what it has to be. */
#ifndef CLI_IMAGE_FORM_DIFFERS_H
#define CLI_IMAGE_FORM_DIFFERS_H

#include "cli/image/form_job.h"

/* The number of bytes that both begin with. */
size_t form_differs_common(struct span a, struct span b);

/* Appends the error image-form: the first difference of job->found is at `at`. */
bool form_differs_at(const struct form_job *job, uint64_t at);

/* Checks that job->found has these bytes.
 * Errors: image-form. */
MUST_CHECK bool form_differs_check(const struct form_job *job, struct span expected);

#endif
