/* A power sequencer: reads the power controller's log over the bus and writes it back. The log is
 * the memory that it lends to the bus driver. It is larger than any region that the task's block
 * can have, so the loan crosses a boundary wherever the build puts it. */
#include "task.h"
#include <protocol/i2c.h>
#include <protocol/supervisor.h>
#include <stdbool.h>
#include <user/line.h>
#include <user/syscalls.h>

#define POWER_CONTROLLER CONFIG_DEVICE
#define LOG_REGISTER     0x100u
#define ROUNDS_PER_LINE  8u

uint8_t power_log[CONFIG_LOG_BYTES]; /* found by its name: check-crossing measures it */

static uint32_t log_transfer(enum i2c_operation operation, uint32_t access)
{
    const struct i2c_transfer what = {POWER_CONTROLLER, LOG_REGISTER};
    const struct loan loan = {(uint32_t)power_log, sizeof power_log, access};
    return send(&(struct message){
        .task = TASK_I2C,
        .operation = operation,
        .data = &what,
        .length = sizeof what,
        .loans = &loan,
        .loan_count = 1,
    });
}

static void tell_supervisor(enum supervisor_operation operation)
{
    (void)send(&(struct message){.task = TASK_SUPERVISOR, .operation = operation});
}

/* A bus driver that died over a transfer has let go of the log, and its next life knows nothing of
 * it. */
static bool log_transfer_to_the_end(enum i2c_operation operation, uint32_t access)
{
    uint32_t code = log_transfer(operation, access);
    while (code == CODE_DEAD) {
        struct line line = {.length = 0};
        line_text(&line, "sequencer: the bus driver was restarted, transfers again");
        line_print(&line);
        tell_supervisor(SUPERVISOR_RETRIES);
        code = log_transfer(operation, access);
    }
    return code == I2C_OK;
}

static void tell_round(uint32_t round)
{
    struct line line = {.length = 0};
    line_text(&line, "sequencer: ");
    line_decimal(&line, sizeof power_log);
    line_text(&line, " bytes read and written back over the bus, round ");
    line_decimal(&line, round);
    line_print(&line);
}

int main(void)
{
    for (uint32_t round = 1;; round++) {
        for (uint32_t i = 0; i < sizeof power_log; i++)
            power_log[i] = 0;
        if (!log_transfer_to_the_end(I2C_READ, LOAN_WRITE))
            panic("the bus driver could not fill the log");
        if (!log_transfer_to_the_end(I2C_WRITE, LOAN_READ))
            panic("the bus driver got another log back than it gave");
        if (round % ROUNDS_PER_LINE == 1)
            tell_round(round);
        tell_supervisor(SUPERVISOR_WELL);
        set_timer(5, NOTIFY_TIMER);
        wait(NOTIFY_TIMER);
    }
}
