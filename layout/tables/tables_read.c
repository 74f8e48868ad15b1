#include "layout/tables/tables_read.h"

#include <imgbuild/tables.h>

#include <string.h>

enum {
    HEADER_BYTES = 64,
    TASK_BYTES = 32,
    REGION_BYTES = 12,
    IRQ_BYTES = 8,
    WORD_BYTES = 4,
    TEXT_BYTES_MOST = 256,
};

struct reader {
    tables_bytes_fn *bytes_from;
    const void *image;
    struct source_pos pos;
    struct arena *arena;
    struct diag_list *diags;
};

static bool malformed(const struct reader *reader, const char *what, uint64_t addr)
{
    return diag_error(reader->diags, "tables-malformed", reader->pos,
                      "the kernel's tables: %s at 0x%08llx", what, (unsigned long long)addr);
}

/* `bytes` bytes at an address; what: the words for a message when they are not loaded. */
static bool fetch(const struct reader *reader, uint64_t addr, uint64_t bytes, const char *what,
                  struct span *ret)
{
    return span_part(reader->bytes_from(reader->image, addr), 0, bytes, ret) ||
           malformed(reader, what, addr);
}

static bool read_text(const struct reader *reader, uint64_t addr, const char **ret)
{
    const struct span from = reader->bytes_from(reader->image, addr);
    const size_t most = from.bytes < TEXT_BYTES_MOST ? from.bytes : TEXT_BYTES_MOST;
    const uint8_t *end = most == 0 ? NULL : memchr(from.data, '\0', most);
    if (end == NULL)
        return malformed(reader, "there is no text", addr);
    *ret = arena_copy_text(reader->arena, (const char *)from.data, (size_t)(end - from.data));
    return true;
}

static bool read_regions(const struct reader *reader, uint64_t addr, struct tables_read_task *task)
{
    struct span from;
    if (!fetch(reader, addr, task->region_count * REGION_BYTES, "there are no regions", &from))
        return false;
    struct tables_read_region *regions =
        ARENA_ARRAY(reader->arena, struct tables_read_region, task->region_count);
    uint64_t free_from = 0;
    for (size_t i = 0; i < task->region_count; i++) {
        const size_t at = i * REGION_BYTES;
        regions[i] = (struct tables_read_region){.start = span_u32(from, at),
                                                 .end = (uint64_t)span_u32(from, at + 4) + 1,
                                                 .attributes = span_u32(from, at + 8)};
        if (regions[i].start < free_from || regions[i].end <= regions[i].start)
            return malformed(reader, "a region is empty or out of order", addr + at);
        free_from = regions[i].end;
    }
    task->regions = regions;
    return true;
}

static bool read_mpu_words(const struct reader *reader, uint64_t addr, size_t count,
                           const uint32_t **ret)
{
    struct span from;
    if (!fetch(reader, addr, count * WORD_BYTES, "there are no MPU words", &from))
        return false;
    uint32_t *words = ARENA_ARRAY(reader->arena, uint32_t, count);
    for (size_t i = 0; i < count; i++)
        words[i] = span_u32(from, i * WORD_BYTES);
    *ret = words;
    return true;
}

static bool read_task(const struct reader *reader, struct span from, size_t mpu_words,
                      struct tables_read_task *ret)
{
    *ret = (struct tables_read_task){
        .entry = span_u32(from, offsetof(struct imgbuild_task, entry)),
        .stack_base = span_u32(from, 4),
        .stack_top = span_u32(from, 8),
        .priority = from.data[14],
        .flags = from.data[15],
        .region_count = from.data[28],
    };
    return read_regions(reader, span_u32(from, 16), ret) &&
           read_mpu_words(reader, span_u32(from, 20), mpu_words, &ret->mpu) &&
           read_text(reader, span_u32(from, 24), &ret->name);
}

static bool read_tasks(const struct reader *reader, uint64_t addr, struct tables_read *tables)
{
    struct span from;
    if (!fetch(reader, addr, tables->task_count * TASK_BYTES, "there are no tasks", &from))
        return false;
    struct tables_read_task *tasks =
        ARENA_ARRAY(reader->arena, struct tables_read_task, tables->task_count);
    for (size_t i = 0; i < tables->task_count; i++) {
        struct span one;
        if (!span_part(from, i * TASK_BYTES, TASK_BYTES, &one) ||
            !read_task(reader, one, tables->mpu_words, &tasks[i]))
            return false;
        if (span_u16(one, offsetof(struct imgbuild_task, index)) != i)
            return malformed(reader, "a task's index does not match its position",
                             addr + i * TASK_BYTES);
    }
    tables->tasks = tasks;
    return true;
}

static bool read_irqs(const struct reader *reader, uint64_t addr, struct tables_read *tables)
{
    struct span from;
    if (!fetch(reader, addr, tables->irq_count * IRQ_BYTES, "there are no interrupts", &from))
        return false;
    struct tables_read_irq *irqs =
        ARENA_ARRAY(reader->arena, struct tables_read_irq, tables->irq_count);
    for (size_t i = 0; i < tables->irq_count; i++) {
        const size_t at = i * IRQ_BYTES;
        irqs[i] = (struct tables_read_irq){span_u16(from, at), span_u16(from, at + 2),
                                           span_u32(from, at + 4)};
        if (irqs[i].task >= tables->task_count)
            return malformed(reader, "an interrupt is for a task that does not exist", addr + at);
    }
    tables->irqs = irqs;
    return true;
}

static struct tables_read numbers_of(struct span header)
{
    struct tables_read tables = {
        .image_base = span_u32(header, 16),
        .image_bytes = span_u32(header, 20),
        .major = header.data[24],
        .minor = header.data[25],
        .patch = span_u16(header, 26),
        .epoch = span_u32(header, 28),
        .mpu_model = header.data[32],
        .mpu_slots = header.data[33],
        .task_count = span_u16(header, 34),
        .irq_count = span_u16(header, 36),
        .mpu_reserved = header.data[38],
        .mpu_words = header.data[39],
        .info_addr = span_u32(header, 60),
    };
    memcpy(tables.id, header.data + offsetof(struct imgbuild_image, id), sizeof tables.id);
    return tables;
}

bool tables_read(tables_bytes_fn *bytes_from, const void *image, uint64_t header_addr,
                 struct source_pos pos, struct arena *arena, struct tables_read *ret,
                 struct diag_list *diags)
{
    const struct reader reader = {bytes_from, image, pos, arena, diags};
    struct span header;
    if (!fetch(&reader, header_addr, HEADER_BYTES, "there is no header", &header))
        return false;
    if (span_u32(header, 0) != IMGBUILD_MAGIC)
        return malformed(&reader, "there is no \"IMGB\"", header_addr);
    if (span_u16(header, 4) != IMGBUILD_ABI || span_u16(header, 6) != HEADER_BYTES)
        return malformed(&reader, "their ABI is unknown to this imgbuild", header_addr);
    struct tables_read tables = numbers_of(header);
    if (!read_tasks(&reader, span_u32(header, 40), &tables) ||
        !read_irqs(&reader, span_u32(header, 44), &tables) ||
        !read_text(&reader, span_u32(header, 48), &tables.name) ||
        !read_text(&reader, span_u32(header, 52), &tables.board) ||
        !read_text(&reader, span_u32(header, 56), &tables.slot))
        return false;
    *ret = tables;
    return true;
}
