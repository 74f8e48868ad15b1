#include "manifests/checks/checks.h"
#include "manifests/yaml/limits.h"

static void report_inversion(const struct checks *checks, enum diag_level level,
                             const struct manifest_task *task, const struct manifest_call *call)
{
    const struct manifest_task *callee = &checks->manifest->tasks[call->task.index];
    diag_add(checks->diags, level, "manifest-call-inversion", call->task.pos,
             "task '%s' (priority %u) calls '%s' (priority %u), which is not more important",
             task->name.text, (unsigned)task->priority.value, callee->name.text,
             (unsigned)callee->priority.value);
    diag_hint(checks->diags, "give '%s' a smaller number than '%s', or add 'allow_inversion: [%s]'",
              callee->name.text, task->name.text, call->slot.text);
}

static void check_call(const struct checks *checks, size_t caller, const struct manifest_call *call)
{
    const struct manifest_task *task = &checks->manifest->tasks[caller];
    const struct manifest_task *callee = &checks->manifest->tasks[call->task.index];
    enum diag_level level;
    if (call->task.index == caller) {
        diag_error(checks->diags, "manifest-call-self", call->task.pos,
                   "task '%s' calls itself in slot '%s'", task->name.text, call->slot.text);
        diag_hint(checks->diags, "a task that waits for itself waits forever");
        return;
    }
    if (!task->priority.is_given || !callee->priority.is_given || call->inversion_allowed ||
        callee->priority.value < task->priority.value)
        return;
    if (manifest_check_is_on(checks->manifest, "call-inversion", DIAG_ERROR, &level))
        report_inversion(checks, level, task, call);
}

void check_calls(const struct checks *checks)
{
    for (size_t i = 0; i < checks->manifest->task_count; i++) {
        const struct manifest_task *task = &checks->manifest->tasks[i];
        for (size_t k = 0; k < task->call_count; k++) {
            if (checks->diags->count >= LIMIT_ERRORS)
                return;
            check_call(checks, i, &task->calls[k]);
        }
    }
}
