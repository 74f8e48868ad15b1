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
    SEMIHOSTING, /* end the run itself, the kernel's way */
    HANG,        /* no fault: never ends, and fails the run. Not attempted unless chosen. */
};

#ifndef SABOTAGE
#define SABOTAGE                                                                                   \
    READ_RAM, WRITE_FLASH, EXECUTE_RAM, READ_PERIPHERAL, LEND_FOREIGN, STACK_OVERFLOW, WILD_STACK, \
        WILD_SYSCALL, WILD_POINTER, WILD_LOANS, WILD_TASK, WILD_RECEIVE, USURP, STEAL_INTERRUPT,   \
        FORGE_NOTIFICATION, UNDEFINED_INSTRUCTION, SEMIHOSTING
#endif

static const enum attempt attempts[] = {SABOTAGE};
#define ATTEMPT_COUNT (sizeof attempts / sizeof attempts[0])

static inline enum fault_kind attempt_fault(enum attempt attempt)
{
    switch (attempt) {
    case READ_RAM:
    case WRITE_FLASH:
    case READ_PERIPHERAL:
        return FAULT_DATA_ACCESS;
    case EXECUTE_RAM:
        return FAULT_INSTRUCTION_ACCESS;
    case LEND_FOREIGN:
        return FAULT_BAD_LOAN;
    case STACK_OVERFLOW:
        return FAULT_STACK_OVERFLOW;
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
    case SEMIHOSTING:
        return FAULT_BREAKPOINT;
    case HANG:
        break;
    }
    return FAULT_NONE;
}

#endif
