/* Time in ticks of one millisecond. */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

#include "task.h"

/* Posts the notifications once, that many ticks from now. Each task has one timer. */
void timer_set(struct task *task, uint32_t ticks, uint32_t notifications);

/* Counts a tick. Ends the program when the deadline of the whole run is over. */
void timer_tick(void);

#endif
