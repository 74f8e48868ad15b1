/* Plans: for each memory an order of its blocks, and the slots of each. */
#ifndef LAYOUT_SEARCH_ORDERING_H
#define LAYOUT_SEARCH_ORDERING_H

#include "layout/search/beam.h"
#include "layout/search/problem.h"

/* The blocks of one memory that are to be ordered. */
struct stage {
    size_t memory;
    uint64_t size;  /* of all its blocks */
    size_t *blocks; /* in problem->blocks, canonical order */
    size_t block_count;
};

/* An order and slots for every stage. */
struct ordering {
    struct beam_step **steps; /* [stage]: item is an index in stage->blocks */
    uint64_t *ends;           /* [stage] */
    uint64_t units;           /* sum over all memories, weighted: from the start to the end of the
                                 last block, pinned or not */
};

struct planner {
    const struct problem *problem;
    struct arena *arena;
    struct stage *stages; /* largest first */
    size_t stage_count;
    uint64_t least_units;
    uint64_t pinned_units;   /* of memories in which all blocks are pinned, weighted */
    const uint32_t *weights; /* [memory] */
    uint32_t widening;       /* beams are this many times as wide as usual */
    bool is_diving;          /* orders without waste are taken as they are found */
    bool is_weighted; /* some weight is not 1: costs are no units, and the bounds say nothing */

    struct memo *memo; /* a block's number is its index in problem->blocks */
    /* What is being planned. */
    uint32_t *slots_left;      /* [task] */
    bool *is_open;             /* [block]: has no slots yet */
    const uint64_t **expected; /* [block][k]: what it will take with k slots, while it is open */
    uint64_t **samples;        /* [block]: see struct beam_item */
};

/* Everything that planning needs; weights as in pack.h. */
struct planner planner_create(const struct problem *problem, const uint32_t *weights,
                              struct arena *arena);

/* Plans stage after stage, the first ones told what their slots cost the later ones at least. */
struct ordering ordering_first(struct planner *planner);

/* Rounds of true marginals: plans one stage anew, told what its slots really cost in the others;
 * none where the plan is close to the bound. Never worse. */
struct ordering ordering_improve(struct planner *planner, struct ordering plan);

/* Whether no plan can be better by more than what is not worth another search. */
bool ordering_is_close(const struct planner *planner, const struct ordering *plan);

/* Whether so little work was done that one more search is in order. */
bool ordering_may_search_on(const struct planner *planner);

/* The parts of these that another way to find a plan needs: */

/* A plan with no steps yet. */
struct ordering ordering_new(const struct planner *planner);

/* Gives every task all its slots and takes them from all blocks. */
void ordering_open_all(struct planner *planner);

/* Orders one stage with the slots that are left, and takes its slots from the tasks. */
void ordering_stage(struct planner *planner, struct ordering *plan, size_t number);

/* Where the last block of a stage ends when they are placed in the order of steps. */
uint64_t ordering_end(const struct planner *planner, const struct stage *stage,
                      const struct beam_step *steps);

/* Places the blocks of a stage in the order of steps. blocks: by index of problem->blocks, filled.
 */
void ordering_decode(const struct planner *planner, const struct stage *stage,
                     const struct beam_step *steps, struct layout_range *blocks);

/* Sets plan->units. */
void ordering_sum(const struct planner *planner, struct ordering *plan);

#endif
