#include "layout/solve/headroom.h"

#include "layout/mpu/mpu_facts.h"
#include "layout/search/place.h"

#include "base/checked.h"

#include <stdlib.h>
#include <string.h>

/* What a block cannot grow over. */
struct obstacle {
    struct layout_range range;
    struct headroom_block *block; /* NULL: a hole */
};

static const struct layout_need *need_of(const struct layout_request *request,
                                         const struct headroom_block *block)
{
    return &request->tasks[block->task].needs[block->need];
}

static uint64_t memory_end(const struct layout_memory *memory)
{
    uint64_t end;
    if (!checked_add(memory->base, memory->size, &end) || end > MPU_ADDRESS_END)
        return MPU_ADDRESS_END;
    return end;
}

/* ---- the free space around each block ---- */

/* The highest address where the info block can lie; it lies at layout->info.start now. */
static uint64_t highest_info(const struct layout_request *request, const struct layout *layout)
{
    const struct layout_memory *memory = &request->memories[request->info_memory];
    const uint64_t bytes = request->info_bytes;
    const uint64_t step = mpu_bound_step_bytes(&request->mpu);
    uint64_t at = (memory_end(memory) - bytes) / step * step;
    while (at > layout->info.start) {
        struct mpu_region region, now;
        uint64_t next = at - step;
        for (size_t i = 0; i < memory->hole_count; i++)
            if (memory->holes[i].start < at + bytes && at < memory->holes[i].end)
                next = memory->holes[i].start > layout->info.start + bytes
                           ? (memory->holes[i].start - bytes) / step * step
                           : layout->info.start;
        if (next == at - step &&
            mpu_region_for(&request->mpu, &(struct layout_range){at, at + bytes}, 1, &region) &&
            mpu_region_for(&request->mpu, &layout->info, 1, &now) && region.slots <= now.slots)
            return at;
        at = next;
    }
    return layout->info.start;
}

static uint64_t first_free(const struct layout_request *request, const struct layout *layout,
                           size_t memory)
{
    uint64_t first = request->memories[memory].base + request->memories[memory].skip_bytes;
    for (size_t i = 0; i < layout->kernel_count; i++)
        if (layout->kernel[i].memory == memory && layout->kernel[i].range.end > first)
            first = layout->kernel[i].range.end;
    return first;
}

static int compare_obstacles(const void *left, const void *right)
{
    const struct obstacle *a = left;
    const struct obstacle *b = right;
    return (a->range.start > b->range.start) - (a->range.start < b->range.start);
}

static size_t list_obstacles(const struct layout_request *request, const struct layout *layout,
                             size_t memory, const struct headroom *headroom,
                             struct headroom_block *blocks, struct obstacle *obstacles)
{
    const struct layout_memory *asked = &request->memories[memory];
    size_t count = 0;
    for (size_t i = 0; i < asked->hole_count; i++)
        if (asked->holes[i].end > asked->holes[i].start)
            obstacles[count++] = (struct obstacle){asked->holes[i], NULL};
    for (size_t i = 0; i < headroom->block_count; i++) {
        const struct layout_block *block = &layout->tasks[blocks[i].task].blocks[blocks[i].need];
        if (block->memory == memory)
            obstacles[count++] = (struct obstacle){block->range, &blocks[i]};
    }
    qsort(obstacles, count, sizeof *obstacles, compare_obstacles);
    return count;
}

static void set_windows(const struct layout_request *request, const struct layout *layout,
                        size_t memory, const struct headroom *headroom,
                        struct headroom_block *blocks, struct arena *arena)
{
    struct obstacle *obstacles = ARENA_ARRAY(
        arena, struct obstacle, headroom->block_count + request->memories[memory].hole_count);
    const size_t count = list_obstacles(request, layout, memory, headroom, blocks, obstacles);
    uint64_t reach = first_free(request, layout, memory);
    uint64_t end = memory_end(&request->memories[memory]);
    if (request->info_bytes > 0 && request->info_memory == memory)
        end = highest_info(request, layout);
    for (size_t i = 0; i < count; i++) {
        const uint64_t next = i + 1 < count && obstacles[i + 1].range.start < end
                                  ? obstacles[i + 1].range.start
                                  : end;
        if (obstacles[i].block != NULL)
            obstacles[i].block->window = (struct layout_range){reach, next};
        if (obstacles[i].range.end > reach)
            reach = obstacles[i].range.end;
    }
}

/* ---- growing within it ---- */

static bool is_entries(const struct mpu *mpu)
{
    return mpu_facts_of(mpu->model)->shape == MPU_SHAPE_ENTRIES;
}

/* Regions as the solver counts them: without the slot that a TOR entry saves behind another. */
static uint32_t full_slots(const struct mpu *mpu, const struct mpu_region *region)
{
    return is_entries(mpu) && region->mpu_size == 0 ? 2 : 1;
}

/* The slots that are the block's own or nobody's. */
static uint32_t slots_for(const struct layout_request *request, const struct layout *layout,
                          const struct headroom_block *block)
{
    const struct mpu *mpu = &request->mpu;
    const struct layout_task_answer *task = &layout->tasks[block->task];
    uint32_t others = 0;
    if (need_of(request, block)->one_region && !is_entries(mpu))
        return 1;
    for (size_t i = 0; i < task->fixed_count; i++)
        others += full_slots(mpu, &task->fixed[i].region);
    for (size_t i = 0; i < task->block_count; i++)
        for (size_t j = 0; i != block->need && j < task->blocks[i].region_count; j++)
            others += full_slots(mpu, &task->blocks[i].regions[j]);
    return mpu->slots - mpu->reserved - others;
}

/* One block that is to grow, in the units of cover.h. */
struct growth {
    struct cover cover;
    struct piece piece;
    struct layout_range window;
    uint32_t slots;
    bool is_pinned;
    uint64_t pinned;
};

static struct growth growth_of(const struct layout_request *request, const struct layout *layout,
                               const struct headroom_block *block)
{
    const struct layout_need *need = need_of(request, block);
    const struct cover cover = cover_of(&request->mpu);
    const uint64_t unit = UINT64_C(1) << cover.unit_log2;
    const uint64_t alignment = need->align_bytes > unit ? need->align_bytes / unit : 1;
    return (struct growth){.cover = cover,
                           .piece = {.alignment = alignment,
                                     .uncut = need->uncut,
                                     .uncut_count = need->uncut_count,
                                     .unit_log2 = cover.unit_log2},
                           .window = {round_up(block->window.start, unit) >> cover.unit_log2,
                                      block->window.end >> cover.unit_log2},
                           .slots = slots_for(request, layout, block),
                           .is_pinned = need->is_pinned,
                           .pinned = need->pinned_addr >> cover.unit_log2};
}

static bool can_have(const struct growth *growth, uint64_t units)
{
    struct piece piece = growth->piece;
    struct layout_range range;
    piece.size = units;
    if (growth->is_pinned)
        return place_at(growth->cover, &piece, growth->slots, growth->pinned, growth->window.end,
                        &range);
    const struct space space = {&growth->window, 1};
    return place_first(growth->cover, &space, &piece, growth->slots, growth->window.start,
                       growth->window.end, &range);
}

/* By how much a need may grow before it breaks its limit of a memory. */
static uint64_t left_of_limit(const struct layout_need *need, size_t memory)
{
    uint64_t left = UINT64_MAX;
    for (size_t i = 0; i < need->memory_count && need->limits != NULL; i++)
        if (need->memories[i] == memory && need->limits[i] != 0)
            left = need->limits[i] > need->bytes ? need->limits[i] - need->bytes : 0;
    return left;
}

static uint64_t measure(const struct layout_request *request, const struct layout *layout,
                        const struct headroom_block *block)
{
    const struct growth growth = growth_of(request, layout, block);
    const uint64_t need = need_of(request, block)->bytes;
    uint64_t most = ((need - 1) >> growth.cover.unit_log2) + 1;
    uint64_t too_many = growth.window.end - growth.window.start + 1;
    while (most + 1 < too_many) {
        const uint64_t middle = most + (too_many - most) / 2;
        if (can_have(&growth, middle))
            most = middle;
        else
            too_many = middle;
    }
    const uint64_t bytes = (most << growth.cover.unit_log2) - need;
    const uint64_t left = left_of_limit(need_of(request, block),
                                        layout->tasks[block->task].blocks[block->need].memory);
    return bytes < left ? bytes : left;
}

/* ---- the whole ---- */

static bool hurts_before(const struct layout_request *request, const struct headroom_block *a,
                         const struct headroom_block *b)
{
    /* Both factors are at most 2^32, and not both of them exactly. */
    const uint64_t left = a->bytes * need_of(request, b)->bytes;
    const uint64_t right = b->bytes * need_of(request, a)->bytes;
    if (left != right)
        return left < right;
    if (a->bytes != b->bytes)
        return a->bytes < b->bytes;
    return strcmp(request->tasks[a->task].name, request->tasks[b->task].name) < 0;
}

struct headroom headroom_find(const struct layout_request *request, const struct layout *layout,
                              struct arena *arena)
{
    struct headroom headroom = {.block_count = 0};
    for (size_t i = 0; i < layout->task_count; i++)
        headroom.block_count += layout->tasks[i].block_count;
    struct headroom_block *blocks = ARENA_ARRAY(arena, struct headroom_block, headroom.block_count);
    size_t count = 0;
    for (size_t i = 0; i < layout->task_count; i++)
        for (size_t j = 0; j < layout->tasks[i].block_count; j++)
            blocks[count++] = (struct headroom_block){.task = i, .need = j};
    for (size_t i = 0; i < request->memory_count; i++)
        set_windows(request, layout, i, &headroom, blocks, arena);
    headroom.next_to_hurt = count;
    for (size_t i = 0; i < count; i++) {
        blocks[i].bytes = measure(request, layout, &blocks[i]);
        if (headroom.next_to_hurt == count ||
            hurts_before(request, &blocks[i], &blocks[headroom.next_to_hurt]))
            headroom.next_to_hurt = i;
    }
    headroom.blocks = blocks;
    return headroom;
}
