/* Interrupts become notifications of the tasks that imgbuild's table names. */
#ifndef KERNEL_INTERRUPT_H
#define KERNEL_INTERRUPT_H

#include "task.h"

/* Handles the interrupt that the processor is in. It stays off until its task enables it again. */
void interrupt_take(void);

/* Switches the interrupts behind a task's notifications. False if there are none. */
bool interrupts_set(const struct task *task, uint32_t notifications, bool enabled);

void interrupts_disable_of(const struct task *task);

#endif
