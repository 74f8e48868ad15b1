/* Restarts the saboteur after each of its faults, once the others have shown that they still work,
 * and judges the run: every fault that the attempts must end in, in order, and no other. */
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

enum phase {
    PHASE_ATTEMPT,     /* the saboteur runs: its fault must come */
    PHASE_AFTERMATH,   /* it has faulted: everyone else must still work */
    PHASE_RESTART_BUS, /* the bus driver is restarted in the middle of a transfer */
    PHASE_LAST_PROBE,
};

static struct {
    enum phase phase;
    uint32_t faults; /* of the saboteur, each as expected */
    bool ping_well;  /* since the phase began */
    bool sequencer_well;
} run;

static _Noreturn void fail(const char *why, uint32_t task)
{
    static const char *const names[] = {
        [TASK_I2C] = "i2c",
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
    line_text(&line, " attempts ended in the expected faults, in order; everyone else answers");
    exit_run(RUN_PASSED, line_string(&line));
}

/* Signs of life count only from now on. */
static void enter(enum phase phase)
{
    run.phase = phase;
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
    enter(PHASE_AFTERMATH);
}

static void take_faults(void)
{
    struct task_status status;
    for (uint32_t task = 0; task_status(task, &status) == CODE_OK; task++) {
        if (status.state != STATE_FAULTED)
            continue;
        if (task != TASK_SABOTEUR)
            fail("has faulted and should not", task);
        if (run.phase != PHASE_AFTERMATH)
            take_saboteur_fault(&status);
    }
}

/* The sequencer waits for the bus driver nearly all the time; if it does not just now, the next
 * sign of life is another chance. */
static void restart_bus(void)
{
    struct task_status sequencer;
    (void)task_status(TASK_SEQUENCER, &sequencer);
    if (sequencer.state == STATE_AWAITING_REPLY)
        restart_task(TASK_I2C);
}

static void take_sign_of_life(uint32_t task)
{
    run.ping_well |= task == TASK_PING;
    run.sequencer_well |= task == TASK_SEQUENCER;
    const bool all_well = run.ping_well && run.sequencer_well;
    switch (run.phase) {
    case PHASE_ATTEMPT:
        return;
    case PHASE_AFTERMATH:
        if (!all_well)
            return;
        restart_task(TASK_SABOTEUR);
        enter(PHASE_ATTEMPT);
        return;
    case PHASE_RESTART_BUS:
        restart_bus();
        return;
    case PHASE_LAST_PROBE:
        if (all_well)
            pass();
    }
}

static void take_done(uint32_t task)
{
    if (task != TASK_SABOTEUR || run.faults != ATTEMPT_COUNT)
        fail("is done before its time", task);
    enter(PHASE_RESTART_BUS);
}

static void take_retry(uint32_t task)
{
    if (task != TASK_SEQUENCER || run.phase != PHASE_RESTART_BUS)
        fail("has lost a server that nobody has restarted", task);
    enter(PHASE_LAST_PROBE);
}

static _Noreturn void lose_patience(void)
{
    if (run.phase == PHASE_ATTEMPT)
        fail("has not faulted", TASK_SABOTEUR);
    fail("does not answer", run.ping_well ? TASK_SEQUENCER : TASK_PING);
}

static void take_message(const struct received *message)
{
    const uint32_t task = TASK_ID_INDEX(message->sender);
    reply(message->sender, CODE_OK, 0, 0);
    switch (message->operation) {
    case SUPERVISOR_WELL:
        return take_sign_of_life(task);
    case SUPERVISOR_DONE:
        return take_done(task);
    case SUPERVISOR_RETRIES:
        return take_retry(task);
    default: /* whatever else a task sends is answered, and that is all */
        return;
    }
}

int main(void)
{
    enter(PHASE_ATTEMPT);
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
