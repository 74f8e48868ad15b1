/* Places in words. */
#include "cli/address/address_place.h"

#include "base/buffer.h"
#include "layout/mpu/mpu_facts.h"

#include <imgbuild/tables.h>

#include <string.h>

const char *address_attributes_text(uint32_t attributes, struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    buffer_append_text(&out, attributes & IMGBUILD_READ ? "r" : "-");
    buffer_append_text(&out, attributes & IMGBUILD_WRITE ? "w" : "-");
    buffer_append_text(&out, attributes & IMGBUILD_EXECUTE ? "x" : "-");
    buffer_append_text(&out, attributes & IMGBUILD_DEVICE ? " device" : "");
    buffer_append_text(&out, attributes & IMGBUILD_DMA ? " dma" : "");
    return buffer_text(&out);
}

static const char *users_text(const struct address_book *book, const struct address_place *place,
                              struct arena *arena)
{
    if (place->user_count == 0)
        return "no task";
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < place->user_count; i++)
        buffer_format(&out, "%s%s",
                      i == 0                       ? ""
                      : i + 1 == place->user_count ? " and "
                                                   : ", ",
                      book->layout.tasks[place->users[i]].name);
    return buffer_text(&out);
}

/* Most answers are of this kind: it is written without the general formatter. */
static const char *owned_words(const struct address_book *book, const struct address_place *place,
                               struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    if (place->kind == ADDRESS_PADDING)
        buffer_append_text(&out, "padding of ");
    if (place->has_region)
        buffer_format(&out, "region %zu of ", place->region.number);
    else
        buffer_append_text(&out,
                           place->owner == ADDRESS_KERNEL ? "the kernel's block" : "the block of ");
    if (place->owner != ADDRESS_KERNEL)
        buffer_append_text(&out, book->layout.tasks[place->owner].name);
    buffer_append_text(&out, " in ");
    buffer_append_text(&out, book->layout.memories[place->memory].name);
    return buffer_text(&out);
}

const char *address_place_words(const struct address_book *book, const struct address_place *place,
                                struct arena *arena)
{
    const char *memory = place->memory == SIZE_MAX ? "" : book->layout.memories[place->memory].name;
    const unsigned long long bytes = place->end - place->start;
    switch (place->kind) {
    case ADDRESS_USED:
    case ADDRESS_PADDING:
        return owned_words(book, place, arena);
    case ADDRESS_GAP:
        return arena_format(arena, "a gap of %llu bytes in %s", bytes, memory);
    case ADDRESS_FREE:
        return arena_format(arena, "free %s, after the last block", memory);
    case ADDRESS_HOLE:
        return arena_format(arena, "a hole of %s", memory);
    case ADDRESS_SKIPPED:
        return arena_format(arena, "the front of %s, left for a bootloader", memory);
    case ADDRESS_INFO:
        return arena_format(arena, "the info block, read by %s", users_text(book, place, arena));
    case ADDRESS_PERIPHERAL:
        return arena_format(arena, "peripheral %s, used by %s", place->name,
                            users_text(book, place, arena));
    case ADDRESS_OUTSIDE:
        break;
    }
    return "outside all memories and peripherals";
}

/* ---- notes ---- */

struct notes {
    const struct address_book *book;
    const struct address_place *place;
    struct arena *arena;
    const char **items;
    size_t count;
};

enum { NOTES_MOST = 8 };

static void add(struct notes *notes, const char *text)
{
    if (notes->count < NOTES_MOST)
        notes->items[notes->count++] = text;
}

static const char *other_side(const struct notes *notes, uint64_t addr)
{
    const struct address_place place = address_place_of(notes->book, addr, notes->arena);
    return address_place_words(notes->book, &place, notes->arena);
}

/* The boundaries of the range that contains the place. */
static void note_boundaries(struct notes *notes, uint64_t start, uint64_t end, const char *of)
{
    const uint64_t addr = notes->place->addr;
    const uint64_t address_end = (uint64_t)UINT32_MAX + 1;
    if (addr - start < ADDRESS_NEAR_BYTES && start > 0)
        add(notes,
            arena_format(notes->arena, "%s of %s (0x%08llx); before it: %s",
                         addr == start ? "the first byte"
                                       : arena_format(notes->arena, "%llu bytes after the start",
                                                      (unsigned long long)(addr - start)),
                         of, (unsigned long long)start, other_side(notes, start - 1)));
    if (end - addr <= ADDRESS_NEAR_BYTES && end < address_end)
        add(notes,
            arena_format(notes->arena, "%s of %s%s0x%08llx); after it: %s",
                         end - addr == 1 ? "the last byte"
                                         : arena_format(notes->arena, "%llu bytes before the end",
                                                        (unsigned long long)(end - addr)),
                         of, end - addr == 1 ? " (" : " (its last byte is ",
                         (unsigned long long)(end - 1), other_side(notes, end)));
}

static void note_padding(struct notes *notes)
{
    add(notes, arena_format(notes->arena, "padding: in the block of %s, but not needed by it",
                            address_book_owner(notes->book, notes->place->owner)));
}

static void nearer(uint64_t addr, uint64_t start, uint64_t end, uint64_t *least,
                   uint64_t *ret_nearest)
{
    const uint64_t distance = addr < start ? start - addr : addr - (end - 1);
    if (distance < *least) {
        *least = distance;
        *ret_nearest = addr < start ? start : end - 1;
    }
}

/* The nearest thing to an address outside everything. */
static void note_nearest(struct notes *notes)
{
    const struct layout_read *layout = &notes->book->layout;
    const uint64_t addr = notes->place->addr;
    uint64_t least = UINT64_MAX, nearest = 0;
    for (size_t i = 0; i < layout->memory_count; i++)
        nearer(addr, layout->memories[i].base, layout->memories[i].base + layout->memories[i].size,
               &least, &nearest);
    for (size_t i = 0; i < layout->peripheral_count; i++)
        nearer(addr, layout->peripherals[i].start, layout->peripherals[i].end, &least, &nearest);
    for (size_t t = 0; t < layout->task_count; t++)
        for (size_t f = 0; f < layout->tasks[t].fixed_count; f++)
            nearer(addr, layout->tasks[t].fixed[f].region.start,
                   layout->tasks[t].fixed[f].region.end, &least, &nearest);
    enum mpu_model model;
    const bool is_arm =
        mpu_facts_find(layout->mpu_model, &model) && mpu_facts_of(model)->processor == MPU_ARM;
    if (is_arm && addr >= 0xe0000000 && addr < 0xe0100000)
        add(notes, "the processor's own registers, which only privileged code may access");
    if (least <= ADDRESS_NEAREST_BYTES)
        add(notes,
            arena_format(notes->arena, "nearest: %s, 0x%llx bytes %s", other_side(notes, nearest),
                         (unsigned long long)least, nearest > addr ? "above" : "below"));
}

static void note_users(struct notes *notes)
{
    const struct address_place *place = notes->place;
    const bool told =
        place->memory == SIZE_MAX || place->kind == ADDRESS_INFO || place->user_count == 0;
    if (!told)
        add(notes,
            arena_format(notes->arena, "%s may also access it, through a region for all of %s",
                         users_text(notes->book, place, notes->arena),
                         notes->book->layout.memories[place->memory].name));
}

size_t address_place_notes(const struct address_book *book, const struct address_place *place,
                           struct arena *arena, const char *const **ret)
{
    struct notes notes = {book, place, arena, ARENA_ARRAY(arena, const char *, NOTES_MOST), 0};
    if (place->kind == ADDRESS_PADDING)
        note_padding(&notes);
    if (place->kind == ADDRESS_OUTSIDE)
        note_nearest(&notes);
    else if (place->has_region)
        note_boundaries(&notes, place->region.start, place->region.end,
                        arena_format(arena, "region %zu of %s", place->region.number,
                                     book->layout.tasks[place->owner].name));
    else
        note_boundaries(&notes, place->start, place->end,
                        place->kind == ADDRESS_USED ? "the block" : "it");
    note_users(&notes);
    *ret = notes.items;
    return notes.count;
}

const char *address_kind_name(enum address_kind kind)
{
    switch (kind) {
    case ADDRESS_USED:
        return "used";
    case ADDRESS_PADDING:
        return "padding";
    case ADDRESS_GAP:
        return "gap";
    case ADDRESS_FREE:
        return "free";
    case ADDRESS_HOLE:
        return "hole";
    case ADDRESS_SKIPPED:
        return "skipped";
    case ADDRESS_INFO:
        return "info";
    case ADDRESS_PERIPHERAL:
        return "peripheral";
    case ADDRESS_OUTSIDE:
        break;
    }
    return "outside";
}
