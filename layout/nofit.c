#include "layout/nofit.h"

#include "base/buffer.h"

#include <inttypes.h>

enum {
    LARGEST_COUNT = 3,
    HELPED_TASKS_MOST = 256 /* more would keep a user waiting for the error */
};

/* ---- what lies in a memory ---- */

static const struct layout_need *need_of(const struct problem *problem,
                                         const struct problem_block *block)
{
    return &problem->request->tasks[problem->tasks[block->task].index].needs[block->need];
}

static const char *task_name(const struct problem *problem, const struct problem_block *block)
{
    return problem->request->tasks[problem->tasks[block->task].index].name;
}

/* The blocks of a memory that need most, largest first; NULL where there are fewer. */
static void find_largest(const struct problem *problem, size_t memory,
                         const struct problem_block **largest)
{
    for (size_t i = 0; i < LARGEST_COUNT; i++)
        largest[i] = NULL;
    for (size_t i = 0; i < problem->block_count; i++) {
        const struct problem_block *block = &problem->blocks[i];
        if (block->memory != memory)
            continue;
        for (size_t j = 0; j < LARGEST_COUNT; j++) {
            if (largest[j] != NULL &&
                need_of(problem, largest[j])->bytes >= need_of(problem, block)->bytes)
                continue;
            const struct problem_block *moved = largest[j];
            largest[j] = block;
            block = moved;
            if (block == NULL)
                break;
        }
    }
}

static const char *list_largest(const struct problem *problem, size_t memory, struct arena *arena)
{
    const struct problem_block *largest[LARGEST_COUNT];
    struct buffer list = buffer_in(arena);
    find_largest(problem, memory, largest);
    for (size_t i = 0; i < LARGEST_COUNT && largest[i] != NULL; i++)
        buffer_format(&list, "%s%s %" PRIu64, i == 0 ? "" : ", ", task_name(problem, largest[i]),
                      need_of(problem, largest[i])->bytes);
    return buffer_text(&list);
}

/* Bytes behind the kernel, and what the tasks need of them. */
static void measure(const struct problem *problem, size_t memory, uint64_t *ret_room,
                    uint64_t *ret_need)
{
    const struct problem_memory *state = &problem->memories[memory];
    const uint32_t unit_log2 = problem->cover.unit_log2;
    *ret_room = 0;
    *ret_need = 0;
    if (state->end << unit_log2 > state->kernel_end)
        *ret_room = (state->end << unit_log2) - state->kernel_end;
    for (size_t i = 0; i < problem->block_count; i++)
        if (problem->blocks[i].memory == memory)
            *ret_need += problem->blocks[i].piece.size << unit_log2;
}

/* ---- what would help ---- */

static bool would_fit(const struct layout_request *request, struct arena *arena)
{
    struct problem problem;
    struct diag_list ignored = diag_list_in(arena);
    return problem_create(request, arena, &problem, &ignored) && fit_blocks(&problem, arena).is_fit;
}

static bool fits_with_subregions(const struct layout_request *request, struct arena *arena)
{
    struct layout_request other = *request;
    other.mpu.subregions = true;
    return (request->mpu.model == MPU_PMSAV6 || request->mpu.model == MPU_PMSAV7) &&
           !request->mpu.subregions && would_fit(&other, arena);
}

static bool fits_when_cut(const struct layout_request *request, struct arena *arena)
{
    struct layout_task *tasks = ARENA_ARRAY(arena, struct layout_task, request->task_count);
    bool any = false;
    for (size_t i = 0; i < request->task_count; i++) {
        tasks[i] = request->tasks[i];
        struct layout_need *needs = ARENA_ARRAY(arena, struct layout_need, tasks[i].need_count);
        for (size_t j = 0; j < tasks[i].need_count; j++) {
            needs[j] = tasks[i].needs[j];
            any |= needs[j].one_region || needs[j].uncut_count > 0;
            needs[j].one_region = false;
            needs[j].uncut_count = 0;
        }
        tasks[i].needs = needs;
    }
    struct layout_request other = *request;
    other.tasks = tasks;
    return any && would_fit(&other, arena);
}

static bool fits_without_reserve(const struct layout_request *request, struct arena *arena)
{
    struct layout_request other = *request;
    other.mpu.reserved = 0;
    return request->mpu.reserved > 0 && would_fit(&other, arena);
}

static const char *what_helps(const struct layout_request *request, struct arena *arena)
{
    if (request->task_count > HELPED_TASKS_MOST)
        return NULL;
    if (fits_with_subregions(request, arena))
        return "it fits with mpu.subregions set to true";
    if (fits_when_cut(request, arena))
        return "it fits when regions.split is true for every task";
    if (fits_without_reserve(request, arena))
        return "it fits when mpu.reserved is 0";
    return NULL;
}

/* ---- the report ---- */

bool nofit_report(const struct problem *problem, const struct fit *fit, struct arena *arena,
                  struct diag_list *diags)
{
    const struct layout_request *request = problem->request;
    const char *helps = what_helps(request, arena);
    for (size_t i = 0; i < request->memory_count; i++) {
        if (fit->overflow_bytes[i] == 0)
            continue;
        uint64_t room;
        uint64_t need;
        measure(problem, i, &room, &need);
        diag_add(diags, DIAG_ERROR, "layout-no-fit", NOWHERE,
                 "%s overflows by %" PRIu64 " bytes: tasks need %" PRIu64 " of the %" PRIu64
                 " behind the kernel; the largest are %s",
                 request->memories[i].name, fit->overflow_bytes[i], need, room,
                 list_largest(problem, i, arena));
        if (helps != NULL)
            diag_hint(diags, "%s", helps);
        else if (need > room)
            diag_hint(diags,
                      "%" PRIu64 " bytes too many even without a gap: make tasks smaller, or "
                      "move some to another memory",
                      need - room);
        else
            diag_hint(diags,
                      "MPU regions leave gaps of %" PRIu64 " bytes: free a slot of a large "
                      "task, or make tasks smaller",
                      room + fit->overflow_bytes[i] - need);
    }
    return false;
}
