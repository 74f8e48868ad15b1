/* Making everything fit: the first goal, before few bytes. */
#ifndef LAYOUT_SEARCH_FIT_H
#define LAYOUT_SEARCH_FIT_H

#include "layout/search/answer.h"

struct fit {
    bool is_fit;
    struct packing packing;
    struct layout_range info;
    const uint64_t *overflow_bytes; /* [memory], the info block included; all 0 when it is a fit */
};

/* Packs, and where a memory overflows chooses other memories or weighs that memory up and packs
 * again. What does not fit after all is the first packing, which wastes least. */
struct fit fit_blocks(struct problem *problem, struct arena *arena);

#endif
