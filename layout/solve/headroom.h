/* How far each task can grow before the block of another one moves. */
#ifndef LAYOUT_ADVICE_HEADROOM_H
#define LAYOUT_ADVICE_HEADROOM_H

#include "layout/model/layout.h"

struct headroom_block {
    size_t task;
    size_t need;    /* of the task; so it is layout->tasks[task].blocks[need] */
    uint64_t bytes; /* that the need, as asked for, can grow by */
    struct layout_range
        window; /* free around the block, itself included: no other block, hole or kernel */
};

struct headroom {
    const struct headroom_block *blocks; /* by task, then by need */
    size_t block_count;
    size_t next_to_hurt; /* in blocks: least headroom for its need, then fewest bytes, then first
                            name; block_count: none */
};

/* Measures each block's headroom: the most bytes that its need can grow by while every other block
 * stays, which a lock sees to; a layout without one may move any block to save bytes. The block
 * itself may then grow or shift within the free space around it and take its task's free slots;
 * alignment, pins, limits, ranges that must stay whole are respected, and the info block moves on
 * while there is room for it.
 * Shape:  layout: an answer to request that layout_verify accepts. */
struct headroom headroom_find(const struct layout_request *request, const struct layout *layout,
                              struct arena *arena);

#endif
