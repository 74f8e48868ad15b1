/* A request as the search sees it: units instead of bytes, free space, spare slots. */
#ifndef LAYOUT_SEARCH_PROBLEM_H
#define LAYOUT_SEARCH_PROBLEM_H

#include "layout/search/join.h"
#include "layout/search/place.h"

/* One block to place. */
struct problem_block {
    size_t task;            /* in problem.tasks */
    size_t need;            /* of that task in the request */
    const size_t *memories; /* where it may lie: the need's memories without those whose limit it
                               breaks, unless it breaks all */
    size_t memory_count;
    size_t memory; /* chosen among them */
    struct piece piece;
    bool one_region;
    uint32_t most_slots;   /* more are no use, or would leave the task's other blocks without */
    const uint64_t *least; /* least[k]: the shortest block with k slots, k in [1, most_slots]; of a
                              pinned block: at its address, UINT64_MAX: none */
    bool is_pinned;        /* then: */
    struct layout_range pinned; /* where it lies */
};

struct problem_task {
    size_t index; /* in request->tasks */
    struct joined joined;
    uint32_t all_slots;   /* for all its blocks */
    uint32_t slots;       /* left for the blocks that are not pinned */
    uint32_t loose_count; /* blocks that are not pinned */
    size_t first_block;   /* in problem.blocks */
    size_t block_count;
};

struct problem_memory {
    uint64_t kernel_end; /* address: what blocks have for themselves begins here */
    uint64_t start, end; /* in units: kernel_end rounded up, the memory's end rounded down */
    uint64_t room_end;   /* in units: blocks end by it, so that the info block has room behind */
    uint64_t pinned_end; /* in units: of the highest pinned block; 0: there is none */
    struct space space;  /* without the kernel, holes and pinned blocks, with room to overflow */
};

/* Tasks and blocks are in an order that depends on sizes and names only, never on the request's. */
struct problem {
    const struct layout_request *request;
    struct cover cover;
    struct problem_memory *memories;
    struct layout_kernel_answer *kernel;
    struct problem_task *tasks;
    size_t task_count;
    struct problem_block *blocks;
    size_t block_count;
    uint32_t info_slots; /* of each reader's */
    uint32_t effort;     /* how long to search: 0 is little, 1 as usual, N times as long */
    bool
        is_free; /* of pins, uncut ranges and choices: the best order and sharing are the optimum */
};

/* A memory's space reaches this far beyond its end, so that the search can say by how much it
 * overflows. */
#define PROBLEM_OVERFLOW_UNITS (UINT64_C(1) << 48)

/* Bytes in units, rounded up. */
uint64_t problem_units(const struct problem *problem, uint64_t bytes);

/* Sets a memory's space, room_end and pinned_end anew after blocks were pinned. */
void problem_find_space(struct problem *problem, size_t memory, struct arena *arena);

#endif
