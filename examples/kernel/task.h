/* Tasks: their state, who runs, starting and restarting them.
 * Invariants: tasks[i].record == &imgbuild_image.tasks[i]. A blocked task's context is sound. */
#ifndef KERNEL_TASK_H
#define KERNEL_TASK_H

#include "abi.h"
#include "machine.h"

#define TASKS_MAX 16u

struct task {
    struct context context;
    const struct imgbuild_task *record; /* what imgbuild knows of the task */
    enum task_state state;
    uint16_t generation;
    bool crossing_told;     /* whether this generation's loan across a boundary was printed */
    uint32_t notifications; /* posted, not yet received */
    uint32_t peer; /* index of the task that it sends to; while sending or awaiting a reply */
    struct send_request send;
    struct loan loans[LOANS_MAX]; /* checked copies of send.loans */
    struct receive_request receive;
    uint32_t received; /* address of the task's struct received */
    uint32_t timer_at; /* tick */
    uint32_t timer_notifications;
    enum fault_kind fault;
    uint32_t fault_address;
};

extern struct task tasks[TASKS_MAX];

/* The task that runs, or 0 while the kernel idles. */
extern struct task *task_current;

uint32_t task_count(void);
uint32_t task_id(const struct task *task);

/* The living task of that id, or 0: an earlier generation's id names nobody. */
struct task *task_by_id(uint32_t id);

void tasks_start(void);

/* Starts the task anew in the next generation. Whoever is blocked on it gets CODE_DEAD. */
void task_restart(struct task *task);

/* Ends all that happens without the task's doing: its timer and its interrupts. */
void task_silence(struct task *task);

/* Chooses who runs next: the most important ready task, the current one first among equals. */
void task_schedule(void);

#endif
