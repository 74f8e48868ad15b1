/* The rules of a layout once more, from the architecture manuals and the request alone.
 *
 * Nothing here calls the solver or its helpers: what both believe has been written twice. */
#include "layout/model/layout.h"

#include "base/checked.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t EXECUTE = 4; /* IMGBUILD_EXECUTE of imgbuild/tables.h */

struct verify {
    const struct layout_request *request;
    const struct layout *layout;
    struct diag_list *diags;
    const char *task; /* that is looked at; NULL: none */
    bool good;
};

__attribute__((format(printf, 2, 3))) static void broken(struct verify *verify, const char *format,
                                                         ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *what = arena_format_list(verify->diags->arena, format, arguments);
    va_end(arguments);
    const bool has_task = verify->task != NULL;
    verify->good =
        diag_error(verify->diags, "layout-broken", NOWHERE, "%s%s%s%s", has_task ? "task " : "",
                   has_task ? verify->task : "", has_task ? ": " : "", what);
}

/* ---- one region ---- */

static uint64_t step_of(const struct mpu *mpu)
{
    if (mpu->model == MPU_PMP)
        return 8;
    return mpu->model == MPU_PMSAV6 && !mpu->subregions ? 256 : 32;
}

static bool runs_equal(const struct layout_range *runs, size_t count,
                       const struct layout_range *others, size_t other_count)
{
    if (count != other_count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (runs[i].start != others[i].start || runs[i].end != others[i].end)
            return false;
    return true;
}

/* What a PMSAv6/7 region grants, from its base, size and SRD bits; 0 runs: the region is not legal.
 * Source: Armv7-M ARM (DDI 0403E) B3.5.8 and B3.5.9; Armv6-M ARM (DDI 0419E) B3.5.8 and B3.5.9. */
static size_t pmsa_granted(const struct mpu *mpu, const struct mpu_region *region,
                           struct layout_range *runs)
{
    const uint64_t size = region->mpu_size;
    const uint64_t least = mpu->model == MPU_PMSAV6 ? 256 : 32;
    if (!is_power_of_two(size) || size < least || region->mpu_base % size != 0)
        return 0;
    if (region->srd == 0) {
        runs[0] = (struct layout_range){region->mpu_base, region->mpu_base + size};
        return 1;
    }
    if (!mpu->subregions || size < 256)
        return 0;
    size_t count = 0;
    for (unsigned i = 0; i < 8; i++) {
        const uint64_t start = region->mpu_base + i * (size / 8);
        if ((region->srd >> i & 1) != 0)
            continue;
        if (count > 0 && runs[count - 1].end == start)
            runs[count - 1].end = start + size / 8;
        else
            runs[count++] = (struct layout_range){start, start + size / 8};
    }
    return count;
}

/* Source: Armv8-M ARM (DDI 0553B) D1.2 MPU_RBAR and MPU_RLAR. */
static size_t pmsav8_granted(const struct mpu_region *region, struct layout_range *runs)
{
    if (region->mpu_base != region->start || region->mpu_size != 0 || region->srd != 0 ||
        region->start % 32 != 0 || region->end % 32 != 0)
        return 0;
    runs[0] = (struct layout_range){region->start, region->end};
    return 1;
}

/* Source: RISC-V privileged specification 1.12, 3.7.1. */
static size_t pmp_granted(const struct mpu *mpu, const struct mpu_region *region,
                          struct layout_range *runs)
{
    const uint64_t grain = mpu->granularity_bytes > 4 ? mpu->granularity_bytes : 4;
    if (region->mpu_base != region->start || region->srd != 0)
        return 0;
    runs[0] = (struct layout_range){region->start, region->end};
    if (region->mpu_size == 0)
        return region->start % grain == 0 && region->end % grain == 0 ? 1 : 0;
    const uint64_t size = region->end - region->start;
    return size == region->mpu_size && is_power_of_two(size) && size >= 8 && size >= grain &&
                   region->start % size == 0
               ? 1
               : 0;
}

enum { RUNS_MOST = 4 }; /* of eight eighths */

/* Checks that a region is legal and grants exactly the given runs. */
static void check_region(struct verify *verify, const struct mpu_region *region,
                         const struct layout_range *runs, size_t count)
{
    const struct mpu *mpu = &verify->request->mpu;
    struct layout_range granted[RUNS_MOST];
    size_t granted_count = 0;
    if (region->start < region->end && region->end <= UINT64_C(1) << 32) {
        switch (mpu->model) {
        case MPU_PMSAV6:
        case MPU_PMSAV7:
            granted_count = pmsa_granted(mpu, region, granted);
            break;
        case MPU_PMSAV8:
            granted_count = pmsav8_granted(region, granted);
            break;
        case MPU_PMP:
            granted_count = pmp_granted(mpu, region, granted);
            break;
        }
    }
    if (granted_count == 0)
        broken(verify, "no region of the MPU is 0x%08" PRIx64 " to 0x%08" PRIx64, region->start,
               region->end);
    else if (!runs_equal(granted, granted_count, runs, count))
        broken(verify, "the region at 0x%08" PRIx64 " does not grant the bytes that it should",
               region->start);
}

/* ---- blocks ---- */

static void check_place(struct verify *verify, const struct layout_block *block)
{
    const struct layout_memory *memory = &verify->request->memories[block->memory];
    const struct layout_range range = block->range;
    if (range.start < memory->base || range.start - memory->base < memory->skip_bytes ||
        range.end - memory->base > memory->size)
        broken(verify, "its block lies outside %s", memory->name);
    for (size_t i = 0; i < memory->hole_count; i++)
        if (range.start < memory->holes[i].end && memory->holes[i].start < range.end)
            broken(verify, "its block lies in a hole of %s", memory->name);
    for (size_t i = 0; i < verify->layout->kernel_count; i++)
        if (verify->layout->kernel[i].memory == block->memory &&
            range.start < verify->layout->kernel[i].range.end)
            broken(verify, "its block lies in or before the kernel in %s", memory->name);
}

static void check_need(struct verify *verify, const struct layout_block *block,
                       const struct layout_need *need)
{
    const char *memory = verify->request->memories[block->memory].name;
    const uint64_t step = step_of(&verify->request->mpu);
    if (block->need_bytes != (need->bytes + step - 1) / step * step)
        broken(verify, "the need of its block in %s is not what was requested", memory);
    if (block->range.end - block->range.start < need->bytes)
        broken(verify, "its block in %s is too small", memory);
    if (need->align_bytes > 1 && block->range.start % need->align_bytes != 0)
        broken(verify, "its block in %s is not aligned to %" PRIu64, memory, need->align_bytes);
    if (need->is_pinned && block->range.start != need->pinned_addr)
        broken(verify, "its block in %s is not at the pinned address", memory);
    if (need->one_region && block->region_count != 1)
        broken(verify, "its block in %s is cut", memory);
}

static void check_cut(struct verify *verify, const struct layout_block *block,
                      const struct layout_need *need, uint64_t at)
{
    const struct layout_memory *memory = &verify->request->memories[block->memory];
    for (size_t i = 0; i < need->uncut_count; i++)
        if (at - block->range.start > need->uncut[i].start &&
            at - block->range.start < need->uncut[i].end)
            broken(verify, "a cut at 0x%08" PRIx64 " is where its block may not be cut", at);
    /* An access that straddles two entries faults even where both allow it (RISC-V
     * privileged 1.12, 3.7.1). */
    if (verify->request->mpu.model != MPU_PMP)
        return;
    if ((memory->attributes & EXECUTE) != 0)
        broken(verify, "its code in %s is cut between two PMP entries", memory->name);
    else if (at % 8 != 0)
        broken(verify, "its data in %s is cut at 0x%08" PRIx64 ", inside 8 bytes", memory->name,
               at);
}

static void check_regions(struct verify *verify, const struct layout_block *block,
                          const struct layout_need *need)
{
    const char *memory = verify->request->memories[block->memory].name;
    uint64_t at = block->range.start;
    for (size_t i = 0; i < block->region_count; i++) {
        const struct mpu_region *region = &block->regions[i];
        if (region->start != at)
            broken(verify, "the regions of its block in %s are not adjacent", memory);
        if (i > 0)
            check_cut(verify, block, need, region->start);
        check_region(verify, region, &(struct layout_range){region->start, region->end}, 1);
        at = region->end;
    }
    if (at != block->range.end)
        broken(verify, "the regions of its block in %s do not end where the block ends", memory);
}

static bool may_lie_in(const struct layout_need *need, size_t memory)
{
    for (size_t i = 0; i < need->memory_count; i++)
        if (need->memories[i] == memory)
            return true;
    return false;
}

static void check_block(struct verify *verify, const struct layout_block *block,
                        const struct layout_need *need)
{
    if (block->memory >= verify->request->memory_count || !may_lie_in(need, block->memory)) {
        broken(verify, "a block lies in a memory that was not requested");
        return;
    }
    if (block->range.start >= block->range.end) {
        broken(verify, "its block in %s is missing", verify->request->memories[block->memory].name);
        return;
    }
    check_place(verify, block);
    check_need(verify, block, need);
    check_regions(verify, block, need);
}

/* ---- grants ---- */

static const struct layout_grant *find_grant(const struct layout_task *task, const char *name)
{
    for (size_t i = 0; i < task->grant_count; i++)
        if (strcmp(task->grants[i].name, name) == 0)
            return &task->grants[i];
    return NULL;
}

/* The bytes of [start, end) that some runs hold; runs disjoint. */
static uint64_t bytes_within(const struct layout_range *runs, size_t count,
                             struct layout_range range)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        const uint64_t start = runs[i].start > range.start ? runs[i].start : range.start;
        const uint64_t end = runs[i].end < range.end ? runs[i].end : range.end;
        bytes += end > start ? end - start : 0;
    }
    return bytes;
}

/* One slot's grant must be the union of what it names: each whole, and no byte besides. */
static void check_names(struct verify *verify, const struct layout_task *task,
                        const struct layout_fixed *fixed)
{
    uint64_t asked = 0;
    for (size_t i = 0; i < fixed->name_count; i++) {
        const struct layout_grant *grant = find_grant(task, fixed->names[i]);
        if (grant == NULL) {
            broken(verify, "%s is granted and was not requested", fixed->names[i]);
            continue;
        }
        const uint64_t bytes = grant->range.end - grant->range.start;
        asked += bytes;
        if (bytes_within(fixed->granted, fixed->granted_count, grant->range) != bytes)
            broken(verify, "%s is not granted whole", grant->name);
        if (grant->attributes != fixed->attributes || grant->cache != fixed->cache)
            broken(verify, "%s is granted with the wrong attributes", grant->name);
        if (i == 0 && grant->kind != fixed->kind)
            broken(verify, "%s has the wrong kind", grant->name);
    }
    if (bytes_within(fixed->granted, fixed->granted_count, (struct layout_range){0, UINT64_MAX}) !=
        asked)
        broken(verify, "a slot grants more than %s",
               fixed->name_count > 0 ? fixed->names[0] : "nothing");
}

static void check_info_grant(struct verify *verify, const struct layout_task *task,
                             const struct layout_fixed *fixed)
{
    const struct layout_request *request = verify->request;
    const struct layout_memory *memory = &request->memories[request->info_memory];
    const struct layout_range info = verify->layout->info;
    if (!task->reads_info || info.start == info.end)
        broken(verify, "the info block is granted and was not requested");
    else if (!runs_equal(fixed->granted, fixed->granted_count, &info, 1))
        broken(verify, "the info block is not granted exactly");
    else if (fixed->attributes != memory->attributes || fixed->cache != memory->cache)
        broken(verify, "the info block is granted with the wrong attributes");
}

static bool runs_ascend(const struct layout_fixed *fixed)
{
    for (size_t i = 0; i < fixed->granted_count; i++) {
        if (fixed->granted[i].start >= fixed->granted[i].end)
            return false;
        if (i > 0 && fixed->granted[i].start <= fixed->granted[i - 1].end)
            return false;
    }
    return fixed->granted_count > 0 && fixed->granted[0].start == fixed->region.start &&
           fixed->granted[fixed->granted_count - 1].end == fixed->region.end;
}

static void check_fixed(struct verify *verify, const struct layout_task *task,
                        const struct layout_task_answer *answer)
{
    size_t names = 0;
    size_t infos = 0;
    for (size_t i = 0; i < answer->fixed_count; i++) {
        const struct layout_fixed *fixed = &answer->fixed[i];
        if (!runs_ascend(fixed)) {
            broken(verify, "the runs of a granted slot are not in order");
            continue;
        }
        if (i > 0 && answer->fixed[i - 1].region.start >= fixed->region.start)
            broken(verify, "the slots of peripherals and maps are not in ascending order");
        check_region(verify, &fixed->region, fixed->granted, fixed->granted_count);
        if (fixed->kind == LAYOUT_INFO) {
            infos++;
            check_info_grant(verify, task, fixed);
        } else {
            names += fixed->name_count;
            check_names(verify, task, fixed);
        }
    }
    /* Every name was found and every slot is disjoint of the others, so equal counts mean all of
     * them. */
    if (names != task->grant_count)
        broken(verify, "not every peripheral and map is granted once");
    if (infos != (task->reads_info && verify->request->info_bytes > 0 ? 1u : 0u))
        broken(verify, "the info block is not granted once");
}

/* ---- all that one task is granted ---- */

struct granted_run {
    struct layout_range range;
    const struct mpu_region *region;
};

static int compare_runs(const void *left, const void *right)
{
    const struct granted_run *a = left;
    const struct granted_run *b = right;
    return (a->range.start > b->range.start) - (a->range.start < b->range.start);
}

static size_t collect_runs(const struct layout_task_answer *answer, struct granted_run *runs)
{
    size_t count = 0;
    for (size_t i = 0; i < answer->fixed_count; i++)
        for (size_t j = 0; j < answer->fixed[i].granted_count; j++)
            runs[count++] =
                (struct granted_run){answer->fixed[i].granted[j], &answer->fixed[i].region};
    for (size_t i = 0; i < answer->block_count; i++)
        for (size_t j = 0; j < answer->blocks[i].region_count; j++) {
            const struct mpu_region *region = &answer->blocks[i].regions[j];
            runs[count++] = (struct granted_run){{region->start, region->end}, region};
        }
    return count;
}

/* The slots that a region takes: two for a TOR entry, unless the entry before it is one that ends
 * where it starts. */
static uint32_t region_slots(const struct mpu *mpu, const struct granted_run *run,
                             const struct granted_run *before)
{
    if (mpu->model != MPU_PMP || run->region->mpu_size != 0)
        return 1;
    const bool is_chained =
        before != NULL && before->region->mpu_size == 0 && before->range.end == run->range.start;
    return is_chained ? 1 : 2;
}

static void check_granted(struct verify *verify, const struct layout_task_answer *answer)
{
    const struct mpu *mpu = &verify->request->mpu;
    size_t most = 0;
    uint32_t slots = 0;
    for (size_t i = 0; i < answer->fixed_count; i++)
        most += answer->fixed[i].granted_count;
    for (size_t i = 0; i < answer->block_count; i++)
        most += answer->blocks[i].region_count;
    struct granted_run *runs = ARENA_ARRAY(verify->diags->arena, struct granted_run, most);
    const size_t count = collect_runs(answer, runs);
    qsort(runs, count, sizeof *runs, compare_runs);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && runs[i - 1].range.end > runs[i].range.start)
            broken(verify, "two of its regions grant 0x%08" PRIx64, runs[i].range.start);
        if (mpu->model == MPU_PMP || runs[i].range.start == runs[i].region->start) {
            const uint32_t takes = region_slots(mpu, &runs[i], i > 0 ? &runs[i - 1] : NULL);
            if (runs[i].region->slots != takes)
                broken(verify,
                       "the region at 0x%08" PRIx64 " takes %" PRIu32 " slots, not %" PRIu32,
                       runs[i].range.start, takes, runs[i].region->slots);
            slots += takes;
        }
    }
    const uint32_t available = mpu->slots > mpu->reserved ? mpu->slots - mpu->reserved : 0;
    if (slots > available)
        broken(verify, "it takes %" PRIu32 " slots of %" PRIu32, slots, available);
    if (answer->slots_used != slots || answer->slots_used + answer->slots_free != available)
        broken(verify, "its slot count is wrong");
}

static void check_task(struct verify *verify, size_t index)
{
    const struct layout_task *task = &verify->request->tasks[index];
    const struct layout_task_answer *answer = &verify->layout->tasks[index];
    verify->task = task->name;
    if (answer->block_count != task->need_count) {
        broken(verify, "it has %zu blocks for %zu needs", answer->block_count, task->need_count);
    } else {
        for (size_t i = 0; i < task->need_count; i++)
            check_block(verify, &answer->blocks[i], &task->needs[i]);
    }
    check_fixed(verify, task, answer);
    check_granted(verify, answer);
    verify->task = NULL;
}

/* ---- memories ---- */

struct placed {
    struct layout_range range;
    uint64_t need_bytes;
    size_t memory;
    const char *owner;
};

static int compare_placed(const void *left, const void *right)
{
    const struct placed *a = left;
    const struct placed *b = right;
    return (a->range.start > b->range.start) - (a->range.start < b->range.start);
}

static struct placed *collect_placed(const struct verify *verify, size_t *ret_count)
{
    const struct layout *layout = verify->layout;
    size_t count = 0;
    for (size_t i = 0; i < layout->task_count; i++)
        count += layout->tasks[i].block_count;
    struct placed *placed = ARENA_ARRAY(verify->diags->arena, struct placed, count);
    size_t at = 0;
    for (size_t i = 0; i < layout->task_count; i++)
        for (size_t j = 0; j < layout->tasks[i].block_count; j++) {
            const struct layout_block *block = &layout->tasks[i].blocks[j];
            placed[at++] = (struct placed){block->range, block->need_bytes, block->memory,
                                           verify->request->tasks[i].name};
        }
    qsort(placed, count, sizeof *placed, compare_placed);
    *ret_count = count;
    return placed;
}

static uint64_t kernel_end(const struct verify *verify, size_t memory)
{
    const struct layout_memory *asked = &verify->request->memories[memory];
    uint64_t end = asked->base + asked->skip_bytes;
    for (size_t i = 0; i < verify->layout->kernel_count; i++)
        if (verify->layout->kernel[i].memory == memory)
            end = verify->layout->kernel[i].range.end;
    return end;
}

/* Returns the bytes used. */
static uint64_t check_sums(struct verify *verify, size_t memory, const struct placed *placed,
                           size_t count)
{
    const struct layout_memory_answer *answer = &verify->layout->memories[memory];
    const char *name = verify->request->memories[memory].name;
    const uint64_t start = kernel_end(verify, memory);
    uint64_t end = start;
    uint64_t need = 0;
    uint64_t blocks = 0;
    for (size_t i = 0; i < count; i++) {
        if (placed[i].memory != memory)
            continue;
        need += placed[i].need_bytes;
        blocks += placed[i].range.end - placed[i].range.start;
        end = placed[i].range.end > end ? placed[i].range.end : end;
    }
    if (answer->end != end || answer->need_bytes != need ||
        answer->padding_bytes != blocks - need || answer->gap_bytes != end - start - blocks)
        broken(verify, "the totals of %s are wrong", name);
    if (answer->bound_bytes > end - start)
        broken(verify, "%s takes less than its lower bound", name);
    return end - start;
}

static void check_memories(struct verify *verify)
{
    size_t count;
    const struct placed *placed = collect_placed(verify, &count);
    uint64_t used = 0;
    uint64_t reach = 0;
    const char *owner = NULL;
    for (size_t i = 0; i < count; i++) {
        if (placed[i].range.start < reach)
            broken(verify, "blocks of tasks %s and %s overlap at 0x%08" PRIx64, owner,
                   placed[i].owner, placed[i].range.start);
        if (placed[i].range.end > reach) {
            reach = placed[i].range.end;
            owner = placed[i].owner;
        }
    }
    for (size_t i = 0; i < verify->request->memory_count; i++)
        used += check_sums(verify, i, placed, count);
    if (verify->layout->bound_bytes > used)
        broken(verify, "all memories together take less than the lower bound");
}

static void check_kernel(struct verify *verify, size_t index)
{
    const struct layout_need *need = &verify->request->kernel[index];
    const struct layout_kernel_answer *answer = &verify->layout->kernel[index];
    if (answer->memory >= verify->request->memory_count || !may_lie_in(need, answer->memory)) {
        broken(verify, "the kernel lies in a memory that was not requested");
        return;
    }
    const struct layout_memory *memory = &verify->request->memories[answer->memory];
    const struct layout_range range = answer->range;
    if (answer->need_bytes != need->bytes || range.end < range.start ||
        range.end - range.start < need->bytes)
        broken(verify, "the kernel's range in %s is too small", memory->name);
    if (range.start < memory->base || range.start - memory->base < memory->skip_bytes ||
        range.end - memory->base > memory->size)
        broken(verify, "the kernel lies outside %s", memory->name);
    if (range.end % 32 != 0 && range.end != memory->base + memory->size)
        broken(verify, "the kernel's end in %s is not a multiple of 32", memory->name);
    if (need->align_bytes > 1 && range.start % need->align_bytes != 0)
        broken(verify, "the kernel in %s is not aligned to %" PRIu64, memory->name,
               need->align_bytes);
    if (need->is_pinned && range.start != need->pinned_addr)
        broken(verify, "the kernel in %s is not at the pinned address", memory->name);
    for (size_t i = 0; i < memory->hole_count; i++)
        if (range.start < memory->holes[i].end && memory->holes[i].start < range.end)
            broken(verify, "the kernel lies in a hole of %s", memory->name);
}

static void check_info(struct verify *verify)
{
    const struct layout_request *request = verify->request;
    const struct layout_range info = verify->layout->info;
    if (info.end - info.start != request->info_bytes) {
        broken(verify, "the info block does not have the requested size");
        return;
    }
    if (request->info_bytes == 0)
        return;
    const struct layout_memory *memory = &request->memories[request->info_memory];
    if (info.start < verify->layout->memories[request->info_memory].end)
        broken(verify, "the info block does not lie after all blocks of %s", memory->name);
    if (info.start < memory->base || info.end - memory->base > memory->size)
        broken(verify, "the info block lies outside %s", memory->name);
    for (size_t i = 0; i < memory->hole_count; i++)
        if (info.start < memory->holes[i].end && memory->holes[i].start < info.end)
            broken(verify, "the info block lies in a hole of %s", memory->name);
}

/* ---- the whole ---- */

static bool mpu_equal(const struct mpu *a, const struct mpu *b)
{
    return a->model == b->model && a->slots == b->slots && a->reserved == b->reserved &&
           a->subregions == b->subregions && a->granularity_bytes == b->granularity_bytes;
}

bool layout_verify(const struct layout_request *request, const struct layout *layout,
                   struct diag_list *diags)
{
    struct verify verify = {.request = request, .layout = layout, .diags = diags, .good = true};
    if (!mpu_equal(&request->mpu, &layout->mpu))
        broken(&verify, "it is for another MPU");
    if (layout->memory_count != request->memory_count ||
        layout->kernel_count != request->kernel_count ||
        layout->task_count != request->task_count) {
        broken(&verify, "its memories, kernel parts or tasks are not those requested");
        return verify.good;
    }
    for (size_t i = 0; i < request->kernel_count; i++)
        check_kernel(&verify, i);
    for (size_t i = 0; i < request->task_count; i++)
        check_task(&verify, i);
    check_memories(&verify);
    check_info(&verify);
    return verify.good;
}
