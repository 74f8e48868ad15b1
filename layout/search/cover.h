/* Counting: how many regions a range takes, and what the cheapest range for a size is.
 *
 * All numbers here are units of `1 << unit_log2` bytes, so that the rules no longer depend on the
 * size of the smallest region. `slots` counts region registers.
 */
#ifndef LAYOUT_SEARCH_COVER_H
#define LAYOUT_SEARCH_COVER_H

#include "layout/model/layout.h"

#include "base/arena.h"

enum cover_kind {
    COVER_PLAIN,   /* power-of-two sizes at multiples of themselves */
    COVER_EIGHTHS, /* at most 8 chunks of 2^j units inside an aligned 8 * 2^j */
    COVER_ANY,     /* any range */
    COVER_ENTRIES  /* never cut: a COVER_PLAIN region takes one slot, any other range two */
};

struct cover {
    enum cover_kind kind;
    uint32_t unit_log2;
};

struct cover cover_of(const struct mpu *mpu);

/* Whether a block may ever be more than one region. */
bool cover_has_cuts(struct cover cover);

/* The least slots that grant exactly [start, end), start < end. */
uint32_t cover_count(struct cover cover, uint64_t start, uint64_t end);

/* Whether `slots` can grant it; cheaper than counting when they cannot. */
bool cover_is_within(struct cover cover, uint64_t start, uint64_t end, uint32_t slots);

/* The first of `end`, and of that rounded up to each power of two in turn, for which `slots` can
 * grant [start, end); 0: none up to `limit`. */
uint64_t cover_next_end(struct cover cover, uint64_t start, uint64_t end, uint64_t limit,
                        uint32_t slots);

/* The least length >= size that `slots` >= 1 can grant anywhere at all.
 * No block of that size and slots is shorter: the lower bound of everything else. */
uint64_t cover_least_length(struct cover cover, uint64_t size, uint32_t slots);

/* The most cuts that cover_cut can write: two for each binary digit of an address. */
enum { COVER_CUTS_MOST = 64 };

/* Writes where each region but the last ends, ascending, in cuts, of which there are cover_count -
 * 1 (with COVER_ENTRIES: none); returns how many. */
uint32_t cover_cut(struct cover cover, uint64_t start, uint64_t end, uint64_t *cuts);

#endif
