#include "layout/search/join.h"

#include <inttypes.h>
#include <stdlib.h>

enum { GROUP_MOST = 10, IMPOSSIBLE = 1000 };

/* Some grants that are alike, ascending, and the best way to cover each of their 2^count
 * subsets. */
struct group {
    const struct mpu *mpu;
    const struct layout_grant *const *grants;
    size_t count;
    uint32_t *own_cost; /* slots of one region for exactly this subset */
    uint32_t *cost;     /* slots of the best partition */
    uint32_t *first;    /* the part of that partition with the lowest grant */
};

static int compare_grants(const void *left, const void *right)
{
    const struct layout_grant *a = *(const struct layout_grant *const *)left;
    const struct layout_grant *b = *(const struct layout_grant *const *)right;
    if (a->range.start != b->range.start)
        return a->range.start < b->range.start ? -1 : 1;
    return (a->range.end > b->range.end) - (a->range.end < b->range.end);
}

static int compare_fixed(const void *left, const void *right)
{
    const struct layout_fixed *a = left;
    const struct layout_fixed *b = right;
    return (a->region.start > b->region.start) - (a->region.start < b->region.start);
}

/* The maximal runs of bytes that a subset grants. */
static size_t subset_runs(const struct group *group, uint32_t subset, struct layout_range *runs)
{
    size_t count = 0;
    for (size_t i = 0; i < group->count; i++) {
        if ((subset >> i & 1) == 0)
            continue;
        const struct layout_range range = group->grants[i]->range;
        if (count > 0 && runs[count - 1].end == range.start)
            runs[count - 1].end = range.end;
        else
            runs[count++] = range;
    }
    return count;
}

static uint32_t subset_slots(const struct group *group, uint32_t subset)
{
    struct layout_range runs[GROUP_MOST];
    const size_t count = subset_runs(group, subset, runs);
    struct mpu_region region;
    return mpu_region_for(group->mpu, runs, count, &region) ? region.slots : IMPOSSIBLE;
}

/* The best partition of a subset: some part holds its lowest grant; the rest is a smaller subset.
 */
static void partition(struct group *group, uint32_t subset)
{
    const uint32_t lowest = subset & (~subset + 1);
    const uint32_t others = subset & ~lowest;
    group->cost[subset] = IMPOSSIBLE;
    group->first[subset] = lowest;
    uint32_t with = 0; /* each subset of `others`, from none up: separate regions win a tie */
    do {
        const uint32_t cost = group->own_cost[lowest | with] + group->cost[others & ~with];
        if (cost < group->cost[subset]) {
            group->cost[subset] = cost;
            group->first[subset] = lowest | with;
        }
        with = (with - others) & others;
    } while (with != 0);
}

static void partition_all(struct group *group, struct arena *arena)
{
    const uint32_t end = UINT32_C(1) << group->count;
    group->own_cost = ARENA_ARRAY(arena, uint32_t, end);
    group->cost = ARENA_ARRAY(arena, uint32_t, end);
    group->first = ARENA_ARRAY(arena, uint32_t, end);
    group->cost[0] = 0;
    for (uint32_t subset = 1; subset < end; subset++) {
        group->own_cost[subset] = subset_slots(group, subset);
        partition(group, subset);
    }
}

static void add_fixed(const struct group *group, uint32_t subset, struct arena *arena,
                      struct joined *joined)
{
    struct layout_fixed *fixed = &joined->fixed[joined->count++];
    struct layout_range *runs = ARENA_ARRAY(arena, struct layout_range, group->count);
    const char **names = ARENA_ARRAY(arena, const char *, group->count);
    fixed->granted = runs;
    fixed->granted_count = subset_runs(group, subset, runs);
    fixed->names = names;
    for (size_t i = 0; i < group->count; i++) {
        if ((subset >> i & 1) == 0)
            continue;
        if (fixed->name_count == 0) {
            fixed->kind = group->grants[i]->kind;
            fixed->attributes = group->grants[i]->attributes;
            fixed->cache = group->grants[i]->cache;
        }
        names[fixed->name_count++] = group->grants[i]->name;
    }
    if (mpu_region_for(group->mpu, runs, fixed->granted_count, &fixed->region))
        joined->slots += fixed->region.slots;
}

static bool report_not_coverable(const struct group *group, const char *task,
                                 struct diag_list *diags)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct layout_grant *grant = group->grants[i];
        if (group->own_cost[UINT32_C(1) << i] != IMPOSSIBLE)
            continue;
        diag_add(diags, DIAG_ERROR, "layout-grant-not-coverable", NOWHERE,
                 "task %s: no %s region grants exactly %s, 0x%08" PRIx64 " to 0x%08" PRIx64, task,
                 mpu_model_name(group->mpu->model), grant->name, grant->range.start,
                 grant->range.end - 1);
        if (!group->mpu->subregions &&
            mpu_covers_exactly(&(struct mpu){.model = group->mpu->model, .subregions = true},
                               grant->range.start, grant->range.end))
            diag_hint(diags, "one with subregions would: set mpu.subregions to true");
    }
    return false;
}

static bool join_group(const struct mpu *mpu, const char *task,
                       const struct layout_grant *const *grants, size_t count, struct arena *arena,
                       struct joined *joined, struct diag_list *diags)
{
    struct group group = {.mpu = mpu, .grants = grants, .count = count};
    partition_all(&group, arena);
    uint32_t rest = (UINT32_C(1) << count) - 1;
    if (group.cost[rest] >= IMPOSSIBLE)
        return report_not_coverable(&group, task, diags);
    while (rest != 0) {
        add_fixed(&group, group.first[rest], arena, joined);
        rest &= ~group.first[rest];
    }
    return true;
}

/* A PMP TOR region behind another takes its lower bound from it, and so one slot less. */
static void chain_fixed(struct joined *joined)
{
    for (size_t i = 1; i < joined->count; i++) {
        const struct mpu_region *before = &joined->fixed[i - 1].region;
        struct mpu_region *region = &joined->fixed[i].region;
        if (region->slots != 2 || before->mpu_size != 0 || before->end != region->start)
            continue;
        region->slots = 1;
        joined->slots--;
    }
}

static bool check_disjoint(const char *task, const struct layout_grant *const *grants, size_t count,
                           struct diag_list *diags)
{
    bool disjoint = true;
    for (size_t i = 1; i < count; i++)
        if (grants[i - 1]->range.end > grants[i]->range.start)
            disjoint =
                diag_error(diags, "layout-grant-overlap", NOWHERE, "task %s: %s and %s overlap",
                           task, grants[i - 1]->name, grants[i]->name);
    return disjoint;
}

/* One slot has one set of attributes and one way to be cached. */
static bool are_alike(const struct layout_grant *a, const struct layout_grant *b)
{
    return a->attributes == b->attributes && a->cache == b->cache;
}

/* Moves the grants that are like the first one to the front, both parts still ascending. */
static size_t gather_alike(const struct layout_grant **grants, size_t count, struct arena *arena)
{
    const struct layout_grant *first = grants[0];
    const struct layout_grant **others = ARENA_ARRAY(arena, const struct layout_grant *, count);
    size_t alike_count = 0;
    size_t other_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (are_alike(grants[i], first))
            grants[alike_count++] = grants[i];
        else
            others[other_count++] = grants[i];
    }
    for (size_t i = 0; i < other_count; i++)
        grants[alike_count + i] = others[i];
    return alike_count;
}

bool join_grants(const struct mpu *mpu, const struct layout_task *task, struct arena *arena,
                 struct joined *ret, struct diag_list *diags)
{
    const size_t count = task->grant_count;
    if (count == 0) {
        *ret = (struct joined){0};
        return true;
    }
    const struct layout_grant **grants = ARENA_ARRAY(arena, const struct layout_grant *, count);
    for (size_t i = 0; i < count; i++)
        grants[i] = &task->grants[i];
    qsort(grants, count, sizeof(const struct layout_grant *), compare_grants);
    bool good = check_disjoint(task->name, grants, count, diags);
    struct joined joined = {.fixed = ARENA_ARRAY(arena, struct layout_fixed, count)};
    for (size_t at = 0; at < count;) {
        size_t alike_count = gather_alike(grants + at, count - at, arena);
        if (alike_count > GROUP_MOST)
            alike_count = GROUP_MOST;
        good &= join_group(mpu, task->name, grants + at, alike_count, arena, &joined, diags);
        at += alike_count;
    }
    if (!good)
        return false;
    qsort(joined.fixed, joined.count, sizeof *joined.fixed, compare_fixed);
    chain_fixed(&joined);
    *ret = joined;
    return true;
}
