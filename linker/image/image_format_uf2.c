#include "linker/image/image_format_uf2.h"

#include "linker/image/image_format.h"

#include "base/buffer.h"

#include <string.h>

enum { BLOCK_BYTES = 512, HEADER_BYTES = 32, PAGE_BYTES = 256, FLAG_HAS_FAMILY = 0x2000 };

static const uint32_t MAGIC_START[] = {0x0a324655, 0x9e5d5157};
static const uint32_t MAGIC_END = 0x0ab16f30;

struct page {
    uint32_t addr; /* a multiple of PAGE_BYTES */
    uint8_t data[PAGE_BYTES];
};

struct pages {
    struct page *items; /* ascending */
    size_t count;
};

static struct page *page_of(struct pages *pages, uint32_t addr)
{
    if (pages->count == 0 || pages->items[pages->count - 1].addr != addr) {
        struct page *page = &pages->items[pages->count++];
        page->addr = addr;
        memset(page->data, 0xff, PAGE_BYTES);
    }
    return &pages->items[pages->count - 1];
}

static void add_bytes(struct pages *pages, uint64_t addr, struct span bytes)
{
    size_t count;
    for (size_t at = 0; at < bytes.bytes; at += count) {
        const size_t offset = (size_t)((addr + at) % PAGE_BYTES);
        const size_t rest = bytes.bytes - at;
        struct page *page = page_of(pages, (uint32_t)(addr + at - offset));
        count = rest < PAGE_BYTES - offset ? rest : PAGE_BYTES - offset;
        memcpy(page->data + offset, bytes.data + at, count);
    }
}

static size_t pages_most(const struct image *image, struct span whole)
{
    size_t count = whole.bytes / PAGE_BYTES + 2;
    for (size_t i = 0; i < image->part_count; i++)
        count += image->parts[i].bytes / PAGE_BYTES + 2;
    return count;
}

/* The parts between base and end come with their holes, all at once, where the first of them
 * lies. */
static struct pages collect_pages(struct arena *arena, const struct image *image)
{
    const struct span whole = image_format_bin(arena, image);
    struct pages pages = {ARENA_ARRAY(arena, struct page, pages_most(image, whole)), 0};
    for (size_t i = 0; i < image->part_count; i++) {
        const struct image_part *part = &image->parts[i];
        if (part->addr == image->base)
            add_bytes(&pages, image->base, whole);
        else if (part->addr < image->base || part->addr >= image->end)
            add_bytes(&pages, part->addr, (struct span){part->data, part->bytes});
    }
    return pages;
}

struct span image_format_uf2(struct arena *arena, const struct image *image, uint32_t family)
{
    const struct pages pages = collect_pages(arena, image);
    struct buffer file = buffer_in(arena);
    for (size_t i = 0; i < pages.count; i++) {
        buffer_append_u32(&file, MAGIC_START[0]);
        buffer_append_u32(&file, MAGIC_START[1]);
        buffer_append_u32(&file, FLAG_HAS_FAMILY);
        buffer_append_u32(&file, pages.items[i].addr);
        buffer_append_u32(&file, PAGE_BYTES);
        buffer_append_u32(&file, (uint32_t)i);
        buffer_append_u32(&file, (uint32_t)pages.count);
        buffer_append_u32(&file, family);
        buffer_append(&file, pages.items[i].data, PAGE_BYTES);
        buffer_fill(&file, 0, BLOCK_BYTES - HEADER_BYTES - PAGE_BYTES - sizeof MAGIC_END);
        buffer_append_u32(&file, MAGIC_END);
    }
    return buffer_span(&file);
}

uint32_t image_format_uf2_family(struct span file)
{
    enum { FAMILY_OFF = 28 };
    return file.bytes < BLOCK_BYTES ? 0 : span_u32(file, FAMILY_OFF);
}
