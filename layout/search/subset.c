#include "layout/search/subset.h"

#include <string.h>

static size_t word_count(const struct subset *subset)
{
    return (size_t)(subset->most / 64 + 1);
}

struct subset subset_create(uint64_t most, struct arena *arena)
{
    struct subset subset = {.most = most};
    if (most > SUBSET_MOST)
        return subset;
    /* The second half is for what subset_add reads. */
    subset.reached = ARENA_ARRAY(arena, uint64_t, 2 * word_count(&subset));
    subset.reached[0] = 1;
    return subset;
}

/* Marks all sums of `before` with a value more. */
static void shift(const struct subset *subset, const uint64_t *before, uint64_t value)
{
    const size_t words = word_count(subset);
    const size_t whole = (size_t)(value / 64);
    const unsigned rest = value % 64;
    for (size_t i = words; i-- > whole;) {
        uint64_t bits = before[i - whole] << rest;
        if (rest > 0 && i > whole)
            bits |= before[i - whole - 1] >> (64 - rest);
        subset->reached[i] |= bits;
    }
}

void subset_add(struct subset *subset, const uint64_t *values, uint32_t count)
{
    if (subset->reached == NULL || subset_highest(subset) == subset->most)
        return;
    uint64_t *before = &subset->reached[word_count(subset)];
    memcpy(before, subset->reached, word_count(subset) * sizeof *before);
    for (uint32_t i = 0; i < count; i++)
        if (values[i] <= subset->most && (i == 0 || values[i] != values[i - 1]))
            shift(subset, before, values[i]);
}

uint64_t subset_highest(const struct subset *subset)
{
    if (subset->reached == NULL)
        return subset->most;
    for (uint64_t sum = subset->most;; sum--)
        if (subset->reached[sum / 64] >> sum % 64 & 1)
            return sum;
}
