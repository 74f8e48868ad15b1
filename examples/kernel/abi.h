/* What the kernel and its tasks agree on: system calls, codes, and the structs that cross between
 * them.
 *
 * A system call is `svc 0` with its number in r12 and up to four arguments in r0-r3; calls with
 * more arguments take the address of a struct. Results come back in r0-r2. Whatever a task passes
 * is hostile to the kernel: an address that the task may not access, a number that names nothing,
 * or a call that is not the task's to make faults the caller.
 */
#ifndef KERNEL_ABI_H
#define KERNEL_ABI_H

#include <stdint.h>

enum syscall {
    SYSCALL_SEND,         /* r0: struct send_request *         -> r0 code, r1 reply length */
    SYSCALL_RECEIVE,      /* r0: struct receive_request *, r1: struct received * */
    SYSCALL_REPLY,        /* r0: task id, r1: code, r2: message, r3: length */
    SYSCALL_LOAN_INFO,    /* r0: task id, r1: loan             -> r0 code, r1 LOAN_..., r2 length */
    SYSCALL_BORROW_READ,  /* r0: struct borrow_request *       -> r0 code */
    SYSCALL_BORROW_WRITE, /* r0: struct borrow_request *       -> r0 code */
    SYSCALL_SET_TIMER,    /* r0: milliseconds from now, r1: notifications; no notification: off */
    SYSCALL_NOTIFY,       /* r0: task index, r1: notifications; the supervisor only */
    SYSCALL_IRQ_CONTROL,  /* r0: notifications, r1: IRQ_DISABLE or IRQ_ENABLE */
    SYSCALL_TASK_STATUS,  /* r0: task index, r1: struct task_status *  -> r0 code */
    SYSCALL_RESTART_TASK, /* r0: task index; the supervisor only */
    SYSCALL_EXIT,         /* r0: status, r1: message, r2: length; the supervisor only */
    SYSCALL_PANIC,        /* r0: message, r1: length; faults the caller */
};
#define SYSCALL_COUNT (SYSCALL_PANIC + 1u)

/* A task id is the task's index in the low half and its generation in the high half, so that an
 * answer to an earlier life of a task cannot reach the next one. Whom to send to is named by index
 * alone. */
#define TASK_ID_INDEX(id)      ((id)&0xffffu)
#define TASK_ID_GENERATION(id) ((id) >> 16)

#define SUPERVISOR_INDEX        0u
#define SUPERVISOR_NOTIFY_FAULT 1u /* its first notification: some task has faulted */

/* Codes of the kernel in r0. A server chooses its own codes from 0 up. */
#define CODE_OK       0u
#define CODE_DEAD     0xffffffffu /* the other task was restarted meanwhile */
#define CODE_BAD_LOAN 0xfffffffeu /* no such loan, not lent for this, or beyond its end */
#define CODE_NO_TASK  0xfffffffdu /* the index is that of no task */

#define LOAN_READ  1u
#define LOAN_WRITE 2u
#define LOANS_MAX  4u

/* Memory that a sender lets the receiver use until it replies. */
struct loan {
    uint32_t address;
    uint32_t length;
    uint32_t access; /* LOAN_READ | LOAN_WRITE */
};

struct send_request {
    uint32_t task; /* index */
    uint32_t operation;
    uint32_t message; /* address */
    uint32_t length;
    uint32_t reply; /* address */
    uint32_t reply_capacity;
    uint32_t loans; /* address of an array of struct loan */
    uint32_t loan_count;
};

enum receive_from {
    RECEIVE_ANY,
    RECEIVE_NOTIFICATIONS, /* messages wait */
};

struct receive_request {
    uint32_t buffer; /* address; longer messages are cut */
    uint32_t capacity;
    uint32_t notifications; /* which to receive */
    uint32_t from;          /* enum receive_from */
};

struct received {
    uint32_t notifications; /* not 0: these came, and the rest of this struct is 0 */
    uint32_t sender;        /* task id */
    uint32_t operation;
    uint32_t length; /* as sent, even if the buffer is shorter */
    uint32_t reply_capacity;
    uint32_t loan_count;
};

struct borrow_request {
    uint32_t lender; /* task id */
    uint32_t loan;   /* index */
    uint32_t offset;
    uint32_t buffer; /* address in the caller */
    uint32_t length;
};

enum irq_control {
    IRQ_DISABLE,
    IRQ_ENABLE,
};

enum task_state {
    STATE_STOPPED,        /* not started at boot */
    STATE_READY,          /* runs when nobody more important does */
    STATE_SENDING,        /* waits until its peer receives */
    STATE_AWAITING_REPLY, /* waits until its peer replies; its loans may be used */
    STATE_RECEIVING,
    STATE_FAULTED, /* until the supervisor restarts it */
};

enum fault_kind {
    FAULT_NONE,
    FAULT_DATA_ACCESS,
    FAULT_INSTRUCTION_ACCESS,
    FAULT_STACK_OVERFLOW,
    FAULT_BAD_STACK, /* the stack pointer points to memory that is not the task's */
    FAULT_BAD_LOAN,
    FAULT_BAD_SYSCALL,
    FAULT_BUS_ERROR,
    FAULT_UNDEFINED_INSTRUCTION,
    FAULT_BAD_STATE,
    FAULT_UNALIGNED_ACCESS,
    FAULT_DIVISION_BY_ZERO,
    FAULT_BREAKPOINT,
    FAULT_PANIC,
};

struct task_status {
    uint32_t state; /* enum task_state */
    uint32_t generation;
    uint32_t fault; /* enum fault_kind; of the present generation */
    uint32_t fault_address;
};

#endif
