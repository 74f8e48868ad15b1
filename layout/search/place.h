/* Placing one block at the first place where it fits, in the units of cover.h. */
#ifndef LAYOUT_SEARCH_PLACE_H
#define LAYOUT_SEARCH_PLACE_H

#include "layout/search/cover.h"

/* What is free in one memory: ascending, disjoint, none empty. */
struct space {
    const struct layout_range *parts;
    size_t part_count;
};

/* What one block asks for. */
struct piece {
    uint64_t size;      /* more than 0 */
    uint64_t alignment; /* of the block's start; power of two */
    const struct layout_range
        *uncut; /* in bytes from the block's start: no cut strictly inside any */
    size_t uncut_count;
    uint32_t unit_log2; /* what `uncut` is converted with */
    const uint64_t
        *least; /* NULL, or least[k]: cover_least_length for k slots; shorter ends are not tried */
};

/* The block of `piece` with the lowest end among all that start at `frontier` or later, take at
 * most `slots` regions, and end by `limit`; of equal ends the one with the fewest regions. False,
 * with *ret untouched, when there is none. The end never falls when the frontier rises: so for a
 * fixed order of pieces and slots, placing each in turn is optimal, and of two ways to place the
 * same set the one that ends earlier is never worse. */
MUST_CHECK bool place_first(struct cover cover, const struct space *space,
                            const struct piece *piece, uint32_t slots, uint64_t frontier,
                            uint64_t limit, struct layout_range *ret);

/* The same for a block that begins exactly at `start`. */
MUST_CHECK bool place_at(struct cover cover, const struct piece *piece, uint32_t slots,
                         uint64_t start, uint64_t limit, struct layout_range *ret);

/* Whether uncut ranges leave a block that `slots` grant without them as it is. */
bool place_allows_cuts(struct cover cover, const struct piece *piece, uint32_t slots,
                       struct layout_range block);

/* Where the free part that holds `at` ends; 0: none does. */
uint64_t space_end(const struct space *space, uint64_t at);

/* The least slots that grant a block with its uncut ranges respected; UINT32_MAX: impossible. */
uint32_t place_count(struct cover cover, const struct piece *piece, struct layout_range block);

/* As cover_cut, with the block's uncut ranges respected. */
uint32_t place_cut(struct cover cover, const struct piece *piece, struct layout_range block,
                   uint64_t *cuts);

#endif
