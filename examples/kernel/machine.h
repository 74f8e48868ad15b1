/* What the kernel needs of the machine it runs on; armv7m/ implements it. */
#ifndef KERNEL_MACHINE_H
#define KERNEL_MACHINE_H

#include "armv7m/context.h"
#include <imgbuild/tables.h>
#include <stdbool.h>
#include <stdint.h>

struct fault;

/* Everything that a task's registers held when it last entered the kernel. */
struct registers {
    uint32_t general[13]; /* r0-r12 */
    uint32_t stack_pointer;
    uint32_t link;
    uint32_t program_counter;
    uint32_t status;
};

/* Makes a context that enters the task at its entry with an empty stack and clean registers. */
void context_start(struct context *context, const struct imgbuild_task *record);

/* Whether the part of the context that the processor keeps on the task's stack lies in the task's
 * memory. The functions below that read or write arguments and results need it to be so. */
bool context_is_sound(const struct context *context, const struct imgbuild_task *record);

uint32_t context_syscall(const struct context *context);
uint32_t context_argument(const struct context *context, uint32_t index);
void context_set_result(struct context *context, uint32_t index, uint32_t value);

/* Shape: on_stack false where the processor could not save r0-r3, r12, lr, pc, xpsr: they are 0. */
void context_registers(const struct context *context, bool on_stack, struct registers *ret);

/* Makes the context the one that the processor goes on with when the kernel is done. */
void context_resume(struct context *context, const struct imgbuild_task *record);
void context_resume_idle(void);

/* Whether the machine is the one that the tables were made for; says what is wrong otherwise. */
bool machine_fits(const struct imgbuild_image *image, const char **ret_why);

/* Starts the clock and the MPU, then lets the scheduler choose the first task. Does not return. */
_Noreturn void machine_start(void);

void machine_interrupt_set(uint32_t number, bool enabled);
uint32_t machine_interrupt_number(void);

void machine_write(const char *text);
_Noreturn void machine_exit(uint32_t status);

#endif
