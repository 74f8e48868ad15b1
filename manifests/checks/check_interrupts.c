#include "manifests/checks/checks.h"
#include "manifests/yaml/limits.h"

#include <stdlib.h>

struct claim {
    uint64_t number;
    size_t order; /* as claimed: tasks in order, interrupts in order */
    const struct manifest_task *task;
    const struct manifest_interrupt *interrupt;
};

static int compare_claims(const void *left, const void *right)
{
    const struct claim *a = left;
    const struct claim *b = right;
    const int order = (a->number > b->number) - (a->number < b->number);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static struct claim *sorted_claims(const struct checks *checks, size_t *ret_count)
{
    const struct manifest *manifest = checks->manifest;
    size_t count = 0;
    for (size_t i = 0; i < manifest->task_count; i++)
        count += manifest->tasks[i].interrupt_count;
    struct claim *claims = ARENA_ARRAY(checks->arena, struct claim, count);
    *ret_count = count;
    count = 0;
    for (size_t i = 0; i < manifest->task_count; i++) {
        const struct manifest_task *task = &manifest->tasks[i];
        for (size_t k = 0; k < task->interrupt_count; k++, count++)
            claims[count] =
                (struct claim){task->interrupts[k].number, count, task, &task->interrupts[k]};
    }
    if (count > 1)
        qsort(claims, count, sizeof *claims, compare_claims);
    return claims;
}

void check_interrupts(const struct checks *checks)
{
    size_t count;
    const struct claim *claims = sorted_claims(checks, &count);
    for (size_t i = 1; i < count && checks->diags->error_count < LIMIT_ERRORS; i++) {
        const struct claim *first = &claims[i - 1];
        const struct claim *second = &claims[i];
        if (first->number != second->number)
            continue;
        diag_error(checks->diags, "manifest-interrupt-claimed-twice", second->interrupt->name.pos,
                   "interrupt %u (%s) is claimed by '%s', but '%s' has claimed it already",
                   (unsigned)second->number, second->interrupt->name.text, second->task->name.text,
                   first->task->name.text);
        diag_hint(checks->diags, "%s, line %u, claims it as %s; an interrupt notifies one task",
                  first->interrupt->name.pos.file, (unsigned)first->interrupt->name.pos.line,
                  first->interrupt->name.text);
    }
}
