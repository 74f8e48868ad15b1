/* Restarts the saboteur after each of its faults, once the others have shown that they still work, and
 * judges the run: every fault that the attempts must end in, in order, and no other. */
#include "task.h"
#include <protocol/supervisor.h>
#include <saboteur/attempts.h>
#include <user/line.h>
#include <user/syscalls.h>

#define PATIENCE_MS 5000u /* far more than a round takes, even on a machine that is busy */

enum verdict {
    RUN_PASSED,
    RUN_FAILED,
};

_Static_assert(NOTIFY_FAULT == SUPERVISOR_NOTIFY_FAULT, "the kernel tells of faults by this one");

static struct {
    uint32_t faults;       /* of the saboteur, each as expected */
    bool saboteur_stopped; /* by its last fault */
    bool saboteur_done;
    bool ping_well; /* since then */
    bool sequencer_well;
} run;

static _Noreturn void fail(const char *why, uint32_t task)
{
    static const char *const names[] = {
        [TASK_PING] = "ping",
        [TASK_SEQUENCER] = "sequencer",
        [TASK_SABOTEUR] = "saboteur",
    };
    struct line line = {.length = 0};
    const bool known = task < sizeof names / sizeof names[0] && names[task];
    line_text(&line, known ? names[task] : "a task");
    line_text(&line, " ");
    line_text(&line, why);
    line_text(&line, ", after faults: ");
    line_decimal(&line, run.faults);
    exit_run(RUN_FAILED, line_string(&line));
}

static _Noreturn void pass(void)
{
    struct line line = {.length = 0};
    line_decimal(&line, run.faults);
    line_text(&line, " expected faults in order, no other, and everyone else answers");
    exit_run(RUN_PASSED, line_string(&line));
}

/* Wants a sign of life from everyone else, made after this moment. */
static void probe(void)
{
    run.ping_well = false;
    run.sequencer_well = false;
    set_timer(PATIENCE_MS, NOTIFY_TIMER);
}

static void take_saboteur_fault(const struct task_status *status)
{
    if (run.faults == ATTEMPT_COUNT)
        fail("has faulted once more than it should", TASK_SABOTEUR);
    if (status->fault != attempt_fault(attempts[run.faults]))
        fail("has faulted otherwise than it should", TASK_SABOTEUR);
    run.faults++;
    run.saboteur_stopped = true;
    probe();
}

static void take_faults(void)
{
    struct task_status status;
    for (uint32_t task = 0; task_status(task, &status) == CODE_OK; task++) {
        if (status.state != STATE_FAULTED)
            continue;
        if (task != TASK_SABOTEUR)
            fail("has faulted and should not", task);
        if (!run.saboteur_stopped)
            take_saboteur_fault(&status);
    }
}

static void take_sign_of_life(uint32_t task)
{
    if (task == TASK_PING)
        run.ping_well = true;
    else if (task == TASK_SEQUENCER)
        run.sequencer_well = true;
    if (!run.ping_well || !run.sequencer_well)
        return;
    if (run.saboteur_done)
        pass();
    if (run.saboteur_stopped) {
        run.saboteur_stopped = false;
        restart_task(TASK_SABOTEUR);
        set_timer(PATIENCE_MS, NOTIFY_TIMER);
    }
}

static void take_done(uint32_t task)
{
    if (task != TASK_SABOTEUR || run.faults != ATTEMPT_COUNT)
        fail("is done before its time", task);
    run.saboteur_done = true;
    probe();
}

static _Noreturn void lose_patience(void)
{
    if (!run.saboteur_stopped && !run.saboteur_done)
        fail("has not faulted", TASK_SABOTEUR);
    fail("does not answer", run.ping_well ? TASK_SEQUENCER : TASK_PING);
}

static void take_message(const struct received *message)
{
    const uint32_t task = TASK_ID_INDEX(message->sender);
    reply(message->sender, CODE_OK, 0, 0);
    if (message->operation == SUPERVISOR_WELL)
        take_sign_of_life(task);
    else if (message->operation == SUPERVISOR_DONE)
        take_done(task);
}

int main(void)
{
    set_timer(PATIENCE_MS, NOTIFY_TIMER);
    for (;;) {
        const struct received message = receive(0, 0, NOTIFY_FAULT | NOTIFY_TIMER);
        if (message.notifications & NOTIFY_FAULT)
            take_faults();
        else if (message.notifications & NOTIFY_TIMER)
            lose_patience();
        else
            take_message(&message);
    }
}
