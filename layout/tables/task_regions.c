#include "layout/tables/task_regions.h"

#include "layout/mpu/mpu_facts.h"

#include <assert.h>
#include <stdlib.h>

enum { RUNS_A_SLOT = 4 }; /* that eight parts, alternately on and off, can form */

static int compare_starts(const void *left, const void *right)
{
    const struct mpu_grant *a = left;
    const struct mpu_grant *b = right;
    return (a->region.start > b->region.start) - (a->region.start < b->region.start);
}

static int compare_firsts(const void *left, const void *right)
{
    const struct imgbuild_region *a = left;
    const struct imgbuild_region *b = right;
    return (a->first > b->first) - (a->first < b->first);
}

static struct imgbuild_region record_of(uint64_t start, uint64_t end, uint32_t attributes)
{
    assert(start < end && end <= (uint64_t)UINT32_MAX + 1);
    return (struct imgbuild_region){
        .first = (uint32_t)start, .last = (uint32_t)(end - 1), .attributes = attributes};
}

uint32_t task_regions_fixed_attributes(const struct layout_fixed *fixed)
{
    return fixed->kind == LAYOUT_INFO ? IMGBUILD_READ : fixed->attributes;
}

static void count_regions(const struct layout_task_answer *answer, size_t *ret_grants,
                          size_t *ret_records)
{
    size_t in_blocks = 0;
    for (size_t i = 0; i < answer->block_count; i++)
        in_blocks += answer->blocks[i].region_count;
    *ret_grants = in_blocks + answer->fixed_count;
    *ret_records = in_blocks;
    for (size_t i = 0; i < answer->fixed_count; i++)
        *ret_records += answer->fixed[i].granted_count;
}

struct task_regions task_regions_collect(const struct layout_request *request,
                                         const struct layout *layout, size_t task,
                                         struct arena *arena)
{
    const struct layout_task_answer *answer = &layout->tasks[task];
    size_t grant_room, record_room;
    count_regions(answer, &grant_room, &record_room);
    struct mpu_grant *grants = ARENA_ARRAY(arena, struct mpu_grant, grant_room);
    struct imgbuild_region *records = ARENA_ARRAY(arena, struct imgbuild_region, record_room);
    size_t grant_count = 0, record_count = 0;

    for (size_t b = 0; b < answer->block_count; b++) {
        const struct layout_block *block = &answer->blocks[b];
        const struct layout_memory *memory = &request->memories[block->memory];
        for (size_t r = 0; r < block->region_count; r++) {
            const struct mpu_region *region = &block->regions[r];
            grants[grant_count++] = (struct mpu_grant){*region, memory->attributes, memory->cache};
            records[record_count++] = record_of(region->start, region->end, memory->attributes);
        }
    }
    for (size_t f = 0; f < answer->fixed_count; f++) {
        const struct layout_fixed *fixed = &answer->fixed[f];
        const uint32_t attributes = task_regions_fixed_attributes(fixed);
        grants[grant_count++] = (struct mpu_grant){fixed->region, attributes, fixed->cache};
        for (size_t g = 0; g < fixed->granted_count; g++)
            records[record_count++] =
                record_of(fixed->granted[g].start, fixed->granted[g].end, attributes);
    }
    if (grant_count > 1)
        qsort(grants, grant_count, sizeof *grants, compare_starts);
    if (record_count > 1)
        qsort(records, record_count, sizeof *records, compare_firsts);
    return (struct task_regions){grants, grant_count, records, record_count};
}

/* With g grants in slots of r1, r2, … records each (every r at most 4, and no more than the slot's
 * grants) the records beyond one a slot are the sum of r - 1, which is at most 3/4 of g. */
size_t task_regions_most_records(const struct layout_request *request, size_t task)
{
    const struct mpu *mpu = &request->mpu;
    const size_t slots = mpu->slots - mpu->reserved;
    if (!mpu_uses_subregions(mpu))
        return slots;
    const size_t info = request->tasks[task].reads_info && request->info_bytes > 0;
    const size_t grants = request->tasks[task].grant_count + info;
    const size_t extra = grants * (RUNS_A_SLOT - 1) / RUNS_A_SLOT;
    const size_t most_extra = slots * (RUNS_A_SLOT - 1);
    return slots + (extra < most_extra ? extra : most_extra);
}
