#include "timer.h"
#include "console.h"
#include "exit_status.h"
#include "message.h"

/* So that firmware that hangs does not hang the test that runs it. */
#ifndef DEADLINE_MS
#define DEADLINE_MS 60000
#endif

static uint32_t now;

void timer_set(struct task *task, uint32_t ticks, uint32_t notifications)
{
    task->timer_at = now + ticks;
    task->timer_notifications = notifications;
}

static bool timer_is_due(const struct task *task)
{
    return task->timer_notifications != 0 && (int32_t)(now - task->timer_at) >= 0;
}

void timer_tick(void)
{
    now++;
    if (now >= DEADLINE_MS) {
        console_line("kernel: the deadline is over and the supervisor has not ended the run");
        machine_exit(EXIT_DEADLINE);
    }
    for (uint32_t i = 0; i < task_count(); i++) {
        if (!timer_is_due(&tasks[i]))
            continue;
        const uint32_t notifications = tasks[i].timer_notifications;
        tasks[i].timer_notifications = 0;
        message_notify(&tasks[i], notifications);
    }
}
