#include "layout/solve/relax.h"

#include "layout/mpu/mpu_facts.h"
#include "layout/search/fit.h"
#include "layout/search/problem_create.h"

#include <stdlib.h>

enum { CHANGES_MOST = 48, SHRINK_STEP_BYTES = 32, SHRINK_PRECISION = 16 };

struct pricing {
    const struct layout_request *request;
    const uint64_t *overflow_bytes;
    struct arena *arena;
    uint64_t used_bytes; /* as the request is */
    size_t solves_left;
    struct relax_price *items;
    size_t count;
};

/* ---- changed requests ---- */

static struct layout_task *copy_tasks(struct layout_request *request, struct arena *arena)
{
    struct layout_task *tasks =
        arena_grow(arena, request->tasks, request->task_count, request->task_count, sizeof *tasks);
    request->tasks = tasks;
    return tasks;
}

static struct layout_need *copy_needs(struct layout_task *task, struct arena *arena)
{
    struct layout_need *needs =
        arena_grow(arena, task->needs, task->need_count, task->need_count, sizeof *needs);
    task->needs = needs;
    return needs;
}

static void allow_cuts(struct layout_task *task, struct arena *arena)
{
    struct layout_need *needs = copy_needs(task, arena);
    for (size_t i = 0; i < task->need_count; i++) {
        needs[i].one_region = false;
        needs[i].uncut_count = 0;
    }
}

static void allow_memory(struct layout_need *need, size_t memory, struct arena *arena)
{
    size_t *memories = arena_grow(arena, need->memories, need->memory_count, need->memory_count + 1,
                                  sizeof *memories);
    memories[need->memory_count++] = memory;
    need->memories = memories;
}

static struct layout_request changed(const struct layout_request *request,
                                     const struct relax_change *change, struct arena *arena)
{
    struct layout_request other = *request;
    struct layout_task *task = &copy_tasks(&other, arena)[change->task];
    switch (change->kind) {
    case RELAX_SUBREGIONS:
        other.mpu.subregions = true;
        break;
    case RELAX_SPLIT:
        allow_cuts(task, arena);
        break;
    case RELAX_RESERVED:
        other.mpu.reserved = 0;
        break;
    case RELAX_PLACE:
        copy_needs(task, arena)[change->need].is_pinned = false;
        break;
    case RELAX_SLOT:
        task->slots_adjust++;
        break;
    case RELAX_MEMORY:
        allow_memory(&copy_needs(task, arena)[change->need], change->other_memory, arena);
        break;
    case RELAX_SHRINK:
        copy_needs(task, arena)[change->need].bytes -= change->bytes;
        break;
    }
    return other;
}

static struct layout_request without_constraints(const struct layout_request *request,
                                                 struct arena *arena)
{
    struct layout_request other = *request;
    struct layout_task *tasks = copy_tasks(&other, arena);
    other.mpu.subregions |= mpu_facts_of(other.mpu.model)->has_subregions;
    other.mpu.reserved = 0;
    for (size_t i = 0; i < other.task_count; i++) {
        allow_cuts(&tasks[i], arena);
        struct layout_need *needs = copy_needs(&tasks[i], arena);
        for (size_t k = 0; k < tasks[i].need_count; k++)
            needs[k].is_pinned = false;
    }
    return other;
}

/* ---- solving ---- */

struct outcome {
    bool is_solved; /* false: no layout at all, for another reason than room */
    bool fits;
    uint64_t used_bytes;
};

static struct outcome solve(struct pricing *pricing, const struct layout_request *request)
{
    struct problem problem;
    struct diag_list ignored = diag_list_in(pricing->arena);
    if (pricing->solves_left == 0)
        return (struct outcome){0};
    pricing->solves_left--;
    if (!problem_create(request, pricing->arena, &problem, &ignored))
        return (struct outcome){0};
    problem.effort = 0;
    const struct fit fit = fit_blocks(&problem, pricing->arena);
    struct outcome outcome = {.is_solved = true, .fits = fit.is_fit};
    for (size_t i = 0; i < request->memory_count; i++)
        outcome.used_bytes +=
            (answer_memory_end(&problem, &fit.packing, i) - problem.memories[i].start)
            << problem.cover.unit_log2;
    return outcome;
}

static void price(struct pricing *pricing, const struct relax_change *change)
{
    if (pricing->count == CHANGES_MOST)
        return;
    const struct layout_request other = changed(pricing->request, change, pricing->arena);
    const struct outcome outcome = solve(pricing, &other);
    const uint64_t saved = outcome.is_solved && outcome.used_bytes < pricing->used_bytes
                               ? pricing->used_bytes - outcome.used_bytes
                               : 0;
    if (outcome.fits || saved > 0)
        pricing->items[pricing->count++] = (struct relax_price){*change, outcome.fits, saved};
}

/* ---- constraints ---- */

static bool is_whole(const struct layout_task *task)
{
    for (size_t i = 0; i < task->need_count; i++)
        if (task->needs[i].one_region)
            return true;
    return false;
}

static void price_constraints(struct pricing *pricing)
{
    const struct layout_request *request = pricing->request;
    if (mpu_facts_of(request->mpu.model)->has_subregions && !request->mpu.subregions)
        price(pricing, &(struct relax_change){.kind = RELAX_SUBREGIONS});
    if (request->mpu.reserved > 0)
        price(pricing, &(struct relax_change){.kind = RELAX_RESERVED});
    for (size_t i = 0; i < request->task_count; i++) {
        const struct layout_task *task = &request->tasks[i];
        if (is_whole(task))
            price(pricing, &(struct relax_change){.kind = RELAX_SPLIT, .task = i});
        for (size_t k = 0; k < task->need_count; k++)
            if (task->needs[k].is_pinned)
                price(pricing, &(struct relax_change){.kind = RELAX_PLACE, .task = i, .need = k});
    }
}

/* ---- the largest blocks ---- */

struct candidate {
    size_t task, need;
    uint64_t bytes;
};

static bool is_in(const struct layout_need *need, size_t memory)
{
    for (size_t i = 0; i < need->memory_count; i++)
        if (need->memories[i] == memory)
            return true;
    return false;
}

/* The largest needs that lie, or may lie, in a memory; returns how many. */
static size_t find_largest(const struct layout_request *request, size_t memory,
                           struct candidate *largest)
{
    size_t count = 0;
    for (size_t t = 0; t < request->task_count; t++) {
        for (size_t n = 0; n < request->tasks[t].need_count; n++) {
            const struct layout_need *need = &request->tasks[t].needs[n];
            if (!is_in(need, memory))
                continue;
            size_t at = count < RELAX_LARGEST ? count++ : RELAX_LARGEST;
            for (; at > 0 && largest[at - 1].bytes < need->bytes; at--)
                if (at < RELAX_LARGEST)
                    largest[at] = largest[at - 1];
            if (at < RELAX_LARGEST)
                largest[at] = (struct candidate){t, n, need->bytes};
        }
    }
    return count;
}

/* A task has at most one block in a memory. */
static bool has_need_in(const struct layout_task *task, size_t memory)
{
    for (size_t i = 0; i < task->need_count; i++)
        if (is_in(&task->needs[i], memory))
            return true;
    return false;
}

static void price_other_memories(struct pricing *pricing, const struct candidate *candidate,
                                 size_t memory)
{
    const struct layout_request *request = pricing->request;
    const struct layout_need *need = &request->tasks[candidate->task].needs[candidate->need];
    for (size_t i = 0; i < request->memory_count && !need->is_pinned; i++) {
        if (request->memories[i].attributes != request->memories[memory].attributes ||
            has_need_in(&request->tasks[candidate->task], i))
            continue;
        price(pricing, &(struct relax_change){.kind = RELAX_MEMORY,
                                              .task = candidate->task,
                                              .need = candidate->need,
                                              .other_memory = i});
    }
}

static bool fits_shrunk(struct pricing *pricing, struct relax_change *change, uint64_t steps)
{
    change->bytes = steps * SHRINK_STEP_BYTES;
    const struct layout_request other = changed(pricing->request, change, pricing->arena);
    return solve(pricing, &other).fits;
}

/* Finds how much smaller a need must be for all to fit, to one part in SHRINK_PRECISION: from the
 * overflow on by doubling, then by halving. What is found fits. */
static void price_shrink(struct pricing *pricing, const struct candidate *candidate,
                         uint64_t overflow_bytes)
{
    struct relax_change change = {
        .kind = RELAX_SHRINK, .task = candidate->task, .need = candidate->need};
    const uint64_t most = (candidate->bytes - 1) / SHRINK_STEP_BYTES;
    uint64_t low = 0; /* does not fit */
    uint64_t high = (overflow_bytes - 1) / SHRINK_STEP_BYTES + 1;
    if (most == 0 || pricing->count == CHANGES_MOST)
        return;
    if (high > most)
        high = most;
    while (!fits_shrunk(pricing, &change, high)) {
        if (high == most || pricing->solves_left == 0)
            return;
        low = high;
        high = high > most / 2 ? most : 2 * high;
    }
    while (high - low > 1 + high / SHRINK_PRECISION && pricing->solves_left > 0) {
        const uint64_t middle = low + (high - low) / 2;
        if (fits_shrunk(pricing, &change, middle))
            high = middle;
        else
            low = middle;
    }
    change.bytes = high * SHRINK_STEP_BYTES;
    pricing->items[pricing->count++] = (struct relax_price){change, true, change.bytes};
}

static void price_largest(struct pricing *pricing)
{
    for (size_t memory = 0; memory < pricing->request->memory_count; memory++) {
        if (pricing->overflow_bytes[memory] == 0)
            continue;
        struct candidate largest[RELAX_LARGEST + 1];
        const size_t count = find_largest(pricing->request, memory, largest);
        for (size_t i = 0; i < count; i++) {
            if (pricing->request->tasks[largest[i].task].grant_count > 0)
                price(pricing, &(struct relax_change){.kind = RELAX_SLOT, .task = largest[i].task});
            price_other_memories(pricing, &largest[i], memory);
        }
        for (size_t i = 0; i < count; i++)
            price_shrink(pricing, &largest[i], pricing->overflow_bytes[memory]);
    }
}

/* ---- the answer ---- */

static int compare_prices(const void *left, const void *right)
{
    const struct relax_price *a = left;
    const struct relax_price *b = right;
    if (a->fits != b->fits)
        return a->fits ? -1 : 1;
    if (a->fits && a->change.kind != b->change.kind)
        return (a->change.kind > b->change.kind) - (a->change.kind < b->change.kind);
    const bool is_shrink = a->change.kind == RELAX_SHRINK && b->change.kind == RELAX_SHRINK;
    if (a->saved_bytes != b->saved_bytes) /* of shrinking, the least */
        return (a->saved_bytes < b->saved_bytes) == is_shrink ? -1 : 1;
    if (a->change.kind != b->change.kind)
        return (a->change.kind > b->change.kind) - (a->change.kind < b->change.kind);
    return (a->change.task > b->change.task) - (a->change.task < b->change.task);
}

/* The more blocks there are, the longer each layout takes. */
static size_t solves_for(const struct layout_request *request)
{
    size_t block_count = 1;
    for (size_t i = 0; i < request->task_count; i++)
        block_count += request->tasks[i].need_count;
    const size_t solves = RELAX_BLOCKS_MOST / block_count;
    return solves < RELAX_SOLVES_MOST ? solves : RELAX_SOLVES_MOST;
}

struct relax_prices relax_price(const struct layout_request *request,
                                const uint64_t *overflow_bytes, struct arena *arena)
{
    struct pricing pricing = {
        .request = request,
        .overflow_bytes = overflow_bytes,
        .arena = arena,
        .solves_left = solves_for(request),
        .items = ARENA_ARRAY(arena, struct relax_price, CHANGES_MOST),
    };
    pricing.used_bytes = solve(&pricing, request).used_bytes;
    const struct layout_request free_request = without_constraints(request, arena);
    const bool all_fit = solve(&pricing, &free_request).fits;
    price_constraints(&pricing);
    price_largest(&pricing);
    if (pricing.count > 1)
        qsort(pricing.items, pricing.count, sizeof *pricing.items, compare_prices);
    return (struct relax_prices){pricing.items, pricing.count, all_fit};
}
