/* Why a task's blocks are where they are: data for words. */
#ifndef LAYOUT_ADVICE_EXPLAIN_H
#define LAYOUT_ADVICE_EXPLAIN_H

#include "layout/model/layout.h"

enum explain_slot_user { EXPLAIN_RESERVED, EXPLAIN_FIXED, EXPLAIN_BLOCK, EXPLAIN_FREE };

/* Some of the task's slots and who uses them; all entries add up to mpu.slots. */
struct explain_slots {
    enum explain_slot_user user;
    size_t index; /* EXPLAIN_FIXED: in the task's fixed; EXPLAIN_BLOCK: in its blocks; else 0 */
    uint32_t slots;
};

enum explain_neighbour_kind {
    EXPLAIN_EDGE, /* the memory's first or last byte, or what is left for a bootloader */
    EXPLAIN_HOLE,
    EXPLAIN_KERNEL,
    EXPLAIN_TASK,
    EXPLAIN_INFO
};

struct explain_neighbour {
    enum explain_neighbour_kind kind;
    size_t task;        /* of EXPLAIN_TASK */
    uint64_t gap_bytes; /* in no use, between it and the block */
};

struct explain_block {
    size_t memory;
    struct explain_neighbour below, above;
    uint64_t padding_bytes; /* in the block, beyond its need */
    uint64_t least_bytes;   /* no place at all has a shorter block in as many slots */
};

/* What the whole layout would take with one thing changed: solved anew with it, less solved anew
 * without. */
struct explain_change {
    bool is_asked; /* the change can be made at all */
    bool fits;     /* there is a layout then */
    int64_t bytes; /* more (or less, when negative) over all memories */
};

struct explain_task {
    const struct explain_slots *slots; /* reserved, fixed, blocks, free */
    size_t slot_count;
    const struct explain_block *blocks; /* as layout->tasks[task].blocks */
    size_t block_count;
    struct explain_change slot_more; /* the task has one slot more */
    struct explain_change slot_less; /* asked only when the task has more than one slot a block */
    struct explain_change split;     /* its blocks may be cut; asked only when one may not */
    uint64_t used_bytes;       /* of the layout: from the kernel's end to the last block's, over all
                                  memories */
    uint64_t bound_bytes;      /* of the layout: no other takes less */
    uint64_t task_bytes;       /* of the task's blocks */
    uint64_t task_bound_bytes; /* its blocks cannot take less, wherever they lie and however they
                                  share its slots */
};

/* Explains one task of a layout. It solves the request up to four times.
 * Shape:  layout: an answer to request that layout_verify accepts. */
struct explain_task explain_task_of(const struct layout_request *request,
                                    const struct layout *layout, size_t task, struct arena *arena);

#endif
