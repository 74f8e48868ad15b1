#ifndef KERNEL_SYSCALL_H
#define KERNEL_SYSCALL_H

/* Does what the current task asks for. */
void syscall_take(void);

#endif
