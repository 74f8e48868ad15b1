/* The blocks of one memory one after the other, each in a gap that the earlier ones left, or else
 * behind them all.
 *
 * For a fixed order this never ends later than placing each block behind the one before: a block
 * in a gap leaves the frontier where it is, and an end never falls when the frontier rises.
 */
#ifndef LAYOUT_SEARCH_FILL_H
#define LAYOUT_SEARCH_FILL_H

#include "layout/search/memo.h"
#include "layout/search/problem.h"

enum { FILL_GAPS_MOST = 8 }; /* remembered; of more the longest */

/* What the blocks placed so far leave. */
struct fill_front {
    uint64_t frontier;
    uint64_t gap_units; /* sum of the gaps */
    uint32_t gap_count;
    struct layout_range gaps[FILL_GAPS_MOST]; /* ascending */
};

struct fill {
    const struct problem *problem;
    struct memo *memo;
    size_t memory;
    uint64_t smallest; /* no block is shorter, so no shorter gap is of use */
};

/* A memory without blocks. */
void fill_start(const struct fill *fill, struct fill_front *ret);

/* Places the next block; *ret: where it lies. */
void fill_place(const struct fill *fill, struct fill_front *front, size_t block, uint32_t slots,
                struct layout_range *ret);

bool fill_fronts_equal(const struct fill_front *a, const struct fill_front *b);

#endif
