#include "layout/solve/nofit.h"

#include "base/buffer.h"
#include "layout/solve/relax.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    LARGEST_COUNT = 3,
    HELPS_MOST = 4,
    COSTS_MOST = 4,
    PRICED_TASKS_MOST = 256 /* more would keep a user waiting for the error */
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

/* Bytes of the memory's holes in a range. */
static uint64_t hole_bytes(const struct layout_memory *memory, uint64_t start, uint64_t end)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < memory->hole_count; i++) {
        const struct layout_range *hole = &memory->holes[i];
        const uint64_t from = hole->start > start ? hole->start : start;
        const uint64_t to = hole->end < end ? hole->end : end;
        bytes += from < to ? to - from : 0;
    }
    return bytes;
}

/* Bytes behind the kernel without holes, and what the tasks need of them. */
static void measure(const struct problem *problem, size_t memory, uint64_t *ret_room,
                    uint64_t *ret_need)
{
    const struct problem_memory *state = &problem->memories[memory];
    const uint32_t unit_log2 = problem->cover.unit_log2;
    const uint64_t end = state->end << unit_log2;
    *ret_room = 0;
    *ret_need = 0;
    if (end > state->kernel_end)
        *ret_room = end - state->kernel_end -
                    hole_bytes(&problem->request->memories[memory], state->kernel_end, end);
    for (size_t i = 0; i < problem->block_count; i++)
        if (problem->blocks[i].memory == memory)
            *ret_need += problem->blocks[i].piece.size << unit_log2;
}

/* ---- what would help ---- */

static void put_change(struct buffer *out, const struct layout_request *request,
                       const struct relax_change *change)
{
    const struct layout_task *task = &request->tasks[change->task];
    const char *memory =
        task->need_count == 0 ? "" : request->memories[task->needs[change->need].memories[0]].name;
    switch (change->kind) {
    case RELAX_SUBREGIONS:
        buffer_append_text(out, "mpu.subregions set to true");
        break;
    case RELAX_SPLIT:
        buffer_format(out, "regions.split of %s set to true", task->name);
        break;
    case RELAX_RESERVED:
        buffer_append_text(out, "mpu.reserved set to 0");
        break;
    case RELAX_PLACE:
        buffer_format(out, "no place for %s in %s", task->name, memory);
        break;
    case RELAX_SLOT:
        buffer_format(out, "one peripheral or map less for %s", task->name);
        break;
    case RELAX_MEMORY:
        buffer_format(out, "%s in %s instead of %s", task->name,
                      request->memories[change->other_memory].name, memory);
        break;
    case RELAX_SHRINK:
        buffer_format(out, "%" PRIu64 " bytes less for %s in %s", change->bytes, task->name,
                      memory);
        break;
    }
}

/* "it fits with A, or B, or C"; NULL when no single change is enough. */
static const char *what_helps(const struct layout_request *request,
                              const struct relax_prices *prices, struct arena *arena)
{
    struct buffer hint = buffer_in(arena);
    for (size_t i = 0; i < prices->count && i < HELPS_MOST && prices->items[i].fits; i++) {
        buffer_append_text(&hint, i == 0 ? "it fits with " : ", or ");
        put_change(&hint, request, &prices->items[i].change);
    }
    if (hint.bytes == 0 && prices->all_fit)
        buffer_append_text(&hint,
                           "no single change is enough, but it fits with subregions, without "
                           "regions.split: false, place and mpu.reserved");
    return hint.bytes == 0 ? NULL : buffer_text(&hint);
}

static bool is_constraint(enum relax_kind kind)
{
    return kind == RELAX_SUBREGIONS || kind == RELAX_SPLIT || kind == RELAX_RESERVED ||
           kind == RELAX_PLACE || kind == RELAX_SLOT;
}

static int compare_saved(const void *left, const void *right)
{
    const struct relax_price *a = left;
    const struct relax_price *b = right;
    return (a->saved_bytes < b->saved_bytes) - (a->saved_bytes > b->saved_bytes);
}

/* A note with the constraints that cost most. */
static void note_costs(const struct layout_request *request, const struct relax_prices *prices,
                       struct arena *arena, struct diag_list *diags)
{
    struct relax_price *costs = ARENA_ARRAY(arena, struct relax_price, prices->count);
    struct buffer text = buffer_in(arena);
    size_t count = 0;
    for (size_t i = 0; i < prices->count; i++)
        if (is_constraint(prices->items[i].change.kind) && prices->items[i].saved_bytes > 0)
            costs[count++] = prices->items[i];
    if (count > 1)
        qsort(costs, count, sizeof *costs, compare_saved);
    for (size_t i = 0; i < count && i < COSTS_MOST; i++) {
        buffer_append_text(&text, i == 0 ? "" : ", ");
        put_change(&text, request, &costs[i].change);
        buffer_format(&text, " saves %" PRIu64, costs[i].saved_bytes);
    }
    if (count > 0)
        diag_add(diags, DIAG_NOTE, "layout-cost", NOWHERE,
                 "what costs most, in bytes over all memories: %s", buffer_text(&text));
}

/* ---- the report ---- */

bool nofit_report(const struct problem *problem, const struct fit *fit, struct arena *arena,
                  struct diag_list *diags)
{
    const struct layout_request *request = problem->request;
    struct relax_prices prices = {0};
    if (request->task_count <= PRICED_TASKS_MOST)
        prices = relax_price(request, fit->overflow_bytes, arena);
    const char *helps = what_helps(request, &prices, arena);
    for (size_t i = 0; i < request->memory_count; i++) {
        if (fit->overflow_bytes[i] == 0)
            continue;
        uint64_t room;
        uint64_t need;
        measure(problem, i, &room, &need);
        diag_add(diags, DIAG_ERROR, "layout-no-fit", NOWHERE,
                 "%s overflows by %" PRIu64 " bytes: tasks need %" PRIu64 " of the %" PRIu64
                 " after the kernel; the largest are %s",
                 request->memories[i].name, fit->overflow_bytes[i], need, room,
                 list_largest(problem, i, arena));
        if (helps != NULL)
            diag_hint(diags, "%s", helps);
        else if (need > room)
            diag_hint(diags,
                      "%" PRIu64 " bytes too many even without gaps: make tasks smaller, or "
                      "move some to another memory",
                      need - room);
        else
            diag_hint(diags,
                      "MPU regions leave gaps of %" PRIu64 " bytes: free a slot of a large "
                      "task, or make tasks smaller",
                      room + fit->overflow_bytes[i] - need);
    }
    note_costs(request, &prices, arena, diags);
    return false;
}
