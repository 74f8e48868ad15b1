#include "cli/image/form_differs.h"

size_t form_differs_common(struct span a, struct span b)
{
    const size_t most = a.bytes < b.bytes ? a.bytes : b.bytes;
    size_t i = 0;
    while (i < most && a.data[i] == b.data[i])
        i++;
    return i;
}

bool form_differs_at(const struct form_job *job, uint64_t at)
{
    return diag_error(job->diags, "image-form", job->pos,
                      "does not hold the bytes of image/image.elf"
                      ": the first difference is at offset %llu",
                      (unsigned long long)at);
}

bool form_differs_check(const struct form_job *job, struct span expected)
{
    return span_equal(job->found, expected) ||
           form_differs_at(job, form_differs_common(job->found, expected));
}
