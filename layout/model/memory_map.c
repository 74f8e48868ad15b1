#include "layout/model/memory_map.h"

#include <stdlib.h>

struct tiling {
    struct memory_map_row *rows;
    size_t count;
};

static void add(struct tiling *tiling, struct memory_map_row row)
{
    if (row.range.start < row.range.end)
        tiling->rows[tiling->count++] = row;
}

static int compare_rows(const void *left, const void *right)
{
    const struct memory_map_row *a = left;
    const struct memory_map_row *b = right;
    return (a->range.start > b->range.start) - (a->range.start < b->range.start);
}

/* All that lies in the memory, ascending. */
static struct tiling things_in(const struct layout_request *request, const struct layout *layout,
                               size_t memory_index, struct arena *arena)
{
    const struct layout_memory *memory = &request->memories[memory_index];
    size_t most = layout->kernel_count + memory->hole_count + 2;
    for (size_t t = 0; t < layout->task_count; t++)
        most += layout->tasks[t].block_count;
    struct tiling things = {ARENA_ARRAY(arena, struct memory_map_row, most), 0};
    add(&things,
        (struct memory_map_row){.kind = MEMORY_MAP_SKIP,
                                .range = {memory->base, memory->base + memory->skip_bytes}});
    for (size_t i = 0; i < memory->hole_count; i++)
        add(&things, (struct memory_map_row){.kind = MEMORY_MAP_HOLE, .range = memory->holes[i]});
    for (size_t i = 0; i < layout->kernel_count; i++) {
        const struct layout_kernel_answer *kernel = &layout->kernel[i];
        if (kernel->memory == memory_index)
            add(&things, (struct memory_map_row){.kind = MEMORY_MAP_KERNEL,
                                                 .range = kernel->range,
                                                 .need_bytes = kernel->need_bytes});
    }
    for (size_t t = 0; t < layout->task_count; t++) {
        for (size_t b = 0; b < layout->tasks[t].block_count; b++) {
            const struct layout_block *block = &layout->tasks[t].blocks[b];
            if (block->memory == memory_index)
                add(&things, (struct memory_map_row){.kind = MEMORY_MAP_BLOCK,
                                                     .range = block->range,
                                                     .task = t,
                                                     .need_bytes = block->need_bytes});
        }
    }
    if (request->info_bytes != 0 && request->info_memory == memory_index)
        add(&things, (struct memory_map_row){.kind = MEMORY_MAP_INFO,
                                             .range = layout->info,
                                             .need_bytes = request->info_bytes});
    if (things.count > 1)
        qsort(things.rows, things.count, sizeof *things.rows, compare_rows);
    return things;
}

bool memory_map_has_owner(const struct memory_map_row *row)
{
    switch (row->kind) {
    case MEMORY_MAP_KERNEL:
    case MEMORY_MAP_BLOCK:
    case MEMORY_MAP_INFO:
        return true;
    case MEMORY_MAP_SKIP:
    case MEMORY_MAP_HOLE:
    case MEMORY_MAP_GAP:
    case MEMORY_MAP_FREE:
        return false;
    }
    return false;
}

struct memory_map memory_map_of(const struct layout_request *request, const struct layout *layout,
                                size_t memory_index, struct arena *arena)
{
    const struct layout_memory *memory = &request->memories[memory_index];
    const struct tiling things = things_in(request, layout, memory_index, arena);
    uint64_t used_end = memory->base;
    for (size_t i = 0; i < things.count; i++) {
        if (memory_map_has_owner(&things.rows[i]))
            used_end = things.rows[i].range.end;
    }
    struct tiling tiles = {ARENA_ARRAY(arena, struct memory_map_row, 2 * things.count + 1), 0};
    uint64_t at = memory->base;
    for (size_t i = 0; i < things.count; i++) {
        const enum memory_map_kind between = at < used_end ? MEMORY_MAP_GAP : MEMORY_MAP_FREE;
        add(&tiles,
            (struct memory_map_row){.kind = between, .range = {at, things.rows[i].range.start}});
        struct memory_map_row row = things.rows[i];
        if (row.range.end <= at)
            continue; /* a hole in the skipped front */
        row.range.start = row.range.start > at ? row.range.start : at;
        add(&tiles, row);
        at = row.range.end;
    }
    add(&tiles, (struct memory_map_row){.kind = MEMORY_MAP_FREE,
                                        .range = {at, memory->base + memory->size}});
    return (struct memory_map){tiles.rows, tiles.count};
}

struct memory_map_totals memory_map_total(const struct memory_map *map)
{
    struct memory_map_totals totals = {0};
    for (size_t i = 0; i < map->row_count; i++) {
        const struct memory_map_row *row = &map->rows[i];
        const uint64_t bytes = row->range.end - row->range.start;
        totals.size += bytes;
        if (row->kind == MEMORY_MAP_FREE)
            totals.free += bytes;
        else
            totals.used += bytes;
        if (row->kind == MEMORY_MAP_GAP)
            totals.gap += bytes;
        if (!memory_map_has_owner(row))
            continue;
        totals.has_owner = true;
        totals.padding += bytes - row->need_bytes;
    }
    return totals;
}
