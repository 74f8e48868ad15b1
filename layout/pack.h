/* The search: where every block lies. */
#ifndef LAYOUT_PACK_H
#define LAYOUT_PACK_H

#include "layout/problem.h"

struct packing {
    struct layout_range *blocks; /* of problem->blocks, in units; pinned ones too */
    uint64_t units;              /* used: from each memory's start to its last block's end, summed */
    uint64_t least_units;        /* proven: no packing uses less */
};

/* Finds a packing that uses few units. A memory may overflow: see problem_memory.space. */
struct packing pack_blocks(const struct problem *problem, struct arena *arena);

#endif
