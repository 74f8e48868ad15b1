#include "linker/image/image.h"

#include "linker/elf/elf_writer.h"

#include "base/buffer.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- collecting ---- */

struct collecting {
    struct arena *arena;
    const struct image_request *request;
    struct image_part *parts;
    size_t count;
    struct diag_list *diags;
};

static size_t count_parts(const struct image_request *request)
{
    size_t count = 0;
    for (size_t i = 0; i < request->source_count; i++) {
        const struct image_source *source = &request->sources[i];
        count += source->linked != NULL ? source->linked->segment_count : 1;
    }
    return count;
}

static bool is_in_code(const struct image_request *request, uint64_t addr, uint64_t bytes)
{
    bool found = false;
    for (size_t i = 0; i < request->code_count && !found; i++) {
        const struct layout_range *range = &request->code[i];
        found = addr >= range->start && addr <= range->end && bytes <= range->end - addr;
    }
    return found;
}

static bool collect_bytes(struct collecting *collecting, const char *owner, uint64_t addr,
                          struct span bytes, bool is_executable)
{
    if (bytes.bytes == 0)
        return true;
    if (!is_in_code(collecting->request, addr, bytes.bytes))
        return diag_error(collecting->diags, "image-outside-code-memory", NOWHERE,
                          "%s loads [0x%08" PRIx64 ", 0x%08" PRIx64
                          "), which lies in no code memory",
                          owner, addr, addr + bytes.bytes);
    struct image_part *part = &collecting->parts[collecting->count++];
    *part = (struct image_part){
        owner,       addr,          ARENA_ARRAY(collecting->arena, uint8_t, bytes.bytes),
        bytes.bytes, is_executable, NULL};
    memcpy(part->data, bytes.data, bytes.bytes);
    return true;
}

static bool collect_source(struct collecting *collecting, const struct image_source *source)
{
    const struct linked *linked = source->linked;
    if (linked == NULL)
        return collect_bytes(collecting, source->owner, source->addr, source->bytes, false);
    bool good = true;
    for (size_t i = 0; i < linked->segment_count; i++) {
        const struct linked_segment *segment = &linked->segments[i];
        good = collect_bytes(collecting, source->owner, segment->load_addr, segment->bytes,
                             segment->is_executable) &&
               good;
    }
    return good;
}

static int compare_parts(const void *left, const void *right)
{
    const struct image_part *a = left;
    const struct image_part *b = right;
    return (a->addr > b->addr) - (a->addr < b->addr);
}

/* The code memory that the kernel's first bytes are loaded to. */
static struct layout_range main_code_of(const struct image_request *request)
{
    const struct linked *kernel = request->sources[0].linked;
    for (size_t i = 0; kernel->segment_count > 0 && i < request->code_count; i++) {
        const struct layout_range range = request->code[i];
        const uint64_t addr = kernel->segments[0].load_addr;
        if (addr >= range.start && addr < range.end)
            return range;
    }
    return (struct layout_range){0, 0};
}

/* Sets base and end of the image; false when nothing lies in the kernel's code memory. */
static bool find_bounds(const struct collecting *collecting, struct layout_range *ret)
{
    const struct layout_range main_code = main_code_of(collecting->request);
    struct layout_range bounds = {UINT64_MAX, 0};
    for (size_t i = 0; i < collecting->count; i++) {
        const struct image_part *part = &collecting->parts[i];
        if (part->addr < main_code.start || part->addr >= main_code.end)
            continue;
        bounds.start = part->addr < bounds.start ? part->addr : bounds.start;
        bounds.end = part->addr + part->bytes;
    }
    if (bounds.start >= bounds.end)
        return diag_error(collecting->diags, "image-empty", NOWHERE,
                          "nothing is loaded to the kernel's code memory");
    if (bounds.end - bounds.start > IMAGE_SPAN_LIMIT)
        return diag_error(collecting->diags, "image-too-sparse", NOWHERE,
                          "[0x%08" PRIx64 ", 0x%08" PRIx64 ") is too long for one image",
                          bounds.start, bounds.end);
    *ret = bounds;
    return true;
}

static bool check_overlaps(const struct collecting *collecting)
{
    const struct image_part *parts = collecting->parts;
    bool good = true;
    for (size_t i = 1; i < collecting->count; i++) {
        const struct image_part *before = &parts[i - 1];
        if (before->addr + before->bytes > parts[i].addr)
            good = diag_error(collecting->diags, "image-overlap", NOWHERE,
                              "%s and %s are both loaded to 0x%08" PRIx64, before->owner,
                              parts[i].owner, parts[i].addr);
    }
    return good;
}

bool image_collect(struct arena *arena, const struct image_request *request, struct image *ret,
                   struct diag_list *diags)
{
    struct collecting collecting = {
        .arena = arena,
        .request = request,
        .parts = ARENA_ARRAY(arena, struct image_part, count_parts(request)),
        .diags = diags,
    };
    bool good = true;
    for (size_t i = 0; i < request->source_count; i++)
        good = collect_source(&collecting, &request->sources[i]) && good;
    if (collecting.count > 1)
        qsort(collecting.parts, collecting.count, sizeof *collecting.parts, compare_parts);
    struct layout_range bounds = {0, 0};
    if (!good || !check_overlaps(&collecting) || !find_bounds(&collecting, &bounds))
        return false;
    const struct linked *kernel = request->sources[0].linked;
    *ret = (struct image){
        .parts = collecting.parts,
        .part_count = collecting.count,
        .base = bounds.start,
        .end = bounds.end,
        .entry = kernel->entry,
        .machine = kernel->machine,
        .flags = kernel->flags,
        .header_addr = request->header_addr,
        .has_header = request->has_header,
    };
    return true;
}

/* ---- patching ---- */

/* The common part of [addr, addr + bytes) and [from, from + length); false when there is none. */
static bool intersect(uint64_t addr, uint64_t bytes, uint64_t from, uint64_t length,
                      uint64_t *ret_start, uint64_t *ret_end)
{
    const uint64_t start = addr > from ? addr : from;
    const uint64_t end = addr + bytes < from + length ? addr + bytes : from + length;
    *ret_start = start;
    *ret_end = end;
    return start < end;
}

bool image_patch(struct image *image, uint64_t addr, struct span bytes)
{
    uint64_t start;
    uint64_t end;
    uint64_t covered = 0;
    for (size_t i = 0; i < image->part_count; i++) {
        if (intersect(addr, bytes.bytes, image->parts[i].addr, image->parts[i].bytes, &start, &end))
            covered += end - start;
    }
    if (covered != bytes.bytes)
        return false;
    for (size_t i = 0; i < image->part_count; i++) {
        struct image_part *part = &image->parts[i];
        if (intersect(addr, bytes.bytes, part->addr, part->bytes, &start, &end))
            memcpy(part->data + (start - part->addr), bytes.data + (start - addr), end - start);
    }
    return true;
}

bool image_patch_elf(struct arena *arena, struct span elf, const char *path, uint64_t addr,
                     struct span bytes, struct span *ret, struct diag_list *diags)
{
    struct elf_file file;
    const char *problem;
    if (!elf_file_open(elf, &file, &problem))
        return diag_error(diags, "linked-malformed", NOWHERE, "%s cannot be used: %s", path,
                          problem);
    for (size_t i = 0; i < file.segment_count; i++) {
        const struct elf_segment segment = elf_file_segment(&file, i);
        if (segment.type != PT_LOAD || addr < segment.paddr ||
            addr + bytes.bytes > segment.paddr + segment.contents.bytes)
            continue;
        uint8_t *copy = ARENA_ARRAY(arena, uint8_t, elf.bytes);
        memcpy(copy, elf.data, elf.bytes);
        memcpy(copy + segment.offset + (addr - segment.paddr), bytes.data, bytes.bytes);
        *ret = (struct span){copy, elf.bytes};
        return true;
    }
    return diag_error(diags, "linked-not-loaded", NOWHERE,
                      "%s loads nothing to [0x%08" PRIx64 ", 0x%08" PRIx64 ")", path, addr,
                      addr + bytes.bytes);
}

/* ---- image.elf ---- */

/* `.net`, and for further parts of the same owner `.net.2`, … */
static const char *section_name(struct arena *arena, const struct image *image, size_t part)
{
    size_t number = 1;
    if (image->parts[part].section != NULL)
        return image->parts[part].section;
    for (size_t i = 0; i < part; i++)
        number += strcmp(image->parts[i].owner, image->parts[part].owner) == 0;
    if (number == 1)
        return arena_format(arena, ".%s", image->parts[part].owner);
    return arena_format(arena, ".%s.%zu", image->parts[part].owner, number);
}

/* Adds the section and the segment of a part; returns the section's index. */
static uint16_t add_part(struct elf_writer *writer, const struct image *image, size_t i)
{
    const struct image_part *part = &image->parts[i];
    const struct elf_section section = {
        .name = section_name(writer->file.arena, image, i),
        .type = SHT_PROGBITS,
        .flags = SHF_ALLOC | (part->is_executable ? SHF_EXECINSTR : 0u),
        .addr = part->addr,
        .align_bytes = part->addr % 4 == 0 ? 4 : 1,
        .contents = {part->data, part->bytes},
    };
    const uint16_t index = elf_writer_section(writer, &section);
    elf_writer_segment(writer, PF_R | (part->is_executable ? PF_X : 0u));
    return index;
}

static void add_symbols(struct elf_writer *writer, const struct image *image,
                        uint16_t header_section)
{
    struct elf_symbols symbols = elf_symbols_in(writer->file.arena);
    const struct elf_symbol bounds[] = {
        {.name = "__image_base",
         .value = image->base,
         .binding = STB_GLOBAL,
         .section_index = SHN_ABS},
        {.name = "__image_end",
         .value = image->end,
         .binding = STB_GLOBAL,
         .section_index = SHN_ABS},
    };
    const struct elf_symbol header = {
        .name = "imgbuild_image",
        .value = image->header_addr,
        .bytes = 64,
        .type = STT_OBJECT,
        .binding = STB_GLOBAL,
        .section_index = header_section,
    };
    elf_symbols_add(&symbols, &bounds[0]);
    elf_symbols_add(&symbols, &bounds[1]);
    if (image->has_header)
        elf_symbols_add(&symbols, &header);
    elf_writer_symbols(writer, &symbols);
}

struct span image_elf(struct arena *arena, const struct image *image)
{
    struct elf_writer writer = elf_writer_start(arena, ET_EXEC, image->machine, image->flags,
                                                image->entry, (uint16_t)image->part_count);
    uint16_t header_section = SHN_ABS;
    for (size_t i = 0; i < image->part_count; i++) {
        const struct image_part *part = &image->parts[i];
        const uint16_t index = add_part(&writer, image, i);
        if (image->header_addr >= part->addr && image->header_addr < part->addr + part->bytes)
            header_section = index;
    }
    add_symbols(&writer, image, header_section);
    return elf_writer_finish(&writer);
}
