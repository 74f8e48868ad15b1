/* Contexts, and what of the processor changes with them. */
#include "../machine.h"
#include "registers.h"
#include <imgbuild/access.h>

/* What the processor saves on the stack, from its lowest address up. */
struct frame {
    uint32_t r0_to_r3[4];
    uint32_t r12;
    uint32_t lr;
    uint32_t pc;
    uint32_t xpsr;
};
_Static_assert(sizeof(struct frame) == CONTEXT_FRAME_BYTES, "the frame is the processor's");

#define XPSR_THUMB                 (1u << 24)
#define XPSR_STACK_REALIGNED       (1u << 9)
#define EXCEPTION_RETURN_TO_THREAD 0xfffffffdu /* on the process stack, no FPU registers */

/* Idle has no stack but this: room for what the processor saves when an exception takes it away. */
static struct frame idle_frame __attribute__((aligned(8)));
static struct context idle_context;
struct context *context_active = &idle_context;

/* Read by exceptions.S: the processor saves idle's frame right below it. */
extern const struct frame *const idle_stack_top;
const struct frame *const idle_stack_top = &idle_frame + 1;

static struct frame *frame_of(const struct context *context)
{
    return (struct frame *)context->stack_pointer;
}

void context_start(struct context *context, const struct imgbuild_task *record)
{
    *context = (struct context){
        .stack_pointer = record->stack_top - CONTEXT_FRAME_BYTES,
        .exception_return = EXCEPTION_RETURN_TO_THREAD,
    };
    *frame_of(context) = (struct frame){
        .lr = UINT32_MAX, /* an entry function that returns faults at once */
        .pc = record->entry & ~1u,
        .xpsr = XPSR_THUMB,
    };
}

bool context_is_sound(const struct context *context, const struct imgbuild_task *record)
{
    return imgbuild_may_access(record, context->stack_pointer, CONTEXT_FRAME_BYTES,
                               IMGBUILD_READ | IMGBUILD_WRITE, IMGBUILD_DEVICE);
}

uint32_t context_syscall(const struct context *context)
{
    return frame_of(context)->r12;
}

uint32_t context_argument(const struct context *context, uint32_t index)
{
    return frame_of(context)->r0_to_r3[index];
}

void context_set_result(struct context *context, uint32_t index, uint32_t value)
{
    frame_of(context)->r0_to_r3[index] = value;
}

void context_registers(const struct context *context, bool on_stack, struct registers *ret)
{
    *ret = (struct registers){.stack_pointer = context->stack_pointer + CONTEXT_FRAME_BYTES};
    for (uint32_t i = 0; i < 8; i++)
        ret->general[4 + i] = context->r4_to_r11[i];
    if (!on_stack)
        return;
    const struct frame *frame = frame_of(context);
    for (uint32_t i = 0; i < 4; i++)
        ret->general[i] = frame->r0_to_r3[i];
    ret->general[12] = frame->r12;
    ret->link = frame->lr;
    ret->program_counter = frame->pc;
    ret->status = frame->xpsr;
    if (frame->xpsr & XPSR_STACK_REALIGNED)
        ret->stack_pointer += 4;
}

/* The tables hold the words as the MPU wants them: each RBAR names the slot that it sets, from
 * mpu_reserved on, and slots that the task does not need are there to be switched off. The MPU is
 * off meanwhile: between the two stores a slot has the new address and still the old size and
 * rights, and could forbid the kernel its own code. */
static void mpu_load(const uint32_t *words, uint32_t count)
{
    MPU_CTRL = 0;
    for (uint32_t i = 0; i < count; i += 2) {
        MPU_RBAR = words[i];
        MPU_RASR = words[i + 1];
    }
    MPU_CTRL = MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

static void set_unprivileged(uint32_t unprivileged)
{
    __asm__ volatile("msr control, %0\n\tisb" ::"r"(unprivileged) : "memory");
}

void context_resume(struct context *context, const struct imgbuild_task *record)
{
    mpu_load(record->mpu, imgbuild_image.mpu_words);
    set_unprivileged(1);
    context_active = context;
}

/* The kernel's default map serves idle, whatever the MPU still grants. */
void context_resume_idle(void)
{
    set_unprivileged(0);
    context_active = &idle_context;
}
