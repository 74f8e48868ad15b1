/* image.elf from anywhere: what is read is an image that can be written again in every form, and
 * gives the same bytes when its ELF file is read once more. */
#include "layout/tables/tables_read.h"
#include "linker/elf/elf_loads.h"
#include "linker/image/image_format.h"
#include "linker/image/image_read.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { SPAN_MOST = 1 << 20 }; /* larger ones only take time */

static void out_of_memory(void)
{
    abort();
}

static struct span loaded_from(const void *image, uint64_t addr)
{
    return image_bytes_from(image, addr);
}

/* Each byte of each part is found by its address. */
static void look_up(const struct image *image)
{
    for (size_t i = 0; i < image->part_count; i++) {
        const struct image_part *part = &image->parts[i];
        uint8_t last;
        if (image_bytes_from(image, part->addr).data != part->data ||
            !image_copy(image, part->addr + part->bytes - 1, &last, 1) ||
            last != part->data[part->bytes - 1])
            abort();
    }
}

static void write_again(struct arena *arena, const struct image *image, struct diag_list *diags)
{
    struct image again;
    const struct span elf = image_elf(arena, image);
    if (image->end - image->base > SPAN_MOST)
        return;
    if (!image_read(arena, elf, "again.elf", &again, diags) ||
        !span_equal(image_format_bin(arena, image), image_format_bin(arena, &again)) ||
        !span_equal(image_format_hex(arena, image), image_format_hex(arena, &again)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena *arena = arena_create(out_of_memory);
    struct diag_list diags = diag_list_in(arena);
    const struct span elf = {data, bytes};
    const struct source_pos pos = {"image.elf", 0, 0};
    struct image image;
    struct tables_read tables;
    struct elf_loads loads;
    const char *problem;
    if (elf_loads_read(arena, elf, &loads, &problem)) {
        for (size_t i = 0; i < loads.count; i++) {
            if (loads.items[i].bytes.bytes == 0)
                abort();
        }
    }
    if (image_read(arena, elf, "image.elf", &image, &diags)) {
        look_up(&image);
        write_again(arena, &image, &diags);
        if (tables_read(loaded_from, &image, image.header_addr, pos, arena, &tables, &diags) &&
            tables.name == NULL)
            abort();
    } else if (diags.count == 0) {
        abort(); /* refused without a word */
    }
    arena_destroy(arena);
    return 0;
}
