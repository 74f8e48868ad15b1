/* layout.json, read back: where everything in an image is. */
#ifndef CLI_PLAN_LAYOUT_READ_H
#define CLI_PLAN_LAYOUT_READ_H

#include "base/diag.h"
#include "base/span.h"
#include "layout/mpu/mpu.h"

struct layout_read_memory {
    const char *name;
    uint64_t base, size;
    uint64_t end; /* the first address after the last block */
    uint64_t need_bytes, bound_bytes, padding_bytes, gap_bytes;
    uint64_t skip_bytes;
    const struct layout_range *holes; /* addresses; ascending, disjoint, inside the memory */
    size_t hole_count;
};

struct layout_read_region {
    uint64_t start, end;
    uint64_t slots;
    uint64_t mpu_base, mpu_size; /* mpu_size: 0 where the model has none */
    uint64_t srd;
};

/* What the kernel or a task has in one memory. */
struct layout_read_block {
    size_t memory;
    uint64_t start, end;
    uint64_t need_bytes;                      /* from start on; the rest is padding */
    const struct layout_read_region *regions; /* ascending; none for the kernel */
    size_t region_count;
};

/* A slot for addresses that are not in a block: "peripheral", "map" or "info". */
struct layout_read_fixed {
    const char *kind;
    const char *const *names; /* everything the slot joins, at least one */
    size_t name_count;
    struct layout_read_region region;
};

struct layout_read_task {
    const char *name;
    uint64_t slots_used, slots_free;
    const struct layout_read_block *blocks;
    size_t block_count;
    const struct layout_read_fixed *fixed;
    size_t fixed_count;
};

struct layout_read_peripheral {
    const char *name;
    uint64_t start, end;
};

struct layout_read {
    const char *name, *slot;
    const char *mpu_model;
    uint64_t mpu_slots, mpu_reserved, bound_bytes;
    const struct layout_read_memory *memories;
    size_t memory_count;
    const struct layout_read_block *kernel;
    size_t kernel_count;
    const struct layout_read_task *tasks; /* in index order */
    size_t task_count;
    /* All of the chip's. Files of older versions do not list them: then has_peripherals is false.
     */
    const struct layout_read_peripheral *peripherals;
    size_t peripheral_count;
    bool has_peripherals;
};

/* Reads a layout. Addresses are at most 2^32, ranges are not empty, blocks are inside their
 * memories.
 * Shape:  everything is copied into `arena`; pos is the position for messages.
 * Errors: layout-malformed. *ret is untouched on failure. */
MUST_CHECK bool layout_read(struct span json, struct source_pos pos, struct arena *arena,
                            struct layout_read *ret, struct diag_list *diags);

#endif
