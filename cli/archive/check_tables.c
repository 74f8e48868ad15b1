#include "cli/archive/check_tables.h"

#include "layout/mpu/mpu_facts.h"
#include "layout/mpu/mpu_words.h"

#include <imgbuild/tables.h>

#include <stdlib.h>
#include <string.h>

enum { PARTS = 8, WAYS_TO_CACHE = 4, HEADER_BYTES = 64, ATTRIBUTES_UNKNOWN = 0 };

struct comparing {
    const struct checking *checking;
    const struct layout_read *layout;
    struct mpu mpu;
    uint32_t *memory_attributes; /* [memory of the layout], as in the first task that has one */
};

/* Bytes that one slot grants, with one record. */
struct run {
    struct layout_range range;
    size_t grant;
};

/* What layout.json grants a task. */
struct granted {
    const char *task;
    struct mpu_grant *grants;
    size_t *memories; /* [grant]: of the layout; its memory_count for what is not in a block */
    size_t grant_count;
    struct run *runs;
    size_t run_count;
};

static bool differs(const struct comparing *comparing, const char *task, const char *what)
{
    return diag_error(comparing->checking->diags, "layout-tables",
                      checking_pos(comparing->checking, "layout.json"),
                      "task %s has different %s in the kernel's tables", task, what);
}

/* ---- the MPU ---- */

static bool check_mpu(struct comparing *comparing)
{
    const struct tables_read *tables = &comparing->checking->tables;
    const struct layout_read *layout = comparing->layout;
    struct mpu *mpu = &comparing->mpu;
    if (mpu_facts_find(layout->mpu_model, &mpu->model) &&
        tables->mpu_model == mpu_facts_of(mpu->model)->tables_number &&
        tables->mpu_slots == layout->mpu_slots && tables->mpu_reserved == layout->mpu_reserved &&
        tables->mpu_reserved <= tables->mpu_slots &&
        tables->mpu_slots <= mpu_facts_of(mpu->model)->slots_most) {
        mpu->slots = tables->mpu_slots;
        mpu->reserved = tables->mpu_reserved;
        if (tables->mpu_words == mpu_words_count(mpu))
            return true;
    }
    return diag_error(comparing->checking->diags, "layout-tables",
                      checking_pos(comparing->checking, "layout.json"),
                      "its MPU differs from the one in the kernel's tables");
}

/* ---- regions that registers can express ---- */

static bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

static bool is_power_region(const struct layout_read_region *region, uint64_t least)
{
    return region->slots == 1 && is_power_of_two(region->mpu_size) && region->mpu_size >= least &&
           region->mpu_size <= MPU_ADDRESS_END && region->mpu_base % region->mpu_size == 0 &&
           region->mpu_base < MPU_ADDRESS_END && region->srd < UINT8_MAX &&
           (region->srd == 0 || region->mpu_size >= UINT64_C(32) * PARTS);
}

static bool is_entry_region(const struct layout_read_region *region)
{
    if (region->mpu_size == 0)
        return (region->slots == 1 || region->slots == 2) && region->start % 4 == 0 &&
               region->end % 4 == 0;
    return region->slots == 1 && region->srd == 0 && is_power_of_two(region->mpu_size) &&
           region->mpu_size >= 8 && region->mpu_base % region->mpu_size == 0 &&
           region->start == region->mpu_base && region->end - region->start == region->mpu_size;
}

static bool is_legal(enum mpu_model model, const struct layout_read_region *region)
{
    const struct mpu_facts *facts = mpu_facts_of(model);
    switch (facts->shape) {
    case MPU_SHAPE_POWERS:
        return is_power_region(region, facts->least_bytes);
    case MPU_SHAPE_LIMITS:
        return region->slots == 1 && region->mpu_size == 0 &&
               region->start % facts->least_bytes == 0 && region->end % facts->least_bytes == 0;
    case MPU_SHAPE_ENTRIES:
        return is_entry_region(region);
    }
    return false;
}

/* ---- what a task is granted ---- */

static void add_run(struct granted *granted, uint64_t start, uint64_t end)
{
    granted->runs[granted->run_count++] = (struct run){{start, end}, granted->grant_count};
}

/* A region's enabled parts, in maximal runs. */
static void add_runs(struct granted *granted, const struct layout_read_region *region)
{
    const uint64_t part_bytes = region->mpu_size / PARTS;
    uint64_t start = region->mpu_base;
    if (region->srd == 0) {
        const bool has_size = region->mpu_size != 0;
        add_run(granted, has_size ? start : region->start,
                has_size ? start + region->mpu_size : region->end);
        return;
    }
    for (unsigned part = 0; part <= PARTS; part++) {
        const uint64_t at = region->mpu_base + part * part_bytes;
        if (part < PARTS && (region->srd >> part & 1) == 0)
            continue;
        if (at > start)
            add_run(granted, start, at);
        start = at + part_bytes;
    }
}

static bool add_grant(const struct comparing *comparing, struct granted *granted,
                      const struct layout_read_region *region, size_t memory)
{
    const size_t first = granted->run_count;
    if (!is_legal(comparing->mpu.model, region))
        return false;
    add_runs(granted, region);
    if (granted->runs[first].range.start != region->start ||
        granted->runs[granted->run_count - 1].range.end != region->end)
        return false;
    granted->memories[granted->grant_count] = memory;
    granted->grants[granted->grant_count++] =
        (struct mpu_grant){.region = {region->start, region->end, (uint32_t)region->slots,
                                      region->mpu_base, region->mpu_size, (uint8_t)region->srd}};
    return true;
}

static bool collect(const struct comparing *comparing, const struct layout_read_task *task,
                    struct granted *ret)
{
    struct arena *arena = comparing->checking->arena;
    size_t room = task->fixed_count;
    for (size_t i = 0; i < task->block_count; i++)
        room += task->blocks[i].region_count;
    *ret = (struct granted){.task = task->name,
                            .grants = ARENA_ARRAY(arena, struct mpu_grant, room),
                            .memories = ARENA_ARRAY(arena, size_t, room),
                            .runs = ARENA_ARRAY(arena, struct run, room * (PARTS / 2))};
    for (size_t i = 0; i < task->block_count; i++) {
        const struct layout_read_block *block = &task->blocks[i];
        for (size_t k = 0; k < block->region_count; k++) {
            if (!add_grant(comparing, ret, &block->regions[k], block->memory))
                return false;
        }
    }
    for (size_t i = 0; i < task->fixed_count; i++) {
        if (!add_grant(comparing, ret, &task->fixed[i].region, comparing->layout->memory_count))
            return false;
    }
    return true;
}

/* ---- records ---- */

static int compare_runs(const void *left, const void *right)
{
    const struct run *a = left;
    const struct run *b = right;
    return (a->range.start > b->range.start) - (a->range.start < b->range.start);
}

/* A memory's access rights are the same for all tasks that have a block in it. */
static bool set_attributes(struct comparing *comparing, struct granted *granted, size_t grant,
                           uint32_t attributes)
{
    uint32_t *known = &granted->grants[grant].attributes;
    const size_t memory = granted->memories[grant];
    if (attributes == ATTRIBUTES_UNKNOWN || (*known != ATTRIBUTES_UNKNOWN && *known != attributes))
        return false;
    *known = attributes;
    if (memory == comparing->layout->memory_count)
        return true;
    if (comparing->memory_attributes[memory] == ATTRIBUTES_UNKNOWN)
        comparing->memory_attributes[memory] = attributes;
    return comparing->memory_attributes[memory] == attributes;
}

static bool check_records(struct comparing *comparing, struct granted *granted,
                          const struct tables_read_task *task)
{
    bool same = granted->run_count == task->region_count;
    if (granted->run_count > 1)
        qsort(granted->runs, granted->run_count, sizeof *granted->runs, compare_runs);
    for (size_t i = 0; same && i < granted->run_count; i++) {
        const struct run *run = &granted->runs[i];
        const struct tables_read_region *record = &task->regions[i];
        same = run->range.start == record->start && run->range.end == record->end &&
               set_attributes(comparing, granted, run->grant, record->attributes);
    }
    return same || differs(comparing, granted->task, "regions");
}

/* ---- words ---- */

static int compare_grants(const void *left, const void *right)
{
    const struct mpu_grant *a = left;
    const struct mpu_grant *b = right;
    return (a->region.start > b->region.start) - (a->region.start < b->region.start);
}

/* Whether there are enough slots, and each TOR entry without a lower bound of its own has one. */
static bool slots_suffice(const struct comparing *comparing, const struct granted *granted)
{
    const struct mpu *mpu = &comparing->mpu;
    uint64_t tor_end = 0;
    uint64_t slots = 0;
    for (size_t i = 0; i < granted->grant_count; i++) {
        const struct mpu_region *region = &granted->grants[i].region;
        const bool is_tor =
            mpu_facts_of(mpu->model)->shape == MPU_SHAPE_ENTRIES && region->mpu_size == 0;
        if (is_tor && region->slots == 1 && region->start != tor_end)
            return false;
        tor_end = is_tor ? region->end : 0;
        slots += region->slots;
    }
    return slots <= mpu->slots - mpu->reserved;
}

static void encode(const struct comparing *comparing, const struct granted *granted,
                   enum layout_cache cache, uint32_t *ret_words)
{
    for (size_t i = 0; i < granted->grant_count; i++)
        granted->grants[i].cache = cache;
    mpu_words_encode(&comparing->mpu, granted->grants, granted->grant_count, ret_words);
}

/* One region's words at a time: each memory may be cached differently. PMP does not encode caching.
 */
static bool check_words(const struct comparing *comparing, struct granted *granted,
                        const struct tables_read_task *task)
{
    static const enum layout_cache ways[WAYS_TO_CACHE] = {
        LAYOUT_CACHE_DEFAULT, LAYOUT_CACHE_WRITE_BACK, LAYOUT_CACHE_WRITE_THROUGH,
        LAYOUT_CACHE_NONE};
    const size_t count = mpu_words_count(&comparing->mpu);
    const size_t step = mpu_facts_of(comparing->mpu.model)->shape == MPU_SHAPE_ENTRIES ? 1 : 2;
    uint32_t *words = ARENA_ARRAY(comparing->checking->arena, uint32_t, count * WAYS_TO_CACHE);
    if (granted->grant_count > 1)
        qsort(granted->grants, granted->grant_count, sizeof *granted->grants, compare_grants);
    if (!slots_suffice(comparing, granted))
        return differs(comparing, granted->task, "MPU words");
    for (size_t way = 0; way < WAYS_TO_CACHE; way++)
        encode(comparing, granted, ways[way], words + way * count);
    for (size_t i = 0; i < count; i += step) {
        bool same = false;
        for (size_t way = 0; way < WAYS_TO_CACHE && !same; way++)
            same = memcmp(words + way * count + i, task->mpu + i, step * sizeof *words) == 0;
        if (!same)
            return differs(comparing, granted->task, "MPU words");
    }
    return true;
}

/* ---- places ---- */

static bool lies_in(const struct layout_read_block *blocks, size_t count, uint64_t start,
                    uint64_t end)
{
    for (size_t i = 0; i < count; i++) {
        if (start >= blocks[i].start && end <= blocks[i].end && start <= end)
            return true;
    }
    return false;
}

static bool check_places(const struct comparing *comparing, const struct layout_read_task *task,
                         const struct tables_read_task *in_tables)
{
    const uint64_t entry = in_tables->entry & ~UINT64_C(1);
    if (!lies_in(task->blocks, task->block_count, entry, entry + 1))
        return differs(comparing, task->name, "addresses than its blocks: its entry");
    return lies_in(task->blocks, task->block_count, in_tables->stack_base, in_tables->stack_top) ||
           differs(comparing, task->name, "addresses than its blocks: its stack");
}

static bool check_kernel(const struct comparing *comparing)
{
    const struct layout_read *layout = comparing->layout;
    const uint64_t header = comparing->checking->image.header_addr;
    return lies_in(layout->kernel, layout->kernel_count, header, header + HEADER_BYTES) ||
           diag_error(comparing->checking->diags, "layout-tables",
                      checking_pos(comparing->checking, "layout.json"),
                      "the header at 0x%08llx lies outside the kernel", (unsigned long long)header);
}

bool check_tables(const struct checking *checking, const struct layout_read *layout)
{
    struct comparing comparing = {.checking = checking,
                                  .layout = layout,
                                  .memory_attributes =
                                      ARENA_ARRAY(checking->arena, uint32_t, layout->memory_count)};
    bool ok = check_kernel(&comparing);
    if (!check_mpu(&comparing))
        return false;
    for (size_t i = 0; i < layout->task_count; i++) {
        const struct layout_read_task *task = &layout->tasks[i];
        const struct tables_read_task *in_tables = &checking->tables.tasks[i];
        struct granted granted;
        ok = check_places(&comparing, task, in_tables) && ok;
        if (!collect(&comparing, task, &granted))
            ok = differs(&comparing, task->name, "regions");
        else
            ok = check_records(&comparing, &granted, in_tables) &&
                 check_words(&comparing, &granted, in_tables) && ok;
    }
    return ok;
}
