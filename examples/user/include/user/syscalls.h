/* The kernel's calls as functions. A call that a task makes wrongly does not return: the task
 * faults. */
#ifndef USER_SYSCALLS_H
#define USER_SYSCALLS_H

#include <kernel/abi.h>
#include <stdbool.h>

/* Whom to send to, what, where the reply goes, and what to lend until then. Loans and buffers may
 * lie anywhere in the task's memory, across any number of region boundaries. */
struct message {
    uint32_t task; /* index: TASK_<SLOT> or __task_<slot> */
    uint32_t operation;
    const void *data;
    uint32_t length;
    void *reply;
    uint32_t reply_capacity;
    const struct loan *loans;
    uint32_t loan_count;
};

/* Returns the receiver's code, or CODE_DEAD if it was restarted before it replied. */
uint32_t send(const struct message *message);

/* Waits for a message or for any of the notifications. */
struct received receive(void *buffer, uint32_t capacity, uint32_t notifications);

/* Waits for any of the notifications while messages wait; returns which came. */
uint32_t wait(uint32_t notifications);

void reply(uint32_t task_id, uint32_t code, const void *data, uint32_t length);

/* Length and access of a loan of a sender that waits for this task's reply. */
uint32_t loan_info(uint32_t lender, uint32_t loan, uint32_t *ret_access, uint32_t *ret_length);
uint32_t borrow_read(uint32_t lender, uint32_t loan, uint32_t offset, void *to, uint32_t length);
uint32_t borrow_write(uint32_t lender, uint32_t loan, uint32_t offset, const void *from,
                      uint32_t length);

void set_timer(uint32_t milliseconds, uint32_t notifications);
void notify(uint32_t task, uint32_t notifications);
void irq_control(uint32_t notifications, enum irq_control control);
uint32_t task_status(uint32_t task, struct task_status *ret);
void restart_task(uint32_t task);
_Noreturn void exit_run(uint32_t status, const char *message);
_Noreturn void panic(const char *message);

#endif
