/* The search: where every block lies. */
#ifndef LAYOUT_SEARCH_PACK_H
#define LAYOUT_SEARCH_PACK_H

#include "layout/search/problem.h"

struct packing {
    struct layout_range *blocks; /* of problem->blocks, in units; pinned ones too */
    size_t *memories;            /* of problem->blocks: where each lies */
    uint64_t least_units;        /* proven: no packing uses less */
};

/* Finds a packing that uses few units. A memory may overflow: see problem_memory.space. Blocks with
 * a choice may come to lie elsewhere than they did: problem->blocks[i].memory says so.
 * attempt: each makes other random choices. weights[memory], at least 1: how much a unit there
 * counts; more than 1 for a memory that overflowed. */
struct packing pack_blocks(struct problem *problem, const uint32_t *weights, uint32_t attempt,
                           struct arena *arena);

#endif
