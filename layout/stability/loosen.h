/* Which blocks to move when those that must move waste too much.
 *
 * Any block may be freed, not only the highest: first each one, then each two, then again and again
 * the one that saves most. A choice is priced by what is free between the blocks that stay.
 */
#ifndef LAYOUT_STABILITY_LOOSEN_H
#define LAYOUT_STABILITY_LOOSEN_H

#include "layout/stability/keep.h"

enum { LOOSEN_MOST = 6 /* blocks freed */ };

struct loosening {
    size_t blocks[LOOSEN_MOST]; /* in keep.blocks */
    size_t count;
    uint64_t units; /* what the memories take then, by estimate */
};

/* Fills levels[n], n in [0, *ret_count), with the best way to free n blocks more.
 * problem: what the blocks that do not stay are placed as; stays: of keep.blocks. */
void loosen_find(const struct problem *problem, const struct keep *keep, const bool *stays,
                 struct loosening levels[LOOSEN_MOST + 1], size_t *ret_count, struct arena *arena);

#endif
