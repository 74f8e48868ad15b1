/* The optimum for few tasks: every order and every sharing of slots between two memories, but those
 * that a bound rules out.
 *
 * First memory: for each set of placed tasks and each way to have shared their slots, the lowest
 * frontier is all that matters. For each sharing that remains, the second memory is ordered the
 * same way, its slots fixed.
 */
#ifndef LAYOUT_SEARCH_EXACT_H
#define LAYOUT_SEARCH_EXACT_H

#include "layout/search/beam.h"

enum { EXACT_TASKS_MOST = 8, EXACT_SLOTS_MOST = 15 };

struct exact_task {
    const struct piece
        *pieces[2];         /* in the first and the second memory; NULL: none. piece.least is set */
    uint32_t most_slots[2]; /* at most EXACT_SLOTS_MOST */
    uint32_t slots;         /* for both, and for its blocks elsewhere */
    const uint64_t
        *elsewhere; /* [s], s in [0, slots]: what those take with s slots; UINT64_MAX: too few */
};

struct exact_job {
    struct cover cover;
    const struct space *spaces[2];
    uint64_t starts[2];
    const struct exact_task *tasks;
    size_t task_count; /* at most EXACT_TASKS_MOST */
    uint64_t below;    /* only less than these units, elsewhere included, is wanted */
    uint64_t budget;   /* placements that may be looked at */
};

struct exact_answer {
    bool is_found;
    bool is_proven; /* no packing takes less than `units`, or than job.below when none was found */
    uint64_t units;
    struct beam_step steps[2][EXACT_TASKS_MOST]; /* item: index of the task */
    size_t step_counts[2];
};

struct exact_answer exact_search(const struct exact_job *job, struct arena *arena);

#endif
