#include "cli/address/address_place.h"

#include <string.h>

/* ---- regions ---- */

static struct address_region region_of_tables(const struct address_book *book, size_t task,
                                              size_t number)
{
    const struct tables_read_region *region = &book->tables.tasks[task].regions[number];
    return (struct address_region){.task = task,
                                   .number = number,
                                   .start = region->start,
                                   .end = region->end,
                                   .attributes = region->attributes,
                                   .has_attributes = true};
}

/* Without tables: from the layout, where block regions and fixed regions are listed separately. */
static size_t regions_of_layout(const struct address_book *book, size_t task,
                                struct layout_range *ret, size_t room)
{
    const struct layout_read_task *from = &book->layout.tasks[task];
    size_t count = 0;
    for (size_t b = 0; b < from->block_count; b++)
        for (size_t r = 0; r < from->blocks[b].region_count && count < room; r++)
            ret[count++] = (struct layout_range){from->blocks[b].regions[r].start,
                                                 from->blocks[b].regions[r].end};
    for (size_t f = 0; f < from->fixed_count && count < room; f++)
        ret[count++] =
            (struct layout_range){from->fixed[f].region.start, from->fixed[f].region.end};
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && ret[k].start < ret[k - 1].start; k--) {
            const struct layout_range moved = ret[k];
            ret[k] = ret[k - 1];
            ret[k - 1] = moved;
        }
    return count;
}

enum { REGIONS_MOST = 256 }; /* of a task: the tables count them in one byte */

size_t address_regions_of_task(const struct address_book *book, size_t task, struct arena *arena,
                               const struct address_region **ret)
{
    struct layout_range ranges[REGIONS_MOST];
    const size_t count = book->has_tables ? book->tables.tasks[task].region_count
                                          : regions_of_layout(book, task, ranges, REGIONS_MOST);
    struct address_region *regions = ARENA_ARRAY(arena, struct address_region, count);
    for (size_t i = 0; i < count; i++)
        regions[i] =
            book->has_tables
                ? region_of_tables(book, task, i)
                : (struct address_region){
                      .task = task, .number = i, .start = ranges[i].start, .end = ranges[i].end};
    *ret = regions;
    return count;
}

bool address_region_of(const struct address_book *book, size_t task, uint64_t addr,
                       struct address_region *ret)
{
    struct layout_range ranges[REGIONS_MOST];
    if (book->has_tables) {
        const struct tables_read_task *from = &book->tables.tasks[task];
        for (size_t i = 0; i < from->region_count; i++)
            if (addr >= from->regions[i].start && addr < from->regions[i].end) {
                *ret = region_of_tables(book, task, i);
                return true;
            }
        return false;
    }
    const size_t count = regions_of_layout(book, task, ranges, REGIONS_MOST);
    for (size_t i = 0; i < count; i++)
        if (addr >= ranges[i].start && addr < ranges[i].end) {
            *ret = (struct address_region){
                .task = task, .number = i, .start = ranges[i].start, .end = ranges[i].end};
            return true;
        }
    return false;
}

/* ---- blocks ---- */

static bool take_block(const struct layout_read_block *block, size_t owner,
                       struct address_place *place)
{
    if (place->addr < block->start || place->addr >= block->end)
        return false;
    const bool is_used = place->addr - block->start < block->need_bytes;
    place->kind = is_used ? ADDRESS_USED : ADDRESS_PADDING;
    place->owner = owner;
    place->memory = block->memory;
    place->start = block->start;
    place->end = block->end;
    return true;
}

static bool find_block(const struct address_book *book, struct address_place *place)
{
    const struct layout_read *layout = &book->layout;
    for (size_t i = 0; i < layout->kernel_count; i++)
        if (take_block(&layout->kernel[i], ADDRESS_KERNEL, place))
            return true;
    for (size_t t = 0; t < layout->task_count; t++)
        for (size_t i = 0; i < layout->tasks[t].block_count; i++)
            if (take_block(&layout->tasks[t].blocks[i], t, place)) {
                place->has_region = address_region_of(book, t, place->addr, &place->region);
                return true;
            }
    return false;
}

/* ---- what else is in a memory ---- */

static bool has_info(const struct address_book *book)
{
    return book->has_tables && book->tables.info_addr != 0;
}

/* The info block is the last of the image. */
static uint64_t info_end(const struct address_book *book)
{
    return book->tables.image_base + book->tables.image_bytes;
}

/* Narrows the place to the range between two things. */
static void narrow(struct address_place *place, uint64_t start, uint64_t end)
{
    if (end <= place->addr && end > place->start)
        place->start = end;
    if (start > place->addr && start < place->end)
        place->end = start;
}

static void narrow_to_blocks(const struct address_book *book, struct address_place *place)
{
    const struct layout_read *layout = &book->layout;
    const struct layout_read_memory *memory = &layout->memories[place->memory];
    for (size_t i = 0; i < layout->kernel_count; i++)
        narrow(place, layout->kernel[i].start, layout->kernel[i].end);
    for (size_t t = 0; t < layout->task_count; t++)
        for (size_t i = 0; i < layout->tasks[t].block_count; i++)
            narrow(place, layout->tasks[t].blocks[i].start, layout->tasks[t].blocks[i].end);
    for (size_t i = 0; i < memory->hole_count; i++)
        narrow(place, memory->holes[i].start, memory->holes[i].end);
    narrow(place, memory->base, memory->base + memory->skip_bytes);
    if (has_info(book))
        narrow(place, book->tables.info_addr, info_end(book));
}

static bool is_in_hole(const struct layout_read_memory *memory, struct address_place *place)
{
    for (size_t i = 0; i < memory->hole_count; i++)
        if (place->addr >= memory->holes[i].start && place->addr < memory->holes[i].end) {
            place->start = memory->holes[i].start;
            place->end = memory->holes[i].end;
            return true;
        }
    return false;
}

static bool is_before_info(const struct address_book *book, const struct address_place *place)
{
    return has_info(book) && place->end == book->tables.info_addr;
}

static bool is_in_info(const struct address_book *book, struct address_place *place)
{
    if (!has_info(book) || place->addr < book->tables.info_addr || place->addr >= info_end(book))
        return false;
    place->start = book->tables.info_addr;
    place->end = info_end(book);
    return true;
}

static bool find_in_memory(const struct address_book *book, struct address_place *place)
{
    const struct layout_read *layout = &book->layout;
    size_t i = 0;
    while (i < layout->memory_count &&
           (place->addr < layout->memories[i].base ||
            place->addr - layout->memories[i].base >= layout->memories[i].size))
        i++;
    if (i == layout->memory_count)
        return false;
    const struct layout_read_memory *memory = &layout->memories[i];
    place->memory = i;
    place->start = memory->base;
    place->end = memory->base + memory->size;
    if (is_in_hole(memory, place)) {
        place->kind = ADDRESS_HOLE;
    } else if (place->addr - memory->base < memory->skip_bytes) {
        place->kind = ADDRESS_SKIPPED;
        place->end = memory->base + memory->skip_bytes;
    } else if (is_in_info(book, place)) {
        place->kind = ADDRESS_INFO;
    } else {
        narrow_to_blocks(book, place);
        const bool is_before = place->addr < memory->end || is_before_info(book, place);
        place->kind = is_before ? ADDRESS_GAP : ADDRESS_FREE;
    }
    return true;
}

/* ---- peripherals ---- */

static const char *joined(const struct layout_read_fixed *fixed, struct arena *arena)
{
    const char *text = fixed->names[0];
    for (size_t i = 1; i < fixed->name_count; i++)
        text = arena_format(arena, "%s or %s", text, fixed->names[i]);
    return text;
}

static bool find_peripheral(const struct address_book *book, struct address_place *place,
                            struct arena *arena)
{
    const struct layout_read *layout = &book->layout;
    for (size_t i = 0; i < layout->peripheral_count; i++) {
        const struct layout_read_peripheral *item = &layout->peripherals[i];
        if (place->addr < item->start || place->addr >= item->end)
            continue;
        place->name = item->name;
        place->start = item->start;
        place->end = item->end;
        return true;
    }
    for (size_t t = 0; t < layout->task_count && !layout->has_peripherals; t++)
        for (size_t f = 0; f < layout->tasks[t].fixed_count; f++) {
            const struct layout_read_fixed *fixed = &layout->tasks[t].fixed[f];
            if (strcmp(fixed->kind, "peripheral") != 0 || place->addr < fixed->region.start ||
                place->addr >= fixed->region.end)
                continue;
            place->name = joined(fixed, arena);
            place->start = fixed->region.start;
            place->end = fixed->region.end;
            return true;
        }
    return false;
}

static void find_users(const struct address_book *book, struct address_place *place,
                       struct arena *arena)
{
    size_t *users = ARENA_ARRAY(arena, size_t, book->layout.task_count);
    struct address_region region;
    for (size_t t = 0; t < book->layout.task_count; t++)
        if (t != place->owner && address_region_of(book, t, place->addr, &region))
            users[place->user_count++] = t;
    place->users = users;
}

struct address_place address_place_of(const struct address_book *book, uint64_t addr,
                                      struct arena *arena)
{
    struct address_place place = {
        .addr = addr, .kind = ADDRESS_OUTSIDE, .owner = ADDRESS_NOBODY, .memory = SIZE_MAX};
    if (!find_block(book, &place) && !find_in_memory(book, &place) &&
        find_peripheral(book, &place, arena))
        place.kind = ADDRESS_PERIPHERAL;
    find_users(book, &place, arena);
    return place;
}
