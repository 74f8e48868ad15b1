#include "base/buffer.h"
#include "manifests/checks/checks.h"
#include "manifests/checks/grants.h"
#include "manifests/model/blocks.h"
#include "manifests/yaml/limits.h"

#include <string.h>

enum { SLOTS_A_GRANT_MOST = 2 }; /* a PMP TOR region */

static size_t info_slots(const struct manifest *manifest, size_t task)
{
    const struct layout_range range = {0, manifest->info.size};
    struct mpu_region region;
    for (size_t i = 0; i < manifest->info.tasks.count; i++) {
        if (manifest->info.tasks.items[i].index == task &&
            mpu_region_for(&manifest->mpu, &range, 1, &region))
            return region.slots;
    }
    return 0;
}

static void list_grants(struct buffer *words, const struct grant_list *grants, const char *kind)
{
    size_t count = 0;
    for (size_t i = 0; i < grants->count; i++) {
        if (strcmp(grants->items[i].kind, kind) == 0)
            buffer_format(words, "%s%s", count++ == 0 ? "" : ", ", grants->items[i].name);
    }
    if (count > 0)
        buffer_format(words, " (%zu %s%s); ", count, kind, count == 1 ? "" : "s");
}

/* Grants that share a region, and on PMP those that take a second entry. */
static void list_joins(struct buffer *words, struct grant_list grants, const struct mpu_join *join)
{
    if (join->count < grants.count)
        buffer_format(words, "%zu of these can be joined with others; ",
                      grants.count - join->count);
    if (join->slots > join->count)
        buffer_format(words, "%zu of these take two slots; ", join->slots - join->count);
}

static const char *list_users(const struct checks *checks, size_t index, struct grant_list grants,
                              const struct mpu_join *join)
{
    const struct manifest_task *task = &checks->manifest->tasks[index];
    struct buffer words = buffer_in(checks->arena);
    buffer_format(&words, "%zu blocks: %s; ", blocks_count(task),
                  blocks_words(checks->manifest, task, checks->arena));
    list_grants(&words, &grants, "peripheral");
    list_grants(&words, &grants, "map");
    if (info_slots(checks->manifest, index) > 0)
        buffer_append_text(&words, "the info block; ");
    list_joins(&words, grants, join);
    buffer_format(&words, "the kernel reserves %u", checks->manifest->mpu.reserved);
    return buffer_text(&words);
}

static void check_task(const struct checks *checks, size_t index,
                       const struct manifest_memory *memories)
{
    const struct mpu *mpu = &checks->manifest->mpu;
    const struct manifest_task *task = &checks->manifest->tasks[index];
    const struct grant_list grants = grants_of(checks->manifest, task, memories, checks->arena);
    const size_t others = blocks_count(task) + info_slots(checks->manifest, index);
    if (others + SLOTS_A_GRANT_MOST * grants.count <= mpu->slots - mpu->reserved)
        return; /* whatever can be joined */
    const struct mpu_join join = grants_join(mpu, grants, checks->arena);
    if (others + join.slots <= mpu->slots - mpu->reserved)
        return;
    diag_error(checks->diags, "manifest-too-many-slots", task->pos,
               "task '%s' needs %zu MPU slots, but only %u are available", task->name.text,
               others + join.slots, mpu->slots - mpu->reserved);
    diag_hint(checks->diags, "%s", list_users(checks, index, grants, &join));
}

void check_slots(const struct checks *checks)
{
    for (size_t i = 0; i < checks->variant_count; i++) {
        for (size_t k = 0; k < checks->manifest->task_count; k++) {
            if (checks->diags->error_count < LIMIT_ERRORS)
                check_task(checks, k, checks->variants[i]);
        }
    }
}
