#include "task.h"
#include "interrupt.h"

struct task tasks[TASKS_MAX];
struct task *task_current;

uint32_t task_count(void)
{
    return imgbuild_image.task_count;
}

uint32_t task_id(const struct task *task)
{
    return (uint32_t)task->generation << 16 | task->record->index;
}

struct task *task_by_id(uint32_t id)
{
    const uint32_t index = TASK_ID_INDEX(id);
    if (index >= task_count() || tasks[index].generation != TASK_ID_GENERATION(id))
        return 0;
    return &tasks[index];
}

static void task_enter(struct task *task)
{
    task->notifications = 0;
    task->crossing_told = false;
    task->fault = FAULT_NONE;
    task->fault_address = 0;
    context_start(&task->context, task->record);
    task->state = STATE_READY;
}

void tasks_start(void)
{
    for (uint32_t i = 0; i < task_count(); i++) {
        tasks[i].record = &imgbuild_image.tasks[i];
        tasks[i].state = STATE_STOPPED;
        if (tasks[i].record->flags & IMGBUILD_TASK_START)
            task_enter(&tasks[i]);
    }
}

void task_silence(struct task *task)
{
    task->timer_notifications = 0;
    interrupts_disable_of(task);
}

static bool task_is_blocked_on(const struct task *task, uint32_t index)
{
    return (task->state == STATE_SENDING || task->state == STATE_AWAITING_REPLY) &&
           task->peer == index;
}

void task_restart(struct task *task)
{
    task_silence(task);
    task->generation++;
    task_enter(task);
    for (uint32_t i = 0; i < task_count(); i++) {
        if (!task_is_blocked_on(&tasks[i], task->record->index))
            continue;
        context_set_result(&tasks[i].context, 0, CODE_DEAD);
        context_set_result(&tasks[i].context, 1, 0);
        tasks[i].state = STATE_READY;
    }
}

static bool task_goes_before(const struct task *task, const struct task *other)
{
    if (!other || task->record->priority < other->record->priority)
        return true;
    return task == task_current && task->record->priority == other->record->priority;
}

void task_schedule(void)
{
    struct task *next = 0;
    for (uint32_t i = 0; i < task_count(); i++) {
        if (tasks[i].state == STATE_READY && task_goes_before(&tasks[i], next))
            next = &tasks[i];
    }
    if (next == task_current)
        return;
    task_current = next;
    if (next)
        context_resume(&next->context, next->record);
    else
        context_resume_idle();
}
