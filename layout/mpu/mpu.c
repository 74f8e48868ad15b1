#include "layout/mpu/mpu.h"

#include "base/checked.h"

#include <stddef.h>

enum {
    EIGHTHS_FROM_BYTES = 256, /* the smallest region with subregions */
    PMP_FINEST_BYTES = 4,     /* of what TOR bounds are multiples of */
    EIGHTHS = 8
};

uint64_t mpu_step_bytes(const struct mpu *mpu)
{
    const struct mpu_facts *facts = mpu_facts_of(mpu->model);
    return mpu->subregions ? facts->step_bytes : facts->least_bytes;
}

uint64_t mpu_bound_step_bytes(const struct mpu *mpu)
{
    const uint64_t step = mpu_step_bytes(mpu);
    const bool coarse = mpu_facts_of(mpu->model)->has_granularity && mpu->granularity_bytes > step;
    return coarse ? mpu->granularity_bytes : step;
}

const char *mpu_model_name(enum mpu_model model)
{
    return mpu_facts_of(model)->name;
}

/* The smallest power-of-two window, at least `least` bytes, aligned to its size, that holds [start,
 * end). */
static uint64_t window_size(uint64_t start, uint64_t end, uint64_t least)
{
    uint64_t size = least;
    while (size < MPU_ADDRESS_END && start / size != (end - 1) / size)
        size *= 2;
    return size;
}

/* The smallest window is the only one to try: a larger one has coarser eighths. */
static bool power_region(const struct mpu *mpu, const struct layout_range *runs, size_t count,
                         struct mpu_region *ret)
{
    const uint64_t start = runs[0].start;
    const uint64_t end = runs[count - 1].end;
    uint64_t size = window_size(start, end, mpu_facts_of(mpu->model)->least_bytes);
    uint64_t base = start - start % size;
    if (count == 1 && start == base && end == base + size) {
        *ret = (struct mpu_region){start, end, 1, base, size, 0};
        return true;
    }
    if (!mpu->subregions)
        return false;
    if (size < EIGHTHS_FROM_BYTES)
        size = EIGHTHS_FROM_BYTES;
    base = start - start % size;
    const uint64_t eighth = size / EIGHTHS;
    uint8_t granted = 0;
    for (size_t i = 0; i < count; i++) {
        if (runs[i].start % eighth != 0 || runs[i].end % eighth != 0)
            return false;
        for (uint64_t at = runs[i].start; at < runs[i].end; at += eighth)
            granted = (uint8_t)(granted | 1u << (at - base) / eighth);
    }
    *ret = (struct mpu_region){start, end, 1, base, size, (uint8_t)~granted};
    return true;
}

static bool entries_region(const struct mpu *mpu, uint64_t start, uint64_t end,
                           struct mpu_region *ret)
{
    const uint64_t size = end - start;
    const uint64_t least = mpu_bound_step_bytes(mpu);
    const uint64_t grain =
        mpu->granularity_bytes > PMP_FINEST_BYTES ? mpu->granularity_bytes : PMP_FINEST_BYTES;
    if (size >= least && is_power_of_two(size) && start % size == 0) {
        *ret = (struct mpu_region){start, end, 1, start, size, 0};
        return true;
    }
    if (start % grain != 0 || end % grain != 0)
        return false;
    *ret = (struct mpu_region){start, end, 2, start, 0, 0};
    return true;
}

bool mpu_region_for(const struct mpu *mpu, const struct layout_range *runs, size_t count,
                    struct mpu_region *ret)
{
    const uint64_t start = runs[0].start;
    const uint64_t end = runs[count - 1].end;
    if (start >= end || end > MPU_ADDRESS_END)
        return false;
    const uint64_t step = mpu_step_bytes(mpu);
    switch (mpu_facts_of(mpu->model)->shape) {
    case MPU_SHAPE_POWERS:
        return power_region(mpu, runs, count, ret);
    case MPU_SHAPE_LIMITS:
        if (count != 1 || start % step != 0 || end % step != 0)
            return false;
        *ret = (struct mpu_region){start, end, 1, start, 0, 0};
        return true;
    case MPU_SHAPE_ENTRIES:
        return count == 1 && entries_region(mpu, start, end, ret);
    }
    return false;
}

bool mpu_covers_exactly(const struct mpu *mpu, uint64_t start, uint64_t end)
{
    struct mpu_region region;
    return mpu_region_for(mpu, &(struct layout_range){start, end}, 1, &region);
}

bool mpu_uses_subregions(const struct mpu *mpu)
{
    return mpu->subregions && mpu_facts_of(mpu->model)->has_subregions;
}

const char *mpu_rule_words(const struct mpu *mpu)
{
    const struct mpu_facts *facts = mpu_facts_of(mpu->model);
    return mpu_uses_subregions(mpu) ? facts->rule_subregions : facts->rule;
}
