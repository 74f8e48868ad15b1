/* What one task is granted in all, blocks and fixed ranges together, in the order the kernel gets
 * it. */
#ifndef LAYOUT_TABLES_TASK_REGIONS_H
#define LAYOUT_TABLES_TASK_REGIONS_H

#include "layout/model/layout.h"
#include "layout/mpu/mpu_words.h"

#include <imgbuild/tables.h>

struct task_regions {
    const struct mpu_grant *grants; /* ascending by start; their order is that of the slots */
    size_t grant_count;
    const struct imgbuild_region *records; /* ascending by first, disjoint */
    size_t record_count;
};

/* Collects the regions of task number `task` of a layout. A record is a maximal run of bytes that
 * one slot grants, so records may touch; a slot that joins ranges with a hole between them has
 * several. */
struct task_regions task_regions_collect(const struct layout_request *request,
                                         const struct layout *layout, size_t task,
                                         struct arena *arena);

/* What a task may do in a fixed range. The info block belongs to no task: whatever its memory
 * allows, tasks only read it. */
uint32_t task_regions_fixed_attributes(const struct layout_fixed *fixed);

/* How many records a task can have in any layout of the request: one a slot, and on PMSAv6/7 with
 * subregions more, since a slot that joins up to four of the task's grants has a record for each.
 */
size_t task_regions_most_records(const struct layout_request *request, size_t task);

#endif
