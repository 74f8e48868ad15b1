#include "layout/search/join.h"

#include "layout/mpu/mpu_facts.h"
#include "layout/mpu/mpu_join.h"

#include <inttypes.h>
#include <stdlib.h>

static int compare_grants(const void *left, const void *right)
{
    const struct layout_grant *a = *(const struct layout_grant *const *)left;
    const struct layout_grant *b = *(const struct layout_grant *const *)right;
    if (a->range.start != b->range.start)
        return a->range.start < b->range.start ? -1 : 1;
    return (a->range.end > b->range.end) - (a->range.end < b->range.end);
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

static bool report_missed(const struct mpu *mpu, const struct layout_task *task,
                          const struct layout_grant *grant, struct diag_list *diags)
{
    diag_add(diags, DIAG_ERROR, "layout-grant-not-coverable", NOWHERE,
             "task %s: no %s region grants exactly %s, 0x%08" PRIx64 " to 0x%08" PRIx64, task->name,
             mpu_model_name(mpu->model), grant->name, grant->range.start, grant->range.end - 1);
    struct mpu finer = *mpu;
    finer.subregions = mpu_facts_of(mpu->model)->has_subregions;
    if (!mpu->subregions && mpu_covers_exactly(&finer, grant->range.start, grant->range.end))
        diag_hint(diags, "a region with subregions would: set mpu.subregions to true");
    return false;
}

static struct layout_fixed fixed_of(const struct mpu_joined *joined,
                                    const struct layout_grant *const *grants, struct arena *arena)
{
    const struct layout_grant *first = grants[joined->wishes[0]];
    const char **names = ARENA_ARRAY(arena, const char *, joined->wish_count);
    for (size_t i = 0; i < joined->wish_count; i++)
        names[i] = grants[joined->wishes[i]]->name;
    return (struct layout_fixed){.kind = first->kind,
                                 .names = names,
                                 .name_count = joined->wish_count,
                                 .granted = joined->granted,
                                 .granted_count = joined->granted_count,
                                 .region = joined->region,
                                 .attributes = first->attributes,
                                 .cache = first->cache};
}

static bool join_ordered(const struct mpu *mpu, const struct layout_task *task,
                         const struct layout_grant *const *grants, struct arena *arena,
                         struct joined *ret, struct diag_list *diags)
{
    const size_t count = task->grant_count;
    struct mpu_wish *wishes = ARENA_ARRAY(arena, struct mpu_wish, count);
    struct mpu_join join;
    for (size_t i = 0; i < count; i++)
        wishes[i] = (struct mpu_wish){grants[i]->range, grants[i]->attributes, grants[i]->cache};
    bool good = mpu_join(mpu, wishes, count, arena, &join);
    for (size_t i = 0; i < join.missed_count; i++)
        good = report_missed(mpu, task, grants[join.missed[i]], diags);
    if (!good)
        return false;
    struct layout_fixed *fixed = ARENA_ARRAY(arena, struct layout_fixed, join.count);
    for (size_t i = 0; i < join.count; i++)
        fixed[i] = fixed_of(&join.regions[i], grants, arena);
    *ret = (struct joined){fixed, join.count, join.slots};
    return true;
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
    struct joined joined;
    const bool are_disjoint = check_disjoint(task->name, grants, count, diags);
    if (!join_ordered(mpu, task, grants, arena, &joined, diags) || !are_disjoint)
        return false;
    *ret = joined;
    return true;
}
