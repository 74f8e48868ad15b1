/* The report model of one memory: rows that tile it from its first byte to its last. */
#ifndef LAYOUT_MODEL_MEMORY_MAP_H
#define LAYOUT_MODEL_MEMORY_MAP_H

#include "layout/model/layout.h"

enum memory_map_kind {
    MEMORY_MAP_SKIP, /* left for a bootloader */
    MEMORY_MAP_HOLE, /* the memory has no bytes here */
    MEMORY_MAP_KERNEL,
    MEMORY_MAP_BLOCK,
    MEMORY_MAP_INFO,
    MEMORY_MAP_GAP, /* in use by nobody, below the last byte in use */
    MEMORY_MAP_FREE /* behind the last byte in use */
};

struct memory_map_row {
    enum memory_map_kind kind;
    struct layout_range range; /* not empty */
    size_t task;               /* of a block */
    uint64_t need_bytes;       /* of kernel, block and info: bytes that it needs, else 0 */
};

struct memory_map {
    const struct memory_map_row *rows; /* ascending; each starts where the one before ends */
    size_t row_count;
};

/* Tiles a memory with what a layout put there. The sizes of the rows add up to the memory's size.
 * Shape:  layout: an answer to request; memory: index into request->memories. */
struct memory_map memory_map_of(const struct layout_request *request, const struct layout *layout,
                                size_t memory, struct arena *arena);

/* Bytes of a memory by what they are used for. */
struct memory_map_totals {
    uint64_t size;
    uint64_t
        used; /* all but what is free behind the last byte in use: kernel, blocks, gaps, holes, … */
    uint64_t free;    /* size - used */
    uint64_t padding; /* of kernel, blocks and info block, beyond their needs */
    uint64_t gap;
    bool has_owner; /* kernel, a block or the info block lies here */
};

struct memory_map_totals memory_map_total(const struct memory_map *map);

/* Whether a row is the kernel, a block or the info block. */
bool memory_map_has_owner(const struct memory_map_row *row);

#endif
