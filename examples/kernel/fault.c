#include "fault.h"
#include "console.h"
#include "exit_status.h"
#include "message.h"

void fault_raise(struct task *task, const struct fault *fault)
{
    task->fault = fault->kind;
    task->fault_address = fault->address;
    task->state = STATE_FAULTED;
    task_silence(task);
    fault_report(task, fault);
    if (task->record->index == SUPERVISOR_INDEX) {
        console_line("kernel: nobody is left to restart the supervisor");
        machine_exit(EXIT_SUPERVISOR_FAULTED);
    }
    message_notify(&tasks[SUPERVISOR_INDEX], SUPERVISOR_NOTIFY_FAULT);
}

void fault_raise_syscall(struct task *task, uint32_t address, const char *message)
{
    fault_raise(task, &(struct fault){.kind = FAULT_BAD_SYSCALL,
                                      .by = FAULT_BY_KERNEL,
                                      .address = address,
                                      .message = message});
}
