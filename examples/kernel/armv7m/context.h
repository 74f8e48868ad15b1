/* A task's registers while it does not run. The processor itself saves r0-r3, r12, lr, pc and xpsr
 * on the task's stack; exceptions.S saves the rest here, in this order. No floating point: no FPU
 * registers. */
#ifndef KERNEL_ARMV7M_CONTEXT_H
#define KERNEL_ARMV7M_CONTEXT_H

#include <stdint.h>

struct context {
    uint32_t stack_pointer; /* of the frame that the processor saved */
    uint32_t r4_to_r11[8];
    uint32_t exception_return;
};

#define CONTEXT_FRAME_BYTES 32u

/* The context that exceptions.S saves into on entry and resumes on exit. Never 0. */
extern struct context *context_active;

#endif
