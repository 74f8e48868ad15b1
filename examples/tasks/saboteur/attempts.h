/* What the saboteur attempts, one attempt a life, and the fault that each must end in, which the
 * supervisor checks. `make SABOTAGE="write-flash usurp"` chooses some, in that order. */
#ifndef SABOTEUR_ATTEMPTS_H
#define SABOTEUR_ATTEMPTS_H

#include <kernel/abi.h>

enum attempt {
    READ_RAM,           /* of another task */
    WRITE_FLASH,        /* its own constants */
    EXECUTE_RAM,        /* its own */
    READ_PERIPHERAL,    /* that it does not use */
    LEND_FOREIGN,       /* memory of another task, to be overwritten */
    STACK_OVERFLOW,     /* by pushing on and on */
    STACK_EDGE,         /* one push too many, while the processor still finds room for its frame */
    READ_SYSTEM,        /* a register of the processor itself */
    WILD_STACK,         /* a system call with its stack in a peripheral */
    WILD_SYSCALL,       /* that does not exist */
    WILD_POINTER,       /* a message that wraps around the end of memory */
    WILD_LOANS,         /* as many as multiply to nothing */
    WILD_TASK,          /* a message to a task that does not exist */
    WILD_RECEIVE,       /* into memory of another task */
    USURP,              /* what only the supervisor may: restart another task */
    STEAL_INTERRUPT,    /* switch on an interrupt of another task */
    FORGE_NOTIFICATION, /* make the supervisor believe in a fault and a timeout */
    UNDEFINED_INSTRUCTION,
    LEAVE_THUMB,      /* for an instruction set that the processor has not */
    ACCESS_UNALIGNED, /* by an instruction that never may */
    DIVIDE_BY_ZERO,
    DEEP,        /* a null pointer, three calls deep */
    SEMIHOSTING, /* end the run itself, the kernel's way */
    HANG,        /* no fault: never ends, and fails the run. Not attempted unless chosen. */
};

#ifndef SABOTAGE
#define SABOTAGE                                                                                   \
    READ_RAM, WRITE_FLASH, EXECUTE_RAM, READ_PERIPHERAL, LEND_FOREIGN, STACK_OVERFLOW, STACK_EDGE, \
        READ_SYSTEM, WILD_STACK, WILD_SYSCALL, WILD_POINTER, WILD_LOANS, WILD_TASK, WILD_RECEIVE,  \
        USURP, STEAL_INTERRUPT, FORGE_NOTIFICATION, UNDEFINED_INSTRUCTION, LEAVE_THUMB,            \
        ACCESS_UNALIGNED, DIVIDE_BY_ZERO, DEEP, SEMIHOSTING
#endif

static const enum attempt attempts[] = {SABOTAGE};
#define ATTEMPT_COUNT (sizeof attempts / sizeof attempts[0])

static inline enum fault_kind attempt_fault(enum attempt attempt)
{
    switch (attempt) {
    case READ_RAM:
    case WRITE_FLASH:
    case READ_PERIPHERAL:
    case DEEP:
        return FAULT_DATA_ACCESS;
    case EXECUTE_RAM:
        return FAULT_INSTRUCTION_ACCESS;
    case LEND_FOREIGN:
        return FAULT_BAD_LOAN;
    case STACK_OVERFLOW:
    case STACK_EDGE:
        return FAULT_STACK_OVERFLOW;
    case READ_SYSTEM:
        return FAULT_BUS_ERROR;
    case WILD_STACK:
        return FAULT_BAD_STACK;
    case WILD_SYSCALL:
    case WILD_POINTER:
    case WILD_LOANS:
    case WILD_TASK:
    case WILD_RECEIVE:
    case USURP:
    case STEAL_INTERRUPT:
    case FORGE_NOTIFICATION:
        return FAULT_BAD_SYSCALL;
    case UNDEFINED_INSTRUCTION:
        return FAULT_UNDEFINED_INSTRUCTION;
    case LEAVE_THUMB:
        return FAULT_BAD_STATE;
    case ACCESS_UNALIGNED:
        return FAULT_UNALIGNED_ACCESS;
    case DIVIDE_BY_ZERO:
        return FAULT_DIVISION_BY_ZERO;
    case SEMIHOSTING:
        return FAULT_BREAKPOINT;
    case HANG:
        break;
    }
    return FAULT_NONE;
}

#endif
