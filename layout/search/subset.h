/* Which sums some numbers can make, each taken at most once. */
#ifndef LAYOUT_SEARCH_SUBSET_H
#define LAYOUT_SEARCH_SUBSET_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct subset {
    uint64_t *reached; /* bit s: some choice makes the sum s; NULL: any sum may be */
    uint64_t most;     /* sums in [0, most] */
};

/* Only 0 is reached. Of more than SUBSET_MOST sums every one counts as reached. */
enum { SUBSET_MOST = 1 << 20 };
struct subset subset_create(uint64_t most, struct arena *arena);

/* Adds a number that may be any one of values[0..count), or left out. */
void subset_add(struct subset *subset, const uint64_t *values, uint32_t count);

/* The highest sum that is reached. */
uint64_t subset_highest(const struct subset *subset);

#endif
