#include "cli/plan/board_plan.h"

#include "base/checked.h"
#include "cli/plan/mcuboot_room.h"

#include <imgbuild/tables.h>

/* ---- the request ---- */

static const struct layout_memory *request_memories(const struct plan_slot *slot,
                                                    struct arena *arena)
{
    const size_t count = slot->manifest->memory_count;
    struct layout_memory *memories = ARENA_ARRAY(arena, struct layout_memory, count);
    for (size_t i = 0; i < count; i++) {
        const struct manifest_memory *from = &slot->memories[i];
        struct layout_range *holes = ARENA_ARRAY(arena, struct layout_range, from->hole_count);
        for (size_t k = 0; k < from->hole_count; k++)
            holes[k] = (struct layout_range){from->holes[k].base,
                                             from->holes[k].base + from->holes[k].size};
        memories[i] = (struct layout_memory){
            .name = from->name.text,
            .base = from->base.value,
            .size = from->size.value,
            .skip_bytes = from->skip.value,
            .holes = holes,
            .hole_count = from->hole_count,
            .attributes = manifest_memory_attributes(from),
            .cache = from->cache,
        };
    }
    return memories;
}

static bool names_memory(const struct manifest_refs *refs, size_t memory)
{
    for (size_t i = 0; i < refs->count; i++) {
        if (refs->items[i].index == memory)
            return true;
    }
    return false;
}

/* The memories that a need may use: all of a list when the solver may choose from it. NULL: there
 * is no list. */
static void set_choice(struct layout_need *need, size_t memory, const struct manifest_refs *choice,
                       struct arena *arena)
{
    const bool is_choice = choice != NULL && names_memory(choice, memory);
    const size_t count = is_choice ? choice->count : 1;
    size_t *memories = ARENA_ARRAY(arena, size_t, count);
    for (size_t i = 0; i < count; i++)
        memories[i] = is_choice ? choice->items[i].index : memory;
    need->memories = memories;
    need->memory_count = count;
}

/* The task's limit of each memory that the need may lie in. */
static void set_limits(struct layout_need *need, const struct manifest_task *task,
                       struct arena *arena)
{
    uint64_t *limits = ARENA_ARRAY(arena, uint64_t, need->memory_count);
    for (size_t i = 0; i < need->memory_count; i++)
        for (size_t j = 0; j < task->limit_count; j++)
            if (task->limits[j].memory.index == need->memories[i])
                limits[i] = task->limits[j].value;
    need->limits = limits;
}

static void set_pin(struct layout_need *need, const struct manifest_task *task, size_t memory)
{
    for (size_t i = 0; i < task->place_count; i++) {
        if (task->places[i].memory.index != memory)
            continue;
        need->is_pinned = true;
        need->pinned_addr = task->places[i].value;
    }
}

/* What the processor stores when a task is entered: eight words at the top of its stack. */
enum { INITIAL_FRAME_BYTES = 32 };

static bool has_data_in(const struct manifest_task *task, size_t memory)
{
    const struct manifest_refs *memories = &task->program.data_memories;
    bool found = false;
    for (size_t i = 0; i < memories->count; i++)
        found |= memories->items[i].index == memory;
    return found;
}

/* A section that is alone in its memory fills its block. */
static bool is_one_section(const struct manifest_task *task, size_t memory)
{
    size_t count = 0;
    for (size_t i = 0; i < task->section_count; i++)
        count += task->sections[i].memory.index == memory;
    return count == 1 && !has_data_in(task, memory);
}

/* What must not be split between regions: the initial stack frame, and buffers that other bus
 * masters use. */
static void set_uncut(struct layout_need *need, const struct manifest *manifest,
                      const struct manifest_task *task, const struct plan_size *size,
                      struct arena *arena)
{
    struct layout_range *uncut = ARENA_ARRAY(arena, struct layout_range, size->uncut_count + 2);
    size_t count = 0;
    const uint64_t stack = task->program.stack.value;
    if (has_data_in(task, size->memory) && stack >= INITIAL_FRAME_BYTES && stack <= size->bytes)
        uncut[count++] = (struct layout_range){stack - INITIAL_FRAME_BYTES, stack};
    for (size_t i = 0; i < size->uncut_count; i++)
        uncut[count++] = size->uncut[i];
    if (size->uncut_count == 0 && manifest->memories[size->memory].dma &&
        is_one_section(task, size->memory))
        uncut[count++] = (struct layout_range){0, size->bytes};
    need->uncut = uncut;
    need->uncut_count = count;
}

/* The needs of a task; the kernel's if task is NULL. */
static const struct layout_need *request_needs(const struct manifest *manifest,
                                               const struct plan_program_sizes *sizes,
                                               const struct manifest_task *task,
                                               struct arena *arena)
{
    struct layout_need *needs = ARENA_ARRAY(arena, struct layout_need, sizes->count);
    for (size_t i = 0; i < sizes->count; i++) {
        const struct plan_size *size = &sizes->items[i];
        needs[i].bytes = size->bytes;
        needs[i].align_bytes = size->align_bytes;
        set_choice(&needs[i], size->memory, task == NULL ? NULL : &task->program.data_memories,
                   arena);
        if (task == NULL)
            continue;
        needs[i].one_region = !task->split.value;
        set_limits(&needs[i], task, arena);
        set_pin(&needs[i], task, size->memory);
        set_uncut(&needs[i], manifest, task, size, arena);
    }
    return needs;
}

static struct layout_grant peripheral_grant(const struct manifest_peripheral *peripheral)
{
    const uint64_t base = peripheral->base.value;
    return (struct layout_grant){
        .kind = LAYOUT_PERIPHERAL,
        .name = peripheral->name.text,
        .range = {base, base + peripheral->size.value},
        .attributes = IMGBUILD_READ | IMGBUILD_WRITE | IMGBUILD_DEVICE,
    };
}

static struct layout_grant map_grant(const struct manifest_memory *memory)
{
    const uint64_t base = memory->base.value;
    return (struct layout_grant){
        .kind = LAYOUT_MAP,
        .name = memory->name.text,
        .range = {base, base + memory->size.value},
        .attributes = manifest_memory_attributes(memory),
        .cache = memory->cache,
    };
}

static struct layout_task request_task(const struct plan_slot *slot, size_t index,
                                       const struct plan_program_sizes *sizes, struct arena *arena)
{
    const struct manifest *manifest = slot->manifest;
    const struct manifest_task *task = &manifest->tasks[index];
    struct layout_grant *grants =
        ARENA_ARRAY(arena, struct layout_grant, task->uses.count + task->maps.count);
    size_t count = 0;
    for (size_t i = 0; i < task->uses.count; i++)
        grants[count++] = peripheral_grant(&manifest->peripherals[task->uses.items[i].index]);
    for (size_t i = 0; i < task->maps.count; i++)
        grants[count++] = map_grant(&slot->memories[task->maps.items[i].index]);

    bool reads_info = false;
    for (size_t i = 0; i < manifest->info.tasks.count; i++)
        reads_info |= manifest->info.tasks.items[i].index == index;
    return (struct layout_task){
        .name = task->name.text,
        .needs = request_needs(manifest, sizes, task, arena),
        .need_count = sizes->count,
        .grants = grants,
        .grant_count = count,
        .reads_info = reads_info,
    };
}

struct layout_request plan_request(const struct plan_slot *slot, const struct plan_sizes *sizes,
                                   struct arena *arena)
{
    const struct manifest *manifest = slot->manifest;
    struct layout_task *tasks = ARENA_ARRAY(arena, struct layout_task, manifest->task_count);
    for (size_t i = 0; i < manifest->task_count; i++)
        tasks[i] = request_task(slot, i, &sizes->tasks[i], arena);
    return (struct layout_request){
        .mpu = manifest->mpu,
        .memories = request_memories(slot, arena),
        .memory_count = manifest->memory_count,
        .kernel = request_needs(manifest, &sizes->kernel, NULL, arena),
        .kernel_count = sizes->kernel.count,
        .tasks = tasks,
        .task_count = manifest->task_count,
        .info_memory = manifest->kernel.program.code_memory, /* the image's end */
        .info_bytes = manifest->info.is_given ? manifest->info.size : 0,
    };
}

/* ---- the answer ---- */

static bool check_limit(const struct manifest *manifest, const struct manifest_task *task,
                        const struct manifest_memory_number *limit, const struct plan_size *size,
                        struct diag_list *diags)
{
    if (size->memory != limit->memory.index || size->bytes <= limit->value)
        return true;
    const char *memory = manifest->memories[size->memory].name.text;
    diag_error(diags, "task-over-limit", limit->memory.pos,
               "task %s needs %llu bytes of %s, %llu more than its limit of %llu", task->name.text,
               (unsigned long long)size->bytes, memory,
               (unsigned long long)(size->bytes - limit->value), (unsigned long long)limit->value);
    diag_hint(diags, "make the task smaller, or raise its limit for %s", memory);
    return false;
}

/* Whether the solver can choose a memory whose limit is kept. */
static bool has_choice_within_limits(const struct layout_need *need)
{
    bool found = false;
    for (size_t i = 0; i < need->memory_count && need->memory_count > 1; i++)
        found |= need->limits[i] == 0 || need->bytes <= need->limits[i];
    return found;
}

static bool check_limits(const struct plan_slot *slot, const struct plan_sizes *sizes,
                         const struct layout_request *request, struct diag_list *diags)
{
    bool ok = true;
    for (size_t t = 0; t < slot->manifest->task_count; t++) {
        const struct manifest_task *task = &slot->manifest->tasks[t];
        for (size_t l = 0; l < task->limit_count; l++) {
            for (size_t i = 0; i < sizes->tasks[t].count; i++)
                ok = (has_choice_within_limits(&request->tasks[t].needs[i]) ||
                      check_limit(slot->manifest, task, &task->limits[l], &sizes->tasks[t].items[i],
                                  diags)) &&
                     ok;
        }
    }
    return ok;
}

/* Where the solver could choose a memory, the limit of the chosen one applies. */
static bool check_chosen_limits(const struct plan_slot *slot, const struct plan_sizes *sizes,
                                const struct layout *layout, struct diag_list *diags)
{
    bool ok = true;
    for (size_t t = 0; t < slot->manifest->task_count; t++) {
        const struct manifest_task *task = &slot->manifest->tasks[t];
        for (size_t i = 0; i < sizes->tasks[t].count; i++) {
            struct plan_size size = sizes->tasks[t].items[i];
            const size_t chosen = layout->tasks[t].blocks[i].memory;
            if (chosen == size.memory)
                continue;
            size.memory = chosen;
            for (size_t l = 0; l < task->limit_count; l++)
                ok = check_limit(slot->manifest, task, &task->limits[l], &size, diags) && ok;
        }
    }
    return ok;
}

/* The solver knows nothing of files: its errors are reported at the board. */
static void point_to_board(const struct manifest *manifest, struct diag_list *diags, size_t first)
{
    for (size_t i = first; i < diags->count; i++) {
        if (diags->items[i].pos.file == NULL)
            diags->items[i].pos.file = manifest->name.pos.file;
    }
}

static bool solve(const struct plan_lock *lock, struct arena *arena, struct plan *plan,
                  struct diag_list *diags)
{
    switch (lock == NULL ? PLAN_FREE : lock->locking) {
    case PLAN_FREE:
        break;
    case PLAN_LOCKED:
        plan->is_locked = true;
        return layout_solve_locked(&plan->request, lock->blocks, lock->block_count, &lock->policy,
                                   arena, &plan->layout, &plan->moves, diags);
    case PLAN_WITH_HEADROOM:
        return layout_solve_with_headroom(&plan->request, lock->policy.headroom_per_mille, arena,
                                          &plan->layout, diags);
    }
    return layout_solve(&plan->request, arena, &plan->layout, diags);
}

bool plan_layout(const struct plan_slot *slot, const struct plan_sizes *sizes,
                 const struct plan_lock *lock, struct arena *arena, struct plan *ret,
                 struct diag_list *diags)
{
    const size_t first = diags->count;
    struct plan plan = {.request = plan_request(slot, sizes, arena)};
    plan.request.effort = lock == NULL ? 0 : lock->effort;
    const bool within_limits = check_limits(slot, sizes, &plan.request, diags);
    const bool ok = solve(lock, arena, &plan, diags) &&
                    layout_verify(&plan.request, &plan.layout, diags) &&
                    check_chosen_limits(slot, sizes, &plan.layout, diags);
    point_to_board(slot->manifest, diags, first);
    mcuboot_room_note(slot->manifest, slot->memories, diags, first);
    if (!ok || !within_limits)
        return false;
    *ret = plan;
    return true;
}

bool plan_overflowing(const struct plan_slot *slot, const struct plan_sizes *sizes,
                      struct arena *arena, struct plan *ret)
{
    struct layout ignored;
    struct plan plan = {.request = plan_request(slot, sizes, arena), .is_overflowing = true};
    if (layout_try(&plan.request, arena, &ignored) ||
        !layout_overflowing(&plan.request, arena, &plan.layout))
        return false;
    *ret = plan;
    return true;
}
