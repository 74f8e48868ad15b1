#include "cli/image/form_bin.h"

#include "cli/image/form_differs.h"

bool form_bin_make(const struct form_job *job, struct span *ret)
{
    *ret = job->bin;
    return true;
}

/* ---- checking: parts, and 0xff between them ---- */

static bool compare_hole(const struct form_job *job, size_t from, size_t to)
{
    while (from < to && job->found.data[from] == 0xff)
        from++;
    return from == to || form_differs_at(job, from);
}

bool form_bin_check(const struct form_job *job, struct form_signature *ret_signature)
{
    const struct image *image = job->image;
    const struct span bin = job->found;
    (void)ret_signature; /* it has none */
    size_t at = 0;
    if (bin.bytes != image->end - image->base)
        return diag_error(job->diags, "image-form", job->pos,
                          "it has %zu bytes, but the image has %llu", bin.bytes,
                          (unsigned long long)(image->end - image->base));
    for (size_t i = 0; i < image->part_count; i++) {
        const struct image_part *part = &image->parts[i];
        if (part->addr < image->base || part->addr >= image->end)
            continue;
        const size_t start = (size_t)(part->addr - image->base);
        const struct span expected = {part->data, part->bytes};
        const struct span found = {bin.data + start, part->bytes};
        if (!compare_hole(job, at, start))
            return false;
        if (!span_equal(found, expected))
            return form_differs_at(job, start + form_differs_common(found, expected));
        at = start + part->bytes;
    }
    return true; /* the image ends with a part */
}
