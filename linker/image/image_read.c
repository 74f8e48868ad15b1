#include "linker/image/image_read.h"

#include "linker/elf/elf_file.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

/* What image_elf() writes besides the sections of the parts: none, symbols and two tables of names.
 * The rest leaves room for those who strip or annotate a file. */
enum { PARTS_MOST = 16384, OTHER_SECTIONS_MOST = 16 };

struct reading {
    struct arena *arena;
    struct elf_file file;
    struct source_pos pos;
    struct diag_list *diags;
};

/* ---- parts ---- */

/* The section that holds exactly the bytes of segment i; as written, it is the one after i. */
static bool find_section_of(const struct reading *reading, size_t i,
                            const struct elf_segment *segment, struct elf_section *ret)
{
    const size_t count = reading->file.section_count;
    for (size_t k = 1; k <= count; k++) {
        const struct elf_section section = elf_file_section(&reading->file, (i + k) % count);
        if (section.type == SHT_PROGBITS && (section.flags & SHF_ALLOC) != 0 &&
            section.addr == segment->paddr && section.offset == segment->offset &&
            section.bytes == segment->contents.bytes) {
            *ret = section;
            return true;
        }
    }
    return false;
}

static bool check_segment(const struct reading *reading, const struct elf_segment *segment)
{
    if (segment->type != PT_LOAD)
        return diag_error(reading->diags, "image-malformed", reading->pos,
                          "it has a segment of type 0x%" PRIx32 ", which nobody loads",
                          segment->type);
    if (segment->contents.bytes == 0 || segment->contents.bytes != segment->memory_bytes)
        return diag_error(reading->diags, "image-malformed", reading->pos,
                          "the segment at 0x%08" PRIx64 " has %zu bytes in the file and %" PRIu64
                          " in memory",
                          segment->paddr, segment->contents.bytes, segment->memory_bytes);
    if (segment->vaddr != segment->paddr)
        return diag_error(reading->diags, "image-moved", reading->pos,
                          "the segment at 0x%08" PRIx64 " is loaded to 0x%08" PRIx64
                          ": other tools would load it elsewhere",
                          segment->vaddr, segment->paddr);
    return true;
}

static bool read_part(const struct reading *reading, size_t i, struct image_part *ret)
{
    const struct elf_segment segment = elf_file_segment(&reading->file, i);
    struct elf_section section;
    if (!check_segment(reading, &segment))
        return false;
    if (!find_section_of(reading, i, &segment, &section) || section.name[0] != '.' ||
        section.name[1] == '\0')
        return diag_error(reading->diags, "image-no-owner", reading->pos,
                          "no section says whose the bytes at 0x%08" PRIx64 " are", segment.paddr);
    const char *name = arena_copy_text(reading->arena, section.name, strlen(section.name));
    *ret = (struct image_part){
        .owner = name + 1,
        .section = name,
        .addr = segment.paddr,
        .data = ARENA_ARRAY(reading->arena, uint8_t, segment.contents.bytes),
        .bytes = segment.contents.bytes,
        .is_executable = (segment.flags & PF_X) != 0,
    };
    memcpy(ret->data, segment.contents.data, segment.contents.bytes);
    return true;
}

static bool read_parts(const struct reading *reading, struct image *image)
{
    const struct elf_file *file = &reading->file;
    if (file->segment_count == 0 || file->segment_count > PARTS_MOST ||
        file->section_count > file->segment_count + OTHER_SECTIONS_MOST)
        return diag_error(reading->diags, "image-malformed", reading->pos,
                          "it has %zu segments and %zu sections, not one for each part of an image",
                          file->segment_count, file->section_count);
    image->part_count = file->segment_count;
    image->parts = ARENA_ARRAY(reading->arena, struct image_part, image->part_count);
    for (size_t i = 0; i < image->part_count; i++) {
        struct image_part *part = &image->parts[i];
        if (!read_part(reading, i, part))
            return false;
        if (i > 0 && image->parts[i - 1].addr + image->parts[i - 1].bytes > part->addr)
            return diag_error(reading->diags, "image-overlap", reading->pos,
                              "the segment at 0x%08" PRIx64
                              " does not come after the one at 0x%08" PRIx64,
                              part->addr, image->parts[i - 1].addr);
    }
    return true;
}

/* Debuggers load sections, other programs segments: each section that is loaded has to be that of
 * one segment, which read_part() has found. */
static bool check_sections(const struct reading *reading, const struct image *image)
{
    size_t count = 0;
    for (size_t i = 0; i < reading->file.section_count; i++)
        count += (elf_file_section(&reading->file, i).flags & SHF_ALLOC) != 0;
    return count == image->part_count ||
           diag_error(reading->diags, "image-sections", reading->pos,
                      "it has %zu sections that debuggers load, and %zu segments: they would load "
                      "something else",
                      count, image->part_count);
}

/* ---- bounds ---- */

/* The bounds are the first and the last address of parts, and no part lies across them. */
static bool check_bounds(const struct reading *reading, const struct image *image)
{
    uint64_t first = UINT64_MAX;
    uint64_t last = 0;
    for (size_t i = 0; i < image->part_count; i++) {
        const struct image_part *part = &image->parts[i];
        const uint64_t end = part->addr + part->bytes;
        if (end <= image->base || part->addr >= image->end)
            continue;
        first = part->addr < first ? part->addr : first;
        last = end;
    }
    if (image->base >= image->end || first != image->base || last != image->end)
        return diag_error(reading->diags, "image-outside", reading->pos,
                          "its bytes do not begin and end at __image_base, 0x%08" PRIx64
                          ", and __image_end, 0x%08" PRIx64,
                          image->base, image->end);
    if (image->end - image->base > IMAGE_SPAN_LIMIT)
        return diag_error(reading->diags, "image-too-sparse", reading->pos,
                          "[0x%08" PRIx64 ", 0x%08" PRIx64 ") is too long for one image",
                          image->base, image->end);
    return true;
}

/* Each of these symbols once: what two of them mean depends on who looks. */
static bool find_symbol(const struct reading *reading, const char *name, bool *ret_found,
                        uint64_t *ret)
{
    size_t count = 0;
    for (size_t i = 1; i < reading->file.symbol_count; i++) {
        const struct elf_symbol symbol = elf_file_symbol(&reading->file, i);
        if (strcmp(symbol.name, name) != 0)
            continue;
        *ret = symbol.value;
        count++;
    }
    *ret_found = count == 1;
    return count <= 1 || diag_error(reading->diags, "image-malformed", reading->pos,
                                    "it has %zu symbols %s", count, name);
}

static bool read_bounds(const struct reading *reading, struct image *image)
{
    bool has_base;
    bool has_end;
    if (!find_symbol(reading, "__image_base", &has_base, &image->base) ||
        !find_symbol(reading, "__image_end", &has_end, &image->end) ||
        !find_symbol(reading, "imgbuild_image", &image->has_header, &image->header_addr))
        return false;
    if (!has_base || !has_end)
        return diag_error(reading->diags, "image-no-bounds", reading->pos,
                          "it has no symbols __image_base and __image_end");
    return check_bounds(reading, image);
}

bool image_read(struct arena *arena, struct span elf, const char *path, struct image *ret,
                struct diag_list *diags)
{
    struct reading reading = {.arena = arena, .pos = {path, 0, 0}, .diags = diags};
    const char *problem;
    if (!elf_file_open(elf, &reading.file, &problem))
        return diag_error(diags, "image-malformed", reading.pos, "it cannot be used: %s", problem);
    if (reading.file.type != ET_EXEC)
        return diag_error(diags, "image-malformed", reading.pos, "it is no executable");
    struct image image = {
        .entry = reading.file.entry,
        .machine = reading.file.machine,
        .flags = reading.file.flags,
    };
    if (!read_parts(&reading, &image) || !check_sections(&reading, &image) ||
        !read_bounds(&reading, &image))
        return false;
    *ret = image;
    return true;
}

/* ---- bytes by address ---- */

struct span image_bytes_from(const struct image *image, uint64_t addr)
{
    size_t low = 0; /* parts before it end at or before addr */
    size_t high = image->part_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct image_part *part = &image->parts[middle];
        if (part->addr + part->bytes <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == image->part_count || image->parts[low].addr > addr)
        return (struct span){0};
    const size_t skipped = (size_t)(addr - image->parts[low].addr);
    return (struct span){image->parts[low].data + skipped, image->parts[low].bytes - skipped};
}

bool image_copy(const struct image *image, uint64_t addr, uint8_t *ret_data, size_t bytes)
{
    size_t done = 0;
    while (done < bytes) {
        const struct span piece = image_bytes_from(image, addr + done);
        const size_t count = piece.bytes < bytes - done ? piece.bytes : bytes - done;
        if (count == 0)
            return false;
        memcpy(ret_data + done, piece.data, count);
        done += count;
    }
    return true;
}
