/* Checks memory that a task lends, for kernels. Freestanding C11 or C++11. */
#ifndef IMGBUILD_ACCESS_H
#define IMGBUILD_ACCESS_H

#include <imgbuild/tables.h>
#include <stdbool.h>

/* Whether a task may lend the slice [address, address + length): the slice must be completely
 * covered by adjacent regions of the task, each with all attributes in `need` and none in `forbid`.
 *
 * A slice may cross region boundaries, because the author of a task cannot predict where the build
 * puts them.
 * Shape:  task->regions sorted by first and disjoint, as imgbuild writes them.
 * Units:  target addresses, bytes; need and forbid are IMGBUILD_READ | ...
 * Returns true for an empty slice at any address; false for a slice that wraps past 2^32. A slice
 * that ends exactly at 2^32 does not wrap. One pass over at most region_count records. */
static inline bool imgbuild_may_access(const struct imgbuild_task *task, uint32_t address,
                                       uint32_t length, uint32_t need, uint32_t forbid)
{
    if (length == 0)
        return true;
    const uint32_t last = address + (length - 1u);
    if (last < address)
        return false;

    uint32_t uncovered = address; /* the first byte of the slice not covered by a region so far */
    for (uint32_t i = 0; i < task->region_count; i++) {
        const struct imgbuild_region *region = &task->regions[i];
        if (region->last < uncovered)
            continue;
        if (region->first > uncovered)
            return false;
        if ((region->attributes & need) != need || (region->attributes & forbid) != 0)
            return false;
        if (region->last >= last)
            return true;
        uncovered = region->last + 1u;
    }
    return false;
}

#endif
