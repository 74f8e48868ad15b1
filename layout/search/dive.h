/* Orders of the blocks of one memory in which none wastes anything, found without a beam.
 *
 * From a frontier, a block fits when it begins there and takes the least that it can, its slots'
 * cost elsewhere included; of several ways to share slots that fit, the one with the fewest here is
 * taken. Where every block fits behind the one before, no order is better.
 */
#ifndef LAYOUT_SEARCH_DIVE_H
#define LAYOUT_SEARCH_DIVE_H

#include "layout/search/beam_job.h"

struct dive_job {
    const struct beam_job *beam;
    const uint64_t *floor;   /* [item]: the least that it can cost */
    const uint32_t *hardest; /* items, the hardest to place first */
};

/* Looks for an order in which every item fits, the hardest first, and steps back where none does.
 * Fills steps[0..item_count). False when there is none, or when it is not found within a budget. */
MUST_CHECK bool dive_to_end(const struct dive_job *job, struct arena *arena,
                            struct beam_step *steps);

/* Places all but `leave` items, each the hardest that fits, or where none does one that wastes
 * little; for problems so large that something nearly always fits. Fills the first steps; moves
 * *frontier behind them. False when some item has no place at all. */
MUST_CHECK bool dive_greedily(const struct dive_job *job, size_t leave, struct arena *arena,
                              struct beam_step *steps, uint64_t *frontier);

#endif
