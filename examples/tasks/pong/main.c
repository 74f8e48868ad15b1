/* Counts hits. */
#include <protocol/pong.h>
#include <user/syscalls.h>

static volatile uint32_t count;

static uint32_t answer(uint32_t operation)
{
    if (operation == PONG_WHERE)
        return (uint32_t)&count;
    count++;
    return count;
}

int main(void)
{
    for (;;) {
        const struct received request = receive(0, 0, 0);
        const uint32_t word = answer(request.operation);
        const uint32_t length =
            request.reply_capacity < sizeof word ? request.reply_capacity : sizeof word;
        reply(request.sender, 0, &word, length);
    }
}
