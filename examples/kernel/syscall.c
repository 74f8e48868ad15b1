#include "syscall.h"
#include "console.h"
#include "fault.h"
#include "interrupt.h"
#include "loan.h"
#include "message.h"
#include "slice.h"
#include "timer.h"

#define TIMER_TICKS_MAX 0x7fffffffu /* farther away, a deadline would look past */

static bool names_task(struct task *task, uint32_t index)
{
    if (index < task_count())
        return true;
    fault_raise_syscall(task, index, "names a task that does not exist");
    return false;
}

static bool is_supervisor(struct task *task)
{
    if (task->record->index == SUPERVISOR_INDEX)
        return true;
    fault_raise_syscall(task, 0, "asks for what only the supervisor may");
    return false;
}

static void syscall_set_timer(struct task *task, uint32_t ticks, uint32_t notifications)
{
    if (ticks > TIMER_TICKS_MAX)
        fault_raise_syscall(task, ticks, "sets a timer too far away");
    else
        timer_set(task, ticks, notifications);
}

/* Nobody else, since a notification says nothing of who posted it: a receiver takes it for its
 * timer or its interrupt. */
static void syscall_notify(struct task *task, uint32_t index, uint32_t notifications)
{
    if (is_supervisor(task) && names_task(task, index))
        message_notify(&tasks[index], notifications);
}

static void syscall_irq_control(struct task *task, uint32_t notifications, uint32_t control)
{
    if (control > IRQ_ENABLE || !interrupts_set(task, notifications, control == IRQ_ENABLE))
        fault_raise_syscall(task, notifications, "controls an interrupt that is not its own");
}

static void syscall_task_status(struct task *task, uint32_t index, uint32_t ret)
{
    if (index >= task_count()) {
        context_set_result(&task->context, 0, CODE_NO_TASK);
        return;
    }
    const struct task_status status = {
        .state = tasks[index].state,
        .generation = tasks[index].generation,
        .fault = tasks[index].fault,
        .fault_address = tasks[index].fault_address,
    };
    if (slice_store(task, ret, &status, sizeof status))
        context_set_result(&task->context, 0, CODE_OK);
    else
        fault_raise_syscall(task, ret, "wants a status in memory that it may not write");
}

static void syscall_restart_task(struct task *task, uint32_t index)
{
    if (!is_supervisor(task) || !names_task(task, index))
        return;
    task_restart(&tasks[index]);
    console_text("restart: task ");
    console_text(tasks[index].record->name);
    console_text(" gen ");
    console_decimal(tasks[index].generation);
    console_line("");
}

/* A copy of a task's last words, cut. */
static const char *last_words(uint32_t message, uint32_t length)
{
    static char words[101];
    const uint32_t fits = length < sizeof words - 1 ? length : sizeof words - 1;
    slice_copy((uint32_t)words, message, fits);
    words[fits] = '\0';
    return words;
}

static void syscall_exit(struct task *task, uint32_t status, uint32_t message, uint32_t length)
{
    if (!is_supervisor(task))
        return;
    if (!slice_is_allowed(task, message, length, IMGBUILD_READ)) {
        fault_raise_syscall(task, message, "exits with a message that it may not read");
        return;
    }
    console_text("exit: status ");
    console_decimal(status);
    console_text(": ");
    console_untrusted(last_words(message, length));
    console_line("");
    machine_exit(status);
}

static void syscall_panic(struct task *task, uint32_t message, uint32_t length)
{
    if (!slice_is_allowed(task, message, length, IMGBUILD_READ)) {
        fault_raise_syscall(task, message, "panics with a message that it may not read");
        return;
    }
    fault_raise(task, &(struct fault){.kind = FAULT_PANIC,
                                      .by = FAULT_BY_KERNEL,
                                      .message = last_words(message, length)});
}

static void syscall_dispatch(struct task *task, enum syscall number, const uint32_t argument[4])
{
    switch (number) {
    case SYSCALL_SEND:
        return message_send(task, argument[0]);
    case SYSCALL_RECEIVE:
        return message_receive(task, argument[0], argument[1]);
    case SYSCALL_REPLY:
        return message_reply(task, argument[0], argument[1], argument[2], argument[3]);
    case SYSCALL_LOAN_INFO:
        return loan_info(task, argument[0], argument[1]);
    case SYSCALL_BORROW_READ:
        return loan_borrow(task, argument[0], LOAN_READ);
    case SYSCALL_BORROW_WRITE:
        return loan_borrow(task, argument[0], LOAN_WRITE);
    case SYSCALL_SET_TIMER:
        return syscall_set_timer(task, argument[0], argument[1]);
    case SYSCALL_NOTIFY:
        return syscall_notify(task, argument[0], argument[1]);
    case SYSCALL_IRQ_CONTROL:
        return syscall_irq_control(task, argument[0], argument[1]);
    case SYSCALL_TASK_STATUS:
        return syscall_task_status(task, argument[0], argument[1]);
    case SYSCALL_RESTART_TASK:
        return syscall_restart_task(task, argument[0]);
    case SYSCALL_EXIT:
        return syscall_exit(task, argument[0], argument[1], argument[2]);
    case SYSCALL_PANIC:
        return syscall_panic(task, argument[0], argument[1]);
    }
}

void syscall_take(void)
{
    struct task *task = task_current;
    if (!context_is_sound(&task->context, task->record)) {
        fault_raise(task,
                    &(struct fault){.kind = FAULT_BAD_STACK,
                                    .by = FAULT_BY_KERNEL,
                                    .address = task->context.stack_pointer,
                                    .registers_lost = true,
                                    .message = "has its stack in memory that is not its own"});
        return;
    }
    const uint32_t number = context_syscall(&task->context);
    if (number >= SYSCALL_COUNT) {
        fault_raise_syscall(task, number, "makes a system call that does not exist");
        return;
    }
    uint32_t argument[4];
    for (uint32_t i = 0; i < 4; i++)
        argument[i] = context_argument(&task->context, i);
    syscall_dispatch(task, (enum syscall)number, argument);
}
