#include "layout/search/answer.h"

#include "layout/search/bound.h"

#include "base/checked.h"

#include <stdlib.h>

static struct layout_range range_bytes(const struct problem *problem, struct layout_range units)
{
    const uint32_t unit_log2 = problem->cover.unit_log2;
    return (struct layout_range){units.start << unit_log2, units.end << unit_log2};
}

uint64_t answer_memory_end(const struct problem *problem, const struct packing *packing,
                           size_t memory)
{
    uint64_t end = problem->memories[memory].start;
    for (size_t i = 0; i < problem->block_count; i++)
        if (problem->blocks[i].memory == memory && packing->blocks[i].end > end)
            end = packing->blocks[i].end;
    return end;
}

/* ---- the info block ---- */

bool answer_place_info(const struct problem *problem, const struct packing *packing,
                       struct layout_range *ret)
{
    const struct layout_request *request = problem->request;
    const uint64_t bytes = request->info_bytes;
    if (bytes == 0) {
        *ret = (struct layout_range){0, 0};
        return true;
    }
    const struct problem_memory *memory = &problem->memories[request->info_memory];
    const uint32_t unit_log2 = problem->cover.unit_log2;
    const uint64_t step = UINT64_C(1) << unit_log2;
    const uint64_t after = answer_memory_end(problem, packing, request->info_memory) << unit_log2;
    for (size_t i = 0; i < memory->space.part_count; i++) {
        struct layout_range part = range_bytes(problem, memory->space.parts[i]);
        if (part.end > memory->end << unit_log2)
            part.end = memory->end << unit_log2;
        uint64_t at = round_up(part.start > after ? part.start : after, step);
        for (; at + bytes <= part.end; at += step) {
            struct mpu_region region;
            if (!mpu_region_for(&request->mpu, &(struct layout_range){at, at + bytes}, 1,
                                &region) ||
                region.slots > problem->info_slots)
                continue;
            *ret = (struct layout_range){at, at + bytes};
            return true;
        }
    }
    return false;
}

/* ---- tasks ---- */

static struct mpu_region *set_regions(const struct problem *problem,
                                      const struct problem_block *block, struct layout_range units,
                                      struct layout_block *answer, struct arena *arena)
{
    uint64_t cuts[COVER_CUTS_MOST];
    const uint32_t cut_count = place_cut(problem->cover, &block->piece, units, cuts);
    struct mpu_region *regions = ARENA_ARRAY(arena, struct mpu_region, cut_count + 1);
    uint64_t start = units.start;
    for (uint32_t i = 0; i <= cut_count; i++) {
        const uint64_t end = i < cut_count ? cuts[i] : units.end;
        const struct layout_range run = range_bytes(problem, (struct layout_range){start, end});
        answer->region_count += mpu_region_for(&problem->request->mpu, &run, 1, &regions[i]);
        start = end;
    }
    answer->regions = regions;
    return regions;
}

/* The regions that a task's slots hold, for chain_regions. */
struct region_list {
    struct mpu_region **items;
    size_t count;
};

static struct layout_block block_answer(const struct problem *problem, size_t index,
                                        struct layout_range units, struct region_list *list,
                                        struct arena *arena)
{
    const struct problem_block *block = &problem->blocks[index];
    const struct problem_task *task = &problem->tasks[block->task];
    const struct layout_need *need = &problem->request->tasks[task->index].needs[block->need];
    struct layout_block answer = {
        .memory = block->memory,
        .range = range_bytes(problem, units),
        .need_bytes = round_up(need->bytes, mpu_step_bytes(&problem->request->mpu))};
    struct mpu_region *regions = set_regions(problem, block, units, &answer, arena);
    struct mpu_region **items =
        ARENA_ARRAY(arena, struct mpu_region *, list->count + answer.region_count);
    for (size_t i = 0; i < list->count; i++)
        items[i] = list->items[i];
    for (size_t i = 0; i < answer.region_count; i++)
        items[list->count + i] = &regions[i];
    *list = (struct region_list){items, list->count + answer.region_count};
    return answer;
}

static int compare_fixed(const void *left, const void *right)
{
    const struct layout_fixed *a = left;
    const struct layout_fixed *b = right;
    return (a->region.start > b->region.start) - (a->region.start < b->region.start);
}

static size_t set_fixed(const struct problem *problem, const struct problem_task *task,
                        struct layout_range info, struct layout_fixed **ret, struct arena *arena)
{
    const struct layout_request *request = problem->request;
    size_t count = task->joined.count;
    struct layout_fixed *fixed = ARENA_ARRAY(arena, struct layout_fixed, count + 1);
    for (size_t i = 0; i < count; i++)
        fixed[i] = task->joined.fixed[i];
    if (request->tasks[task->index].reads_info && info.end > info.start) {
        struct layout_range *granted = ARENA_NEW(arena, struct layout_range);
        const char **names = ARENA_NEW(arena, const char *);
        *granted = info;
        *names = "info";
        const struct layout_memory *memory = &request->memories[request->info_memory];
        fixed[count] = (struct layout_fixed){.kind = LAYOUT_INFO,
                                             .names = names,
                                             .name_count = 1,
                                             .granted = granted,
                                             .granted_count = 1,
                                             .attributes = memory->attributes,
                                             .cache = memory->cache};
        count += mpu_region_for(&request->mpu, granted, 1, &fixed[count].region);
    }
    qsort(fixed, count, sizeof *fixed, compare_fixed);
    *ret = fixed;
    return count;
}

static int compare_regions(const void *left, const void *right)
{
    const struct mpu_region *a = *(struct mpu_region *const *)left;
    const struct mpu_region *b = *(struct mpu_region *const *)right;
    return (a->start > b->start) - (a->start < b->start);
}

/* A TOR entry takes its lower bound from the entry before it: where that is TOR and ends there, one
 * slot is enough.
 * Source: RISC-V privileged specification 1.12, 3.7.1, "Address Matching". */
static uint32_t chain_regions(struct mpu_region **regions, size_t count)
{
    uint32_t slots = 0;
    qsort(regions, count, sizeof(struct mpu_region *), compare_regions);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && regions[i]->slots == 2 && regions[i - 1]->mpu_size == 0 &&
            regions[i - 1]->end == regions[i]->start)
            regions[i]->slots = 1;
        slots += regions[i]->slots;
    }
    return slots;
}

static struct layout_task_answer task_answer(const struct problem *problem,
                                             const struct problem_task *task,
                                             const struct packing *packing,
                                             struct layout_range info, struct arena *arena)
{
    const struct mpu *mpu = &problem->request->mpu;
    struct layout_block *blocks = ARENA_ARRAY(arena, struct layout_block, task->block_count);
    struct layout_fixed *fixed;
    const size_t fixed_count = set_fixed(problem, task, info, &fixed, arena);
    struct region_list list = {ARENA_ARRAY(arena, struct mpu_region *, fixed_count), fixed_count};
    for (size_t i = 0; i < fixed_count; i++)
        list.items[i] = &fixed[i].region;
    for (size_t i = 0; i < task->block_count; i++) {
        const size_t index = task->first_block + i;
        blocks[i] = block_answer(problem, index, packing->blocks[index], &list, arena);
    }
    struct layout_task_answer answer = {.blocks = blocks,
                                        .block_count = task->block_count,
                                        .fixed = fixed,
                                        .fixed_count = fixed_count,
                                        .slots_used = chain_regions(list.items, list.count)};
    answer.slots_free =
        mpu->slots > mpu->reserved ? mpu->slots - mpu->reserved - answer.slots_used : 0;
    return answer;
}

/* ---- memories ---- */

static struct layout_memory_answer memory_answer(const struct problem *problem,
                                                 const struct packing *packing, size_t memory,
                                                 struct arena *arena)
{
    const uint64_t unit = UINT64_C(1) << problem->cover.unit_log2;
    const uint64_t kernel_end = problem->memories[memory].kernel_end;
    struct layout_memory_answer answer = {.end = kernel_end};
    uint64_t block_bytes = 0;
    bool has_blocks = false;
    for (size_t i = 0; i < problem->block_count; i++) {
        const struct problem_block *block = &problem->blocks[i];
        if (block->memory != memory)
            continue;
        const struct layout_need *need =
            &problem->request->tasks[problem->tasks[block->task].index].needs[block->need];
        const struct layout_range units = packing->blocks[i];
        answer.need_bytes += round_up(need->bytes, mpu_step_bytes(&problem->request->mpu));
        block_bytes += (units.end - units.start) * unit;
        has_blocks = true;
        if (units.end * unit > answer.end)
            answer.end = units.end * unit;
    }
    if (has_blocks)
        answer.bound_bytes =
            bound_of_memory(problem, memory, arena) * unit + bound_of_front(problem, memory);
    answer.padding_bytes = block_bytes - answer.need_bytes;
    answer.gap_bytes = answer.end - kernel_end - block_bytes;
    return answer;
}

struct layout answer_build(const struct problem *problem, const struct packing *packing,
                           struct layout_range info, struct arena *arena)
{
    const struct layout_request *request = problem->request;
    struct layout_memory_answer *memories =
        ARENA_ARRAY(arena, struct layout_memory_answer, request->memory_count);
    struct layout_task_answer *tasks =
        ARENA_ARRAY(arena, struct layout_task_answer, request->task_count);
    uint64_t bound = packing->least_units << problem->cover.unit_log2;
    for (size_t i = 0; i < request->memory_count; i++) {
        memories[i] = memory_answer(problem, packing, i, arena);
        if (memories[i].need_bytes != 0)
            bound += bound_of_front(problem, i);
    }
    for (size_t i = 0; i < problem->task_count; i++)
        tasks[problem->tasks[i].index] =
            task_answer(problem, &problem->tasks[i], packing, info, arena);
    return (struct layout){.mpu = request->mpu,
                           .memories = memories,
                           .memory_count = request->memory_count,
                           .kernel = problem->kernel,
                           .kernel_count = request->kernel_count,
                           .tasks = tasks,
                           .task_count = request->task_count,
                           .info = info,
                           .bound_bytes = bound};
}
