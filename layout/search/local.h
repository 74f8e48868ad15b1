/* Local search: a plan is changed at random, and what makes it much worse is taken back.
 *
 * A change moves a block within its memory's order, exchanges two of them, hands a slot from one of
 * a task's blocks to another, or puts a block into another memory that it may lie in. What a change
 * may cost falls to nothing while the search goes on. Memories that overflow count many times, so
 * the search makes plans fit as well. The random numbers are the same ones every time.
 */
#ifndef LAYOUT_SEARCH_LOCAL_H
#define LAYOUT_SEARCH_LOCAL_H

#include "layout/search/problem.h"

/* A plan: for each memory the order of its blocks, and each block's slots. */
struct local_plan {
    uint32_t **orders;    /* [memory][position]: index in problem->blocks */
    size_t *order_counts; /* [memory] */
    uint32_t *slots;      /* [block] */
    size_t *memories;     /* [block] */
};

/* A plan with room for any order. */
struct local_plan local_plan_new(const struct problem *problem, struct arena *arena);

struct local_job {
    struct problem *problem;
    struct local_plan *plan; /* at first any; at last the best that was found */
    uint64_t least_units;    /* of all memories: the search ends when that is reached */
    uint64_t budget;         /* blocks that may be placed */
    uint64_t seed;           /* other seeds, other random numbers */
};

/* Improves job->plan and fills blocks[index in problem->blocks] with where it has the blocks that
 * are not pinned. */
void local_search(const struct local_job *job, struct arena *arena, struct layout_range *blocks);

#endif
