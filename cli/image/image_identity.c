#include "cli/image/image_identity.h"

bool image_identity_compute(const struct image *image, const struct layout_range *info,
                            struct arena *arena, uint8_t *ret_id, struct diag_list *diags)
{
    struct image_run *runs = ARENA_ARRAY(arena, struct image_run, image->part_count);
    for (size_t i = 0; i < image->part_count; i++)
        runs[i] =
            (struct image_run){image->parts[i].addr, {image->parts[i].data, image->parts[i].bytes}};
    const struct image_range left_out = {info->start, image->end};
    const struct image_id_input input = {
        .runs = runs,
        .run_count = image->part_count,
        .header_addr = image->header_addr,
        .left_out = &left_out,
        .left_out_count = info->end > info->start ? 1 : 0,
    };
    return image_id_compute(&input, arena, ret_id, diags);
}
