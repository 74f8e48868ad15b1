#include "layout/mpu/mpu_join.h"

#include <stdlib.h>

enum { GROUP_MOST = 10, IMPOSSIBLE = 1000 };

/* What has been found so far. */
struct joining {
    const struct mpu *mpu;
    struct arena *arena;
    struct mpu_joined *regions;
    size_t *missed;
    struct mpu_join found;
};

/* A wish and its index. */
struct placed {
    struct mpu_wish wish;
    size_t index;
};

/* Some wishes that are alike, ascending, and the best way to cover each of their 2^count
 * subsets. */
struct group {
    const struct joining *joining;
    const struct placed *wishes;
    size_t count;
    uint32_t *own_cost; /* slots of one region for exactly this subset */
    uint32_t *cost;     /* slots of the best partition */
    uint32_t *first;    /* the part of that partition with the lowest wish */
};

static int compare_placed(const void *left, const void *right)
{
    const struct layout_range *a = &((const struct placed *)left)->wish.range;
    const struct layout_range *b = &((const struct placed *)right)->wish.range;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return (a->end > b->end) - (a->end < b->end);
}

static int compare_joined(const void *left, const void *right)
{
    const struct mpu_joined *a = left;
    const struct mpu_joined *b = right;
    return (a->region.start > b->region.start) - (a->region.start < b->region.start);
}

/* The maximal runs of bytes that a subset grants. */
static size_t subset_runs(const struct group *group, uint32_t subset, struct layout_range *runs)
{
    size_t count = 0;
    for (size_t i = 0; i < group->count; i++) {
        if ((subset >> i & 1) == 0)
            continue;
        const struct layout_range range = group->wishes[i].wish.range;
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
    return mpu_region_for(group->joining->mpu, runs, count, &region) ? region.slots : IMPOSSIBLE;
}

/* The best partition of a subset: some part holds its lowest wish; the rest is a smaller subset.
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

static void partition_all(struct group *group)
{
    struct arena *arena = group->joining->arena;
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

static void add_region(struct joining *joining, const struct group *group, uint32_t subset)
{
    struct mpu_joined *joined = &joining->regions[joining->found.count];
    struct layout_range *runs = ARENA_ARRAY(joining->arena, struct layout_range, group->count);
    size_t *indices = ARENA_ARRAY(joining->arena, size_t, group->count);
    *joined = (struct mpu_joined){.granted = runs, .wishes = indices};
    joined->granted_count = subset_runs(group, subset, runs);
    for (size_t i = 0; i < group->count; i++) {
        if ((subset >> i & 1) != 0)
            indices[joined->wish_count++] = group->wishes[i].index;
    }
    if (mpu_region_for(joining->mpu, runs, joined->granted_count, &joined->region)) {
        joining->found.slots += joined->region.slots;
        joining->found.count++;
    }
}

/* A group is impossible only when some wish of it is by itself: at worst each has its region. */
static void add_missed(struct joining *joining, const struct group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        if (group->own_cost[UINT32_C(1) << i] == IMPOSSIBLE)
            joining->missed[joining->found.missed_count++] = group->wishes[i].index;
    }
}

static void join_group(struct joining *joining, const struct placed *wishes, size_t count)
{
    struct group group = {.joining = joining, .wishes = wishes, .count = count};
    partition_all(&group);
    uint32_t rest = (UINT32_C(1) << count) - 1;
    if (group.cost[rest] >= IMPOSSIBLE) {
        add_missed(joining, &group);
        return;
    }
    while (rest != 0) {
        add_region(joining, &group, group.first[rest]);
        rest &= ~group.first[rest];
    }
}

/* A TOR entry right behind another takes its lower bound from it, and so one slot less. */
static void chain_regions(struct joining *joining)
{
    for (size_t i = 1; i < joining->found.count; i++) {
        const struct mpu_region *before = &joining->regions[i - 1].region;
        struct mpu_region *region = &joining->regions[i].region;
        if (region->slots != 2 || before->mpu_size != 0 || before->end != region->start)
            continue;
        region->slots = 1;
        joining->found.slots--;
    }
}

/* One slot has one set of attributes and one way to be cached. */
static bool are_alike(const struct mpu_wish *a, const struct mpu_wish *b)
{
    return a->attributes == b->attributes && a->cache == b->cache;
}

/* Moves the wishes that are like the first one to the front, both parts still ascending. */
static size_t gather_alike(struct placed *wishes, size_t count, struct arena *arena)
{
    const struct mpu_wish first = wishes[0].wish;
    struct placed *others = ARENA_ARRAY(arena, struct placed, count);
    size_t alike_count = 0;
    size_t other_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (are_alike(&wishes[i].wish, &first))
            wishes[alike_count++] = wishes[i];
        else
            others[other_count++] = wishes[i];
    }
    for (size_t i = 0; i < other_count; i++)
        wishes[alike_count + i] = others[i];
    return alike_count;
}

static void join_all(struct joining *joining, struct placed *wishes, size_t count)
{
    for (size_t at = 0; at < count;) {
        size_t alike_count = gather_alike(wishes + at, count - at, joining->arena);
        if (alike_count > GROUP_MOST)
            alike_count = GROUP_MOST;
        join_group(joining, wishes + at, alike_count);
        at += alike_count;
    }
}

bool mpu_join(const struct mpu *mpu, const struct mpu_wish *wishes, size_t count,
              struct arena *arena, struct mpu_join *ret)
{
    *ret = (struct mpu_join){0};
    if (count == 0)
        return true;
    struct placed *placed = ARENA_ARRAY(arena, struct placed, count);
    for (size_t i = 0; i < count; i++)
        placed[i] = (struct placed){wishes[i], i};
    qsort(placed, count, sizeof *placed, compare_placed);
    struct joining joining = {.mpu = mpu,
                              .arena = arena,
                              .regions = ARENA_ARRAY(arena, struct mpu_joined, count),
                              .missed = ARENA_ARRAY(arena, size_t, count)};
    join_all(&joining, placed, count);
    qsort(joining.regions, joining.found.count, sizeof *joining.regions, compare_joined);
    chain_regions(&joining);
    *ret = joining.found;
    ret->regions = joining.regions;
    ret->missed = joining.missed;
    if (ret->missed_count > 0)
        ret->count = 0;
    return ret->missed_count == 0;
}
