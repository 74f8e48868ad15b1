#include "layout/search/problem_create.h"

#include "layout/search/bound.h"
#include "layout/search/pin.h"

#include "base/buffer.h"
#include "base/checked.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { KERNEL_STEP_BYTES = 32 };

static uint64_t memory_end(const struct layout_memory *memory)
{
    uint64_t end;
    if (!checked_add(memory->base, memory->size, &end) || end > MPU_ADDRESS_END)
        return MPU_ADDRESS_END;
    return end;
}

/* ---- the kernel ---- */

/* The first address from `at` where a range of `bytes` meets no hole of the memory. */
static uint64_t after_holes(const struct layout_memory *memory, uint64_t at, uint64_t bytes,
                            uint64_t alignment)
{
    at = round_up(at, alignment);
    for (size_t i = 0; i < memory->hole_count; i++)
        if (memory->holes[i].start < round_up(at + bytes, KERNEL_STEP_BYTES) &&
            at < memory->holes[i].end)
            at = round_up(memory->holes[i].end, alignment);
    return at;
}

static bool place_kernel(struct problem *problem, size_t index, struct diag_list *diags)
{
    const struct layout_need *need = &problem->request->kernel[index];
    const size_t memory_index = need->memories[0];
    const struct layout_memory *memory = &problem->request->memories[memory_index];
    struct problem_memory *state = &problem->memories[memory_index];
    const uint64_t alignment = need->align_bytes > 1 ? need->align_bytes : 1;
    const uint64_t end = memory_end(memory);
    if (need->bytes > MPU_ADDRESS_END || alignment > MPU_ADDRESS_END)
        return diag_error(diags, "layout-no-fit", NOWHERE,
                          "the kernel needs %" PRIu64 " bytes of %s, which has %" PRIu64,
                          need->bytes, memory->name, memory->size);
    uint64_t start = need->is_pinned
                         ? need->pinned_addr
                         : after_holes(memory, state->kernel_end, need->bytes, alignment);
    if (start < state->kernel_end || start > end || end - start < need->bytes)
        return diag_error(
            diags, "layout-no-fit", NOWHERE,
            "the kernel needs %" PRIu64 " bytes of %s, which has %" PRIu64 " left for it",
            need->bytes, memory->name, end > state->kernel_end ? end - state->kernel_end : 0);
    state->kernel_end = round_up(start + need->bytes, KERNEL_STEP_BYTES);
    if (state->kernel_end > end)
        state->kernel_end = end;
    problem->kernel[index] =
        (struct layout_kernel_answer){memory_index, {start, state->kernel_end}, need->bytes};
    return true;
}

/* ---- slots ---- */

static void list_fixed(struct buffer *list, const struct joined *joined)
{
    for (size_t i = 0; i < joined->count; i++) {
        buffer_append_text(list, i == 0 ? "" : ", ");
        for (size_t j = 0; j < joined->fixed[i].name_count; j++)
            buffer_format(list, "%s%s", j == 0 ? "" : "+", joined->fixed[i].names[j]);
        if (joined->fixed[i].region.slots > 1)
            buffer_format(list, " (%" PRIu32 " slots)", joined->fixed[i].region.slots);
    }
}

static bool report_slots(const struct problem *problem, const struct problem_task *state,
                         uint32_t available, uint32_t used, struct arena *arena,
                         struct diag_list *diags)
{
    const struct layout_task *task = &problem->request->tasks[state->index];
    struct buffer list = buffer_in(arena);
    list_fixed(&list, &state->joined);
    if (task->reads_info)
        buffer_format(&list, "%sinfo", list.bytes == 0 ? "" : ", ");
    for (size_t i = 0; i < task->need_count; i++)
        buffer_format(&list, "%sblock in %s", list.bytes == 0 ? "" : ", ",
                      problem->request->memories[task->needs[i].memories[0]].name);
    diag_add(diags, DIAG_ERROR, "layout-too-many-slots", NOWHERE,
             "task %s needs %" PRIu32 " MPU slots of %" PRIu32 " available: %s", task->name, used,
             available, buffer_text(&list));
    if (problem->request->mpu.reserved > 0)
        diag_hint(diags,
                  "the kernel reserves %" PRIu32 " of the %" PRIu32
                  " slots; move a peripheral to another task, or reserve fewer",
                  problem->request->mpu.reserved, problem->request->mpu.slots);
    else
        diag_hint(diags, "move a peripheral to another task");
    return false;
}

static bool count_slots(const struct problem *problem, struct problem_task *state,
                        struct arena *arena, struct diag_list *diags)
{
    const struct mpu *mpu = &problem->request->mpu;
    const struct layout_task *task = &problem->request->tasks[state->index];
    if (!join_grants(mpu, task, arena, &state->joined, diags))
        return false;
    const int64_t given = (int64_t)mpu->slots - mpu->reserved + task->slots_adjust;
    const uint32_t available = given > 0 ? (uint32_t)given : 0;
    const uint32_t fixed = state->joined.slots + (task->reads_info ? problem->info_slots : 0);
    if (fixed + task->need_count > available)
        return report_slots(problem, state, available, fixed + (uint32_t)task->need_count, arena,
                            diags);
    state->slots = available - fixed;
    if (state->slots > SLOTS_MOST)
        state->slots = SLOTS_MOST;
    state->all_slots = state->slots;
    return true;
}

/* ---- tasks and blocks ---- */

struct order_key {
    uint64_t bytes;
    const char *name;
    size_t index;
};

static int compare_keys(const void *left, const void *right)
{
    const struct order_key *a = left;
    const struct order_key *b = right;
    if (a->bytes != b->bytes)
        return a->bytes > b->bytes ? -1 : 1;
    return strcmp(a->name, b->name);
}

static struct order_key *canonical_order(const struct layout_request *request, struct arena *arena)
{
    struct order_key *keys = ARENA_ARRAY(arena, struct order_key, request->task_count);
    for (size_t i = 0; i < request->task_count; i++) {
        const struct layout_task *task = &request->tasks[i];
        keys[i] = (struct order_key){0, task->name, i};
        for (size_t j = 0; j < task->need_count; j++)
            keys[i].bytes += task->needs[j].bytes;
    }
    qsort(keys, request->task_count, sizeof *keys, compare_keys);
    return keys;
}

/* Where a range must not be cut: at [first, end), in units from the block's start. Blocks begin at
 * whole units, so a range that lies inside one of them forbids none. */
static struct layout_range forbidden_cuts(const struct problem *problem, struct layout_range uncut)
{
    return (struct layout_range){(uncut.start >> problem->cover.unit_log2) + 1,
                                 problem_units(problem, uncut.end)};
}

/* Gives the block the uncut ranges that forbid some cut. One that forbids all makes it a block of
 * one region: a second one would only be added behind what is needed. */
static void set_uncut(const struct problem *problem, const struct layout_need *need,
                      struct problem_block *block, struct arena *arena)
{
    struct layout_range *uncut = ARENA_ARRAY(arena, struct layout_range, need->uncut_count);
    size_t count = 0;
    for (size_t i = 0; i < need->uncut_count; i++) {
        const struct layout_range forbidden = forbidden_cuts(problem, need->uncut[i]);
        block->one_region |= forbidden.start == 1 && forbidden.end >= block->piece.size;
        if (forbidden.start < forbidden.end)
            uncut[count++] = need->uncut[i];
    }
    block->piece.uncut = uncut;
    block->piece.uncut_count = block->one_region || !cover_has_cuts(problem->cover) ? 0 : count;
}

/* Leaves out the memories whose limit the need breaks, unless it breaks all: the request then has
 * no legal answer, and says so by the limit. */
static void set_memories_of(struct problem_block *block, const struct layout_need *need,
                            struct arena *arena)
{
    size_t *memories = ARENA_ARRAY(arena, size_t, need->memory_count);
    for (size_t i = 0; i < need->memory_count; i++)
        if (need->limits == NULL || need->limits[i] == 0 || need->bytes <= need->limits[i])
            memories[block->memory_count++] = need->memories[i];
    block->memories = memories;
    if (block->memory_count == 0) {
        block->memories = need->memories;
        block->memory_count = need->memory_count;
    }
    block->memory = block->memories[0];
}

static bool set_block(struct problem *problem, struct problem_block *block, struct arena *arena,
                      struct diag_list *diags)
{
    const struct layout_task *task = &problem->request->tasks[problem->tasks[block->task].index];
    const struct layout_need *need = &task->needs[block->need];
    const uint64_t unit = UINT64_C(1) << problem->cover.unit_log2;
    if (need->bytes > MPU_ADDRESS_END || need->align_bytes > MPU_ADDRESS_END)
        return diag_error(diags, "layout-no-fit", NOWHERE,
                          "task %s needs %" PRIu64 " bytes of %s aligned to %" PRIu64
                          ", more than the address space holds",
                          task->name, need->bytes,
                          problem->request->memories[need->memories[0]].name, need->align_bytes);
    set_memories_of(block, need, arena);
    block->one_region = need->one_region;
    block->is_pinned = need->is_pinned;
    block->piece =
        (struct piece){.size = problem_units(problem, need->bytes),
                       .alignment = need->align_bytes > unit ? need->align_bytes / unit : 1,
                       .unit_log2 = problem->cover.unit_log2};
    set_uncut(problem, need, block, arena);
    return true;
}

static bool is_free(const struct problem *problem)
{
    for (size_t i = 0; i < problem->block_count; i++) {
        const struct problem_block *block = &problem->blocks[i];
        if (block->is_pinned || block->piece.uncut_count > 0 || block->memory_count > 1)
            return false;
    }
    return true;
}

static bool set_tasks(struct problem *problem, struct arena *arena, struct diag_list *diags)
{
    const struct layout_request *request = problem->request;
    const struct order_key *keys = canonical_order(request, arena);
    bool good = true;
    for (size_t i = 0; i < request->task_count; i++) {
        struct problem_task *state = &problem->tasks[i];
        state->index = keys[i].index;
        state->first_block = problem->block_count;
        state->block_count = request->tasks[state->index].need_count;
        state->loose_count = (uint32_t)state->block_count;
        good &= count_slots(problem, state, arena, diags);
        for (size_t j = 0; j < state->block_count; j++) {
            struct problem_block *block = &problem->blocks[problem->block_count++];
            block->task = i;
            block->need = j;
            good &= set_block(problem, block, arena, diags);
        }
    }
    return good;
}

/* ---- the whole ---- */

static bool check_info(struct problem *problem, struct diag_list *diags)
{
    const struct layout_request *request = problem->request;
    struct mpu_region region;
    if (request->info_bytes == 0)
        return true;
    if (request->info_bytes > MPU_ADDRESS_END ||
        !mpu_region_for(&request->mpu, &(struct layout_range){0, request->info_bytes}, 1, &region))
        return diag_error(diags, "layout-grant-not-coverable", NOWHERE,
                          "no %s region grants exactly %" PRIu64 " bytes, the info block",
                          mpu_model_name(request->mpu.model), request->info_bytes);
    problem->info_slots = region.slots;
    return true;
}

static bool set_memories(struct problem *problem, struct arena *arena, struct diag_list *diags)
{
    const struct layout_request *request = problem->request;
    bool good = true;
    for (size_t i = 0; i < request->memory_count; i++) {
        const struct layout_memory *memory = &request->memories[i];
        const uint64_t end = memory_end(memory);
        const bool has_rest = memory->base < end && memory->skip_bytes < end - memory->base;
        problem->memories[i].kernel_end = has_rest ? memory->base + memory->skip_bytes : end;
    }
    for (size_t i = 0; i < request->kernel_count; i++)
        good &= place_kernel(problem, i, diags);
    for (size_t i = 0; i < request->memory_count; i++) {
        const uint64_t kernel_end = problem->memories[i].kernel_end;
        problem->memories[i].start = problem_units(problem, kernel_end);
        problem->memories[i].end = memory_end(&request->memories[i]) >> problem->cover.unit_log2;
        problem_find_space(problem, i, arena);
    }
    return good;
}

bool problem_create(const struct layout_request *request, struct arena *arena, struct problem *ret,
                    struct diag_list *diags)
{
    struct problem problem = {.request = request,
                              .cover = cover_of(&request->mpu),
                              .effort = request->effort > 1 ? request->effort : 1};
    size_t block_count = 0;
    for (size_t i = 0; i < request->task_count; i++)
        block_count += request->tasks[i].need_count;
    problem.memories = ARENA_ARRAY(arena, struct problem_memory, request->memory_count);
    problem.kernel = ARENA_ARRAY(arena, struct layout_kernel_answer, request->kernel_count);
    problem.tasks = ARENA_ARRAY(arena, struct problem_task, request->task_count);
    problem.task_count = request->task_count;
    problem.blocks = ARENA_ARRAY(arena, struct problem_block, block_count);
    bool good = check_info(&problem, diags);
    good &= set_memories(&problem, arena, diags);
    good &= set_tasks(&problem, arena, diags);
    if (!good || !pin_blocks(&problem, arena, diags))
        return false;
    bound_blocks(&problem, arena);
    problem.is_free = is_free(&problem);
    *ret = problem;
    return true;
}
