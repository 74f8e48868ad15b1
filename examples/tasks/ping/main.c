/* Hits pong, and checks that pong has kept count. */
#include "task.h"
#include <protocol/pong.h>
#include <protocol/supervisor.h>
#include <user/line.h>
#include <user/syscalls.h>

#define ROUNDS_PER_LINE 16u

static uint32_t hit(void)
{
    uint32_t count = 0;
    (void)send(&(struct message){
        .task = TASK_PONG,
        .operation = PONG_HIT,
        .reply = &count,
        .reply_capacity = sizeof count,
    });
    return count;
}

static void tell_round(uint32_t round)
{
    struct line line = {.length = 0};
    line_text(&line, "ping: pong has answered, count ");
    line_decimal(&line, round);
    line_print(&line);
}

int main(void)
{
    for (uint32_t round = 1;; round++) {
        if (hit() != round)
            panic("pong has lost count");
        if (round % ROUNDS_PER_LINE == 1)
            tell_round(round);
        (void)send(&(struct message){.task = TASK_SUPERVISOR, .operation = SUPERVISOR_WELL});
        set_timer(10, NOTIFY_TIMER);
        wait(NOTIFY_TIMER);
    }
}
