/* A request, a lock for it and changes to it, all decoded from the input: whatever they are, the
 * solver and the verifier agree, what is locked stays, and headroom is there when it is used. */
#include "layout/solve/explain.h"
#include "layout/solve/headroom.h"
#include "layout/stability/lock.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { MEMORIES_MOST = 3, TASKS_MOST = 6, NAME_BYTES = 2 };

static void out_of_memory(void)
{
    abort();
}

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* ---- the input as numbers; beyond its end all are 0 ---- */

struct input {
    const uint8_t *data;
    size_t left;
    struct arena *arena;
};

static uint32_t next(struct input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->data++;
}

static uint64_t next_below(struct input *input, uint64_t below)
{
    return next(input) % below;
}

/* Small or large: a mantissa and how far it is shifted. */
static uint64_t next_size(struct input *input, uint32_t shift_most)
{
    const uint64_t mantissa = next(input) << 8 | next(input);
    return mantissa << next_below(input, shift_most + 1) >> 8;
}

static bool next_flag(struct input *input, uint32_t one_in)
{
    return next(input) % one_in == 1;
}

static const char *name_of(struct arena *arena, char kind, size_t index)
{
    char *name = ARENA_ARRAY(arena, char, NAME_BYTES + 1);
    name[0] = kind;
    name[1] = (char)('0' + index);
    return name;
}

/* ---- the request ---- */

static struct mpu read_mpu(struct input *input)
{
    struct mpu mpu = {.model = (enum mpu_model)next_below(input, 4),
                      .subregions = next_flag(input, 2),
                      .slots = 1 + (uint32_t)next_below(input, 16),
                      .granularity_bytes = UINT32_C(4) << next_below(input, 8)};
    mpu.reserved = (uint32_t)next_below(input, mpu.slots);
    return mpu;
}

static void read_holes(struct input *input, struct layout_memory *memory)
{
    struct layout_range *holes = ARENA_ARRAY(input->arena, struct layout_range, 3);
    const uint64_t end = memory->base + memory->size;
    uint64_t at = memory->base;
    const size_t count = next_below(input, 4);
    for (size_t i = 0; i < count; i++) {
        at += next_size(input, 12);
        const uint64_t to = at + 1 + next_size(input, 10);
        if (to > end)
            break;
        holes[memory->hole_count++] = (struct layout_range){at, to};
        at = to;
    }
    memory->holes = holes;
}

static void read_memories(struct input *input, struct layout_request *request)
{
    struct layout_memory *memories = ARENA_ARRAY(input->arena, struct layout_memory, MEMORIES_MOST);
    request->memory_count = 1 + next_below(input, MEMORIES_MOST);
    for (size_t i = 0; i < request->memory_count; i++) {
        memories[i] =
            (struct layout_memory){.name = name_of(input->arena, 'm', i),
                                   .base = (UINT64_C(0x40000000) * i) + next_size(input, 14),
                                   .size = 1 + next_size(input, 16),
                                   .attributes = i == 0 ? 5 : 3};
        if (next_flag(input, 4))
            memories[i].skip_bytes = next_size(input, 10) % memories[i].size;
        read_holes(input, &memories[i]);
    }
    request->memories = memories;
}

static const size_t *read_choice(struct input *input, size_t memory, size_t count)
{
    size_t *choice = ARENA_ARRAY(input->arena, size_t, count);
    for (size_t i = 0; i < count; i++)
        choice[i] = (memory + i) % count;
    return choice;
}

static struct layout_need read_need(struct input *input, const struct layout_request *request,
                                    size_t memory)
{
    struct layout_need need = {.memories = read_choice(input, memory, request->memory_count),
                               .memory_count = next_flag(input, 5) ? request->memory_count : 1,
                               .bytes = 1 + next_size(input, 14),
                               .align_bytes = UINT64_C(1) << next_below(input, 16),
                               .is_pinned = next_flag(input, 8),
                               .one_region = next_flag(input, 8)};
    if (need.is_pinned)
        need.pinned_addr = request->memories[memory].base + (next_size(input, 12) & ~UINT64_C(31));
    if (next_flag(input, 6)) {
        struct layout_range *uncut = ARENA_NEW(input->arena, struct layout_range);
        uncut->start = next_size(input, 12) % need.bytes;
        uncut->end = uncut->start + 1 + next_size(input, 12) % (need.bytes - uncut->start);
        need.uncut = uncut;
        need.uncut_count = 1;
    }
    return need;
}

static void read_kernel(struct input *input, struct layout_request *request)
{
    struct layout_need *kernel = ARENA_ARRAY(input->arena, struct layout_need, MEMORIES_MOST);
    for (size_t i = 0; i < request->memory_count; i++)
        if (next_flag(input, 2))
            kernel[request->kernel_count++] =
                (struct layout_need){.memories = read_choice(input, i, request->memory_count),
                                     .memory_count = 1,
                                     .bytes = 1 + next_size(input, 8),
                                     .align_bytes = UINT64_C(1) << next_below(input, 10)};
    request->kernel = kernel;
}

static void read_grants(struct input *input, struct layout_task *task)
{
    struct layout_grant *grants = ARENA_ARRAY(input->arena, struct layout_grant, 3);
    uint64_t at = UINT64_C(0xc0000000);
    task->grant_count = next_below(input, 4);
    for (size_t i = 0; i < task->grant_count; i++) {
        at += next_size(input, 8) & ~UINT64_C(31);
        const uint64_t size = UINT64_C(32) << next_below(input, 8);
        grants[i] = (struct layout_grant){.kind = LAYOUT_PERIPHERAL,
                                          .name = name_of(input->arena, 'p', i),
                                          .range = {at, at + size},
                                          .attributes = 11};
        at += size;
    }
    task->grants = grants;
}

static void read_tasks(struct input *input, struct layout_request *request)
{
    struct layout_task *tasks = ARENA_ARRAY(input->arena, struct layout_task, TASKS_MOST);
    request->task_count = next_below(input, TASKS_MOST + 1);
    for (size_t i = 0; i < request->task_count; i++) {
        struct layout_need *needs = ARENA_ARRAY(input->arena, struct layout_need, MEMORIES_MOST);
        tasks[i] = (struct layout_task){.name = name_of(input->arena, 't', i), .needs = needs};
        for (size_t j = 0; j < request->memory_count; j++)
            if (next_flag(input, 2))
                needs[tasks[i].need_count++] = read_need(input, request, j);
        if (next_flag(input, 4))
            read_grants(input, &tasks[i]);
        tasks[i].reads_info = request->info_bytes > 0 && next_flag(input, 3);
    }
    request->tasks = tasks;
}

static struct layout_request read_request(struct input *input)
{
    struct layout_request request = {.mpu = read_mpu(input)};
    read_memories(input, &request);
    read_kernel(input, &request);
    if (next_flag(input, 3)) {
        request.info_bytes = UINT64_C(32) << next_below(input, 5);
        request.info_memory = next_below(input, request.memory_count);
    }
    read_tasks(input, &request);
    return request;
}

/* ---- what must hold ---- */

/* The request with one need larger, which must stay in its memory. */
static struct layout_request grown_request(const struct layout_request *request, size_t task,
                                           size_t need, const size_t *memory, uint64_t bytes,
                                           struct arena *arena)
{
    struct layout_request grown = *request;
    struct layout_task *tasks = ARENA_ARRAY(arena, struct layout_task, TASKS_MOST);
    struct layout_need *needs = ARENA_ARRAY(arena, struct layout_need, MEMORIES_MOST);
    for (size_t i = 0; i < request->task_count; i++)
        tasks[i] = request->tasks[i];
    for (size_t i = 0; i < tasks[task].need_count; i++)
        needs[i] = tasks[task].needs[i];
    needs[need].bytes += bytes;
    needs[need].memories = memory;
    needs[need].memory_count = 1;
    tasks[task].needs = needs;
    grown.tasks = tasks;
    return grown;
}

/* Each block can grow by its headroom while all the others stay. */
static void check_headroom(const struct layout_request *request, const struct layout *layout,
                           struct arena *arena)
{
    const struct layout_lock_policy strict = {.is_strict = true};
    const struct headroom headroom = headroom_find(request, layout, arena);
    size_t count;
    const struct layout_locked_block *all = layout_lock(layout, arena, &count);
    check(count == headroom.block_count);
    for (size_t i = 0; i < count; i++) {
        struct layout_locked_block others[TASKS_MOST * MEMORIES_MOST];
        const struct headroom_block *block = &headroom.blocks[i];
        if (request->tasks[block->task].needs[block->need].is_pinned)
            continue; /* it takes what slots it likes before the lock is looked at */
        for (size_t j = 0; j + 1 < count; j++)
            others[j] = all[j < i ? j : j + 1];
        const struct layout_request grown =
            grown_request(request, block->task, block->need, &all[i].memory, block->bytes, arena);
        struct diag_list diags = diag_list_in(arena);
        struct layout answer;
        struct layout_moves moves;
        check(layout_solve_locked(&grown, others, count - 1, &strict, arena, &answer, &moves,
                                  &diags));
        check(layout_verify(&grown, &answer, &diags));
    }
}

static void check_explained(const struct layout_request *request, const struct layout *layout,
                            struct arena *arena)
{
    for (size_t i = 0; i < request->task_count; i++) {
        const struct explain_task task = explain_task_of(request, layout, i, arena);
        uint32_t slots = 0;
        for (size_t j = 0; j < task.slot_count; j++)
            slots += task.slots[j].slots;
        check(slots == request->mpu.slots);
        check(task.task_bytes >= task.task_bound_bytes);
    }
}

static void check_unchanged(const struct layout_request *request, const struct layout *layout,
                            struct arena *arena)
{
    const struct layout_lock_policy strict = {.is_strict = true};
    struct diag_list diags = diag_list_in(arena);
    struct layout answer;
    struct layout_moves moves;
    size_t count;
    const struct layout_locked_block *locked = layout_lock(layout, arena, &count);
    check(layout_solve_locked(request, locked, count, &strict, arena, &answer, &moves, &diags));
    check(layout_verify(request, &answer, &diags));
    check(moves.kept_count == count && moves.count == count);
}

/* A lock that has nothing to do with the request. */
static void check_any_lock(struct input *input, const struct layout_request *request,
                           bool is_solved)
{
    struct layout_locked_block locked[TASKS_MOST * MEMORIES_MOST];
    size_t count = 0;
    for (size_t i = 0; i < request->task_count; i++)
        for (size_t j = 0; j < request->memory_count; j++) {
            if (!next_flag(input, 2))
                continue;
            const uint64_t start = request->memories[j].base + next_size(input, 16);
            locked[count++] = (struct layout_locked_block){
                i, j, {start & ~UINT64_C(31), (start & ~UINT64_C(31)) + next_size(input, 14)}};
        }
    const struct layout_lock_policy policy = {.is_strict = next_flag(input, 4),
                                              .budget_per_mille = next_size(input, 8),
                                              .headroom_per_mille = next_below(input, 100)};
    struct diag_list diags = diag_list_in(input->arena);
    struct layout answer;
    struct layout_moves moves;
    if (layout_solve_locked(request, locked, count, &policy, input->arena, &answer, &moves,
                            &diags)) {
        check(layout_verify(request, &answer, &diags));
        check(diags.error_count == 0);
        return;
    }
    check(diags.error_count > 0);
    check(!is_solved || policy.is_strict);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena *arena = arena_create(out_of_memory);
    struct input input = {data, bytes, arena};
    struct diag_list diags = diag_list_in(arena);
    const struct layout_request request = read_request(&input);
    struct layout layout;
    const bool is_solved = layout_solve(&request, arena, &layout, &diags);
    check(is_solved == (diags.error_count == 0));
    if (is_solved) {
        check(layout_verify(&request, &layout, &diags));
        check_unchanged(&request, &layout, arena);
        check_headroom(&request, &layout, arena);
        check_explained(&request, &layout, arena);
    }
    check_any_lock(&input, &request, is_solved);
    arena_destroy(arena);
    return 0;
}
