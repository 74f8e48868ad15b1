/* From a packing to the answer: regions, slots, and the sums of each memory. */
#ifndef LAYOUT_SEARCH_ANSWER_H
#define LAYOUT_SEARCH_ANSWER_H

#include "layout/search/pack.h"

/* The end of the last block in a memory, in units; the memory's start when there is none. */
uint64_t answer_memory_end(const struct problem *problem, const struct packing *packing,
                           size_t memory);

/* The first legal place of the info block after all blocks of its memory; false when there is none.
 */
MUST_CHECK bool answer_place_info(const struct problem *problem, const struct packing *packing,
                                  struct layout_range *ret);

/* Builds the answer of a packing in which every memory and the info block fit. */
struct layout answer_build(const struct problem *problem, const struct packing *packing,
                           struct layout_range info, struct arena *arena);

#endif
