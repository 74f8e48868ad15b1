#include "base/buffer.h"
#include "manifests/checks/checks.h"
#include "manifests/checks/grants.h"
#include "manifests/model/blocks.h"
#include "manifests/yaml/limits.h"

#include <string.h>

static bool reads_info(const struct manifest *manifest, size_t task)
{
    for (size_t i = 0; i < manifest->info.tasks.count; i++) {
        if (manifest->info.tasks.items[i].index == task)
            return true;
    }
    return false;
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

static const char *list_users(const struct checks *checks, size_t index, struct grant_list grants,
                              size_t grant_slots)
{
    const struct manifest_task *task = &checks->manifest->tasks[index];
    struct buffer words = buffer_in(checks->arena);
    buffer_format(&words, "%zu blocks: %s; ", blocks_count(task),
                  blocks_words(checks->manifest, task, checks->arena));
    list_grants(&words, &grants, "peripheral");
    list_grants(&words, &grants, "map");
    if (reads_info(checks->manifest, index))
        buffer_append_text(&words, "the info block; ");
    if (grant_slots < grants.count)
        buffer_format(&words, "%zu of these can be joined with others; ",
                      grants.count - grant_slots);
    buffer_format(&words, "the kernel reserves %u", (unsigned)checks->manifest->mpu.reserved);
    return buffer_text(&words);
}

static void check_task(const struct checks *checks, size_t index,
                       const struct manifest_memory *memories)
{
    const struct manifest_mpu *mpu = &checks->manifest->mpu;
    const struct manifest_task *task = &checks->manifest->tasks[index];
    const struct grant_list grants = grants_of(checks->manifest, task, memories, checks->arena);
    const size_t grant_slots = grants_least_slots(mpu, grants, checks->arena);
    const size_t slots =
        grant_slots + blocks_count(task) + (reads_info(checks->manifest, index) ? 1 : 0);
    if (slots <= mpu->slots - mpu->reserved)
        return;
    diag_error(checks->diags, "manifest-too-many-slots", task->pos,
               "task '%s' needs %zu MPU slots and %u are left for it", task->name.text, slots,
               (unsigned)(mpu->slots - mpu->reserved));
    diag_hint(checks->diags, "%s", list_users(checks, index, grants, grant_slots));
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
