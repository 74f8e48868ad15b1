/* Memory that a task names: checked against its regions in imgbuild's table before the kernel
 * touches it.
 *
 * Device registers are never lent and never copied: a read of one can have effects that its owner
 * did not ask for. */
#ifndef KERNEL_SLICE_H
#define KERNEL_SLICE_H

#include "task.h"

bool slice_is_allowed(const struct task *task, uint32_t address, uint32_t length, uint32_t need);

/* Copies a struct out of or into a task. False, and nothing done, if the task may not access it. */
bool slice_fetch(const struct task *task, uint32_t address, void *ret, uint32_t length);
bool slice_store(const struct task *task, uint32_t address, const void *from, uint32_t length);

/* Copies between two checked slices. */
void slice_copy(uint32_t to, uint32_t from, uint32_t length);

/* Prints that a loan was granted though it crosses a boundary between two regions of the task. */
void slice_tell_crossing(struct task *task, uint32_t address, uint32_t length);

#endif
