/* Lower bounds: what no order and no placement can beat. */
#ifndef LAYOUT_SEARCH_BOUND_H
#define LAYOUT_SEARCH_BOUND_H

#include "layout/search/problem.h"

enum { SLOTS_MOST = 64 }; /* of one task */

/* The best ways to share s slots among some blocks of a task, for every s at once. */
struct shares {
    uint32_t slots;                 /* s in [0, slots] */
    uint64_t units[SLOTS_MOST + 1]; /* least sum with at most s slots; UINT64_MAX: too few */
};

/* Fills most_slots and least of every block that is not pinned. */
void bound_blocks(struct problem *problem, struct arena *arena);

/* No blocks yet: any number of slots gives nothing. slots <= SLOTS_MOST. */
void shares_clear(struct shares *shares, uint32_t slots);

/* Adds a block that takes units[k] with k slots, k in [1, most_slots]. */
void shares_add(struct shares *shares, const uint64_t *units, uint32_t most_slots);

/* The least units of all blocks of a task that are not pinned. */
uint64_t bound_of_task(const struct problem *problem, const struct problem_task *task);

/* The least units of all memories together, each from its start to the end of its last block,
 * pinned or not. In front of a hole or a pinned block, what no sum of blocks can fill is lost. */
uint64_t bound_of_all(const struct problem *problem, struct arena *arena);

/* The same of one memory, when each of its blocks has as many slots as it can use. */
uint64_t bound_of_memory(const struct problem *problem, size_t memory, struct arena *arena);

/* Bytes from the kernel's end to where a memory's blocks can first begin. */
uint64_t bound_of_front(const struct problem *problem, size_t memory);

#endif
