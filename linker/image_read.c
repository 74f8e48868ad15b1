#include "linker/image_read.h"

#include "linker/elf_file.h"

#include "base/buffer.h"

#include <imgbuild/tables.h>

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
        if (section.type == SHT_PROGBITS && section.addr == segment->paddr &&
            section.offset == segment->offset && section.bytes == segment->contents.bytes) {
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
    *ret = (struct image_part){
        .owner = arena_copy_text(reading->arena, section.name + 1, strlen(section.name + 1)),
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
    if (!read_parts(&reading, &image) || !read_bounds(&reading, &image))
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

/* ---- the header ---- */

/* Offsets of imgbuild/tables.h. */
enum {
    HEADER_BYTES = 64,
    OFF_MAGIC = 0,
    OFF_ABI = 4,
    OFF_HEADER_BYTES = 6,
    OFF_IMAGE_BASE = 16,
    OFF_IMAGE_BYTES = 20,
    OFF_MAJOR = 24,
    OFF_MINOR = 25,
    OFF_PATCH = 26,
    OFF_EPOCH = 28,
    OFF_TASK_COUNT = 34,
    OFF_NAME = 48,
    OFF_BOARD = 52,
    OFF_SLOT = 56,
    OFF_INFO = 60,
    TEXT_BYTES_MOST = 1024,
};

/* A text up to its NUL, which may lie in another part than its beginning. */
static bool read_text(struct arena *arena, const struct image *image, uint64_t addr,
                      const char **ret)
{
    struct buffer text = buffer_in(arena);
    while (text.bytes < TEXT_BYTES_MOST) {
        const struct span from = image_bytes_from(image, addr + text.bytes);
        if (from.bytes == 0)
            return false;
        if (from.data[0] == '\0') {
            *ret = buffer_text(&text);
            return true;
        }
        buffer_append_byte(&text, from.data[0]);
    }
    return false;
}

static bool check_form(struct span raw, struct source_pos pos, struct diag_list *diags)
{
    if (span_u32(raw, OFF_MAGIC) != IMGBUILD_MAGIC)
        return diag_error(diags, "header-magic", pos,
                          "the bytes at the symbol imgbuild_image are no header");
    const unsigned abi = span_u16(raw, OFF_ABI);
    if (abi != IMGBUILD_ABI || span_u16(raw, OFF_HEADER_BYTES) != HEADER_BYTES)
        return diag_error(diags, "header-abi", pos,
                          "the header is one of ABI %u with %u bytes; this program knows ABI %u "
                          "with %d",
                          abi, (unsigned)span_u16(raw, OFF_HEADER_BYTES), IMGBUILD_ABI,
                          HEADER_BYTES);
    return true;
}

static bool read_texts(struct arena *arena, const struct image *image, struct span raw,
                       struct source_pos pos, struct image_header *header, struct diag_list *diags)
{
    const struct {
        const char *what;
        size_t offset;
        const char **ret;
    } texts[] = {
        {"name", OFF_NAME, &header->name},
        {"board", OFF_BOARD, &header->board},
        {"slot", OFF_SLOT, &header->slot},
    };
    bool good = true;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const uint32_t addr = span_u32(raw, texts[i].offset);
        if (!read_text(arena, image, addr, texts[i].ret))
            good = diag_error(diags, "header-text", pos,
                              "the header's %s points to 0x%08" PRIx32 ", where no text is loaded",
                              texts[i].what, addr);
    }
    return good;
}

static bool check_places(const struct image *image, const struct image_header *header,
                         struct source_pos pos, struct diag_list *diags)
{
    if (header->base != image->base || header->bytes != image->end - image->base)
        return diag_error(diags, "header-bounds", pos,
                          "the header says that the image is [0x%08" PRIx64 ", 0x%08" PRIx64
                          "), and it is [0x%08" PRIx64 ", 0x%08" PRIx64 ")",
                          header->base, header->base + header->bytes, image->base, image->end);
    if (header->info.start != 0 &&
        (header->info.start < image->base || header->info.start >= image->end))
        return diag_error(diags, "header-info", pos,
                          "the header's info block at 0x%08" PRIx64 " does not lie in the image",
                          header->info.start);
    return true;
}

bool image_header_read(struct arena *arena, const struct image *image, const char *path,
                       struct image_header *ret, struct diag_list *diags)
{
    const struct source_pos pos = {path, 0, 0};
    uint8_t bytes[HEADER_BYTES];
    const struct span raw = {bytes, sizeof bytes};
    if (!image->has_header || !image_copy(image, image->header_addr, bytes, sizeof bytes))
        return diag_error(diags, "header-missing", pos,
                          "no header is loaded at a symbol imgbuild_image");
    struct image_header header = {
        .base = span_u32(raw, OFF_IMAGE_BASE),
        .bytes = span_u32(raw, OFF_IMAGE_BYTES),
        .major = bytes[OFF_MAJOR],
        .minor = bytes[OFF_MINOR],
        .patch = span_u16(raw, OFF_PATCH),
        .epoch = span_u32(raw, OFF_EPOCH),
        .task_count = span_u16(raw, OFF_TASK_COUNT),
        .info = {span_u32(raw, OFF_INFO), 0},
    };
    memcpy(header.id, bytes + IMAGE_ID_FIELD_OFF, sizeof header.id);
    if (!check_form(raw, pos, diags) || !check_places(image, &header, pos, diags) ||
        !read_texts(arena, image, raw, pos, &header, diags))
        return false;
    if (header.info.start != 0)
        header.info.end = image->end;
    *ret = header;
    return true;
}
