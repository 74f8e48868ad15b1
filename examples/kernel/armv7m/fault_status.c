/* From the processor's fault registers to a fault of a task. Source: Armv7-M ARM (DDI 0403E),
 * B3.2.15. */
#include "../console.h"
#include "../exit_status.h"
#include "../fault.h"
#include "registers.h"

/* Called by exceptions.S. */
void fault_take(void);
_Noreturn void kernel_crash(const uint32_t *frame);

struct fault_status {
    uint32_t cfsr;
    uint32_t hfsr;
    uint32_t memory_address;
    uint32_t bus_address;
};

/* Reads the status and clears it for the next fault. A system call whose frame did not fit on the
 * stack stays pending, and would be done in the name of whoever runs next. */
static struct fault_status status_take(void)
{
    const struct fault_status status = {
        .cfsr = SCB_CFSR,
        .hfsr = SCB_HFSR,
        .memory_address = SCB_MMFAR,
        .bus_address = SCB_BFAR,
    };
    SCB_CFSR = status.cfsr;
    SCB_HFSR = status.hfsr;
    SCB_SHCSR &= ~SCB_SHCSR_SVCALLPENDED;
    return status;
}

/* The frame that the processor saves was refused: the stack pointer is not, or no longer, in memory
 * of the task. The first access that was refused may be one of the task's own, just before. */
static struct fault fault_of_stack(const struct task *task, const struct fault_status *status)
{
    const uint32_t stack_pointer = task->context.stack_pointer;
    const bool below = stack_pointer < task->record->stack_base;
    return (struct fault){
        .kind = below ? FAULT_STACK_OVERFLOW : FAULT_BAD_STACK,
        .by = FAULT_BY_MPU,
        .address = status->cfsr & CFSR_MMARVALID ? status->memory_address : stack_pointer,
        .registers_lost = true,
        .message = below ? "ran out of stack; pc, lr and r0-r3 are lost with it"
                         : "has its stack in memory that is not its own",
    };
}

/* As far below its stack a task can reach by one push or one small frame while the frame that the
 * processor saves still fits. */
#define STACK_REACH 256u

static bool is_just_below_stack(const struct task *task, uint32_t address)
{
    const uint32_t base = task->record->stack_base;
    return address < base && base - address <= STACK_REACH &&
           task->context.stack_pointer - base <= STACK_REACH;
}

static struct fault fault_of_memory(const struct task *task, const struct fault_status *status)
{
    struct fault fault = {.by = FAULT_BY_MPU};
    if (status->cfsr & CFSR_IACCVIOL) {
        struct registers registers;
        context_registers(&task->context, true, &registers);
        fault.kind = FAULT_INSTRUCTION_ACCESS;
        fault.address = registers.program_counter;
        fault.message = "executed memory that is not its code";
        return fault;
    }
    fault.address = status->memory_address;
    if (is_just_below_stack(task, fault.address)) {
        fault.kind = FAULT_STACK_OVERFLOW;
        fault.message = "ran out of stack";
        return fault;
    }
    fault.kind = FAULT_DATA_ACCESS;
    fault.message = "accessed memory that it may not access so";
    return fault;
}

static struct fault fault_of_instruction(const struct task *task, uint32_t cfsr)
{
    struct fault fault = {
        .kind = FAULT_BAD_STATE,
        .by = FAULT_BY_CPU,
        .message = "brought the processor into a state that is not allowed",
    };
    if (cfsr & CFSR_UNDEFINSTR) {
        fault.kind = FAULT_UNDEFINED_INSTRUCTION;
        fault.message = "executed an undefined instruction";
    } else if (cfsr & CFSR_UNALIGNED) {
        fault.kind = FAULT_UNALIGNED_ACCESS;
        fault.message = "made an unaligned access where none is allowed";
    } else if (cfsr & CFSR_DIVBYZERO) {
        fault.kind = FAULT_DIVISION_BY_ZERO;
        fault.message = "divided by zero";
    }
    struct registers registers;
    context_registers(&task->context, true, &registers);
    fault.address = registers.program_counter;
    return fault;
}

static struct fault fault_of_bus(const struct fault_status *status)
{
    return (struct fault){
        .kind = FAULT_BUS_ERROR,
        .by = FAULT_BY_CPU,
        .address = status->cfsr & CFSR_BFARVALID ? status->bus_address : 0,
        .message = "accessed an address that does not answer it",
    };
}

/* A hard fault with no other: a breakpoint, which a debugger would have taken. */
static struct fault fault_of_breakpoint(const struct task *task)
{
    struct registers registers;
    context_registers(&task->context, true, &registers);
    return (struct fault){
        .kind = FAULT_BREAKPOINT,
        .by = FAULT_BY_CPU,
        .address = registers.program_counter,
        .message = "executed a breakpoint",
    };
}

static struct fault fault_decode(const struct task *task, const struct fault_status *status)
{
    if (status->cfsr & (CFSR_MSTKERR | CFSR_STKERR | CFSR_MUNSTKERR | CFSR_UNSTKERR))
        return fault_of_stack(task, status);
    if (!context_is_sound(&task->context, task->record))
        return fault_of_stack(task, status);
    if (status->cfsr & CFSR_MEMORY_FAULTS)
        return fault_of_memory(task, status);
    if (status->cfsr & CFSR_BUS_FAULTS)
        return fault_of_bus(status);
    if (status->cfsr)
        return fault_of_instruction(task, status->cfsr);
    return fault_of_breakpoint(task);
}

/* An exception that came while the kernel itself ran, or a fault of idle. */
_Noreturn void kernel_crash(const uint32_t *frame)
{
    console_text("kernel: crashed at pc ");
    console_hex(frame[6]);
    console_text(" lr ");
    console_hex(frame[5]);
    console_text(" cfsr ");
    console_hex(SCB_CFSR);
    console_text(" address ");
    console_hex(SCB_MMFAR);
    console_line("");
    machine_exit(EXIT_KERNEL_CRASHED);
}

void fault_take(void)
{
    if (!task_current)
        kernel_crash((const uint32_t *)context_active->stack_pointer);
    const struct fault_status status = status_take();
    const struct fault fault = fault_decode(task_current, &status);
    fault_raise(task_current, &fault);
}
