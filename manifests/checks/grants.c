#include "manifests/checks/grants.h"

#include "manifests/keys/mpu_keys.h"

#include <stdlib.h>

enum {
    EIGHTHS_LOG2 = 3,
    LONGEST_RUN = 16,       /* longer runs of adjacent grants are taken to suit any region */
    COARSEST_STEP_LOG2 = 32 /* a window of eight such steps holds all addresses */
};

/* ---- collecting ---- */

static unsigned memory_attributes(const struct manifest_memory *memory)
{
    return 1U | (memory->writable ? 2U : 0U) | (memory->executable ? 4U : 0U) |
           (memory->dma ? 8U : 0U) | (unsigned)memory->cache << 4;
}

static void add(struct grant_list *grants, struct grant grant, struct manifest_number base,
                struct manifest_number size)
{
    if (!base.is_given || !size.is_given)
        return;
    grant.start = base.value;
    grant.end = base.value + size.value;
    grants->items[grants->count++] = grant;
}

struct grant_list grants_of(const struct manifest *manifest, const struct manifest_task *task,
                            const struct manifest_memory *memories, struct arena *arena)
{
    struct grant_list grants = {
        ARENA_ARRAY(arena, struct grant, task->uses.count + task->maps.count), 0};
    for (size_t i = 0; i < task->uses.count; i++) {
        const struct manifest_peripheral *used = &manifest->peripherals[task->uses.items[i].index];
        add(&grants,
            (struct grant){
                .kind = "peripheral", .name = used->name.text, .pos = task->uses.items[i].pos},
            used->base, used->size);
    }
    for (size_t i = 0; i < task->maps.count; i++) {
        const struct manifest_memory *mapped = &memories[task->maps.items[i].index];
        add(&grants,
            (struct grant){.kind = "map",
                           .name = mapped->name.text,
                           .attributes = memory_attributes(mapped),
                           .pos = task->maps.items[i].pos},
            mapped->base, mapped->size);
    }
    return grants;
}

/* ---- least slots ---- */

static int compare_grants(const void *left, const void *right)
{
    const struct grant *a = left;
    const struct grant *b = right;
    const int order = (a->attributes > b->attributes) - (a->attributes < b->attributes);
    return order != 0 ? order : (a->start > b->start) - (a->start < b->start);
}

static bool touches_next(const struct grant_list *grants, size_t index)
{
    const struct grant *grant = &grants->items[index];
    return index + 1 < grants->count && grant[0].attributes == grant[1].attributes &&
           grant[0].end == grant[1].start;
}

/* The end of the run of touching grants that begins at an index. */
static size_t run_end(const struct grant_list *grants, size_t first)
{
    while (touches_next(grants, first))
        first++;
    return first + 1;
}

static unsigned step_log2(uint64_t start, uint64_t end)
{
    unsigned log2 = 0;
    while (log2 < COARSEST_STEP_LOG2 && ((start | end) >> log2 & 1) == 0)
        log2++;
    return log2;
}

/* Regions without eighths: grants share one only when they touch and make a legal region together.
 * Exact, by the least number for each prefix of a run. */
static size_t least_of_plain_run(const struct manifest_mpu *mpu, const struct grant *run,
                                 size_t count, struct arena *arena)
{
    size_t *least = ARENA_ARRAY(arena, size_t, count + 1);
    for (size_t end = 1; end <= count; end++) {
        least[end] = least[end - 1] + 1;
        for (size_t first = 0; first < end; first++) {
            if (least[first] + 1 < least[end] &&
                mpu_covers(mpu, run[first].start, run[end - 1].end - run[first].start))
                least[end] = least[first] + 1;
        }
    }
    return least[count];
}

static size_t least_of_plain(const struct manifest_mpu *mpu, const struct grant_list *grants,
                             struct arena *arena)
{
    size_t total = 0;
    for (size_t first = 0; first < grants->count;) {
        const size_t end = run_end(grants, first);
        total += least_of_plain_run(mpu, &grants->items[first], end - first, arena);
        first = end;
    }
    return total;
}

/* A region of eight steps of 2^log2 bytes can take part in granting [start, end) when log2 is in
 * this range: it must hold the grant, and its steps must divide the ends of what it grants. */
struct step_range {
    unsigned least, most;
    bool is_done;
};

/* Touching grants may be granted together, and then only the ends of their union must be divided.
 */
static unsigned coarsest_step(const struct grant *run, size_t count, size_t index)
{
    unsigned coarsest = 0;
    if (count > LONGEST_RUN)
        return COARSEST_STEP_LOG2;
    for (size_t first = 0; first <= index; first++) {
        for (size_t last = index; last < count; last++) {
            const unsigned step = step_log2(run[first].start, run[last].end);
            coarsest = step > coarsest ? step : coarsest;
        }
    }
    return coarsest;
}

static unsigned finest_step(const struct grant *grant)
{
    unsigned log2 = 0;
    while (grant->start >> (log2 + EIGHTHS_LOG2) != (grant->end - 1) >> (log2 + EIGHTHS_LOG2))
        log2++;
    return log2;
}

static struct step_range *step_ranges(const struct grant_list *grants, struct arena *arena)
{
    struct step_range *ranges = ARENA_ARRAY(arena, struct step_range, grants->count);
    for (size_t first = 0; first < grants->count;) {
        const size_t end = run_end(grants, first);
        for (size_t i = first; i < end; i++) {
            ranges[i].least = finest_step(&grants->items[i]);
            ranges[i].most = coarsest_step(&grants->items[first], end - first, i - first);
        }
        first = end;
    }
    return ranges;
}

static size_t next_to_do(const struct step_range *ranges, size_t count)
{
    size_t next = count;
    for (size_t i = 0; i < count; i++) {
        if (!ranges[i].is_done && (next == count || ranges[i].most < ranges[next].most))
            next = i;
    }
    return next;
}

/* Aligned windows form a tree, and each grant may be held by the windows on one path towards its
 * root. The fewest windows that meet all paths: always take the path whose upper end is lowest, and
 * the window there. */
static size_t least_with_eighths(const struct grant_list *grants, struct arena *arena)
{
    struct step_range *ranges = step_ranges(grants, arena);
    size_t windows = 0;
    for (;;) {
        const size_t chosen = next_to_do(ranges, grants->count);
        if (chosen == grants->count)
            return windows;
        const struct grant *grant = &grants->items[chosen];
        const unsigned step = ranges[chosen].most;
        for (size_t i = 0; i < grants->count; i++) {
            const bool can_share = grants->items[i].attributes == grant->attributes &&
                                   ranges[i].least <= step && step <= ranges[i].most &&
                                   grants->items[i].start >> (step + EIGHTHS_LOG2) ==
                                       grant->start >> (step + EIGHTHS_LOG2);
            ranges[i].is_done = ranges[i].is_done || can_share;
        }
        ranges[chosen].is_done = true;
        windows++;
    }
}

size_t grants_least_slots(const struct manifest_mpu *mpu, struct grant_list grants,
                          struct arena *arena)
{
    if (grants.count > 1)
        qsort(grants.items, grants.count, sizeof *grants.items, compare_grants);
    if (mpu->subregions)
        return least_with_eighths(&grants, arena);
    return least_of_plain(mpu, &grants, arena);
}
