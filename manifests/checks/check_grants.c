#include "layout/mpu/mpu_facts.h"
#include "manifests/checks/checks.h"
#include "manifests/checks/grants.h"

#include "manifests/model/blocks.h"
#include "manifests/yaml/limits.h"

#include <inttypes.h>

static void report_missed(const struct checks *checks, const struct grant *grant)
{
    diag_error(checks->diags, "manifest-not-coverable", grant->pos,
               "no MPU region covers %s '%s' exactly (0x%08" PRIx64 ", %" PRIu64 " bytes)",
               grant->kind, grant->name, grant->start, grant->end - grant->start);
    diag_hint(checks->diags, "%s", mpu_rule_words(&checks->manifest->mpu));
}

static void check_coverable(const struct checks *checks, struct grant_list grants)
{
    const struct mpu_join join = grants_join(&checks->manifest->mpu, grants, checks->arena);
    for (size_t i = 0; i < join.missed_count && checks->diags->error_count < LIMIT_ERRORS; i++)
        report_missed(checks, &grants.items[join.missed[i]]);
}

static void check_apart(const struct checks *checks, const struct grant *first,
                        const struct grant *second)
{
    if (first->start >= second->end || second->start >= first->end)
        return;
    diag_error(checks->diags, "manifest-overlap", second->pos,
               "%s '%s' overlaps %s '%s' of the same task", second->kind, second->name, first->kind,
               first->name);
    diag_hint(checks->diags, "regions of one task must not overlap; list only one of the two");
}

/* A block may lie anywhere in its memory. */
static void check_beside_blocks(const struct checks *checks, const struct manifest_task *task,
                                const struct grant *grant, const struct manifest_memory *memories)
{
    for (size_t i = 0; i < checks->manifest->memory_count; i++) {
        const struct manifest_memory *memory = &memories[i];
        if (!memory->base.is_given || !memory->size.is_given || !blocks_task_has(task, i) ||
            grant->start >= memory->base.value + memory->size.value ||
            memory->base.value >= grant->end)
            continue;
        diag_error(checks->diags, "manifest-overlap", grant->pos,
                   "%s '%s' overlaps memory '%s', where task '%s' has a block", grant->kind,
                   grant->name, memory->name.text, task->name.text);
        diag_hint(checks->diags, "part of it would be granted twice; the task has %s",
                  blocks_words(checks->manifest, task, checks->arena));
    }
}

static void check_task(const struct checks *checks, const struct manifest_task *task,
                       const struct manifest_memory *memories)
{
    const struct grant_list grants = grants_of(checks->manifest, task, memories, checks->arena);
    check_coverable(checks, grants);
    for (size_t i = 0; i < grants.count && checks->diags->error_count < LIMIT_ERRORS; i++) {
        for (size_t k = 0; k < i; k++)
            check_apart(checks, &grants.items[k], &grants.items[i]);
        check_beside_blocks(checks, task, &grants.items[i], memories);
    }
}

/* What overlaps in two image slots is reported twice in the same words, and printed once. */
void check_grants(const struct checks *checks)
{
    for (size_t i = 0; i < checks->variant_count; i++) {
        for (size_t k = 0; k < checks->manifest->task_count; k++)
            check_task(checks, &checks->manifest->tasks[k], checks->variants[i]);
    }
}
