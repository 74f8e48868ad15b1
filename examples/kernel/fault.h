/* What happens to a task that did what it may not: it stops, the fault is printed, and the
 * supervisor hears of it. */
#ifndef KERNEL_FAULT_H
#define KERNEL_FAULT_H

#include "task.h"

enum fault_source {
    FAULT_BY_MPU,
    FAULT_BY_KERNEL,
    FAULT_BY_CPU,
};

struct fault {
    enum fault_kind kind;
    enum fault_source by;
    uint32_t address;
    bool registers_lost; /* the processor could not save them on the task's stack */
    const char *message; /* may be a task's own words: not to be trusted */
};

void fault_raise(struct task *task, const struct fault *fault);

/* A system call that the task may not make so. The address is what the call was about. */
void fault_raise_syscall(struct task *task, uint32_t address, const char *message);

/* Prints a line for people and a line of JSON for tools. */
void fault_report(const struct task *task, const struct fault *fault);

#endif
