#include <protocol/uart.h>
#include <user/line.h>
#include <user/syscalls.h>

/* The library is linked into each task by itself, so this is the index that the task's own `uart`
 * slot names. A symbol has an address where a macro has a value. */
extern const char __task_uart[];

void line_print(struct line *line)
{
    line->text[line->length++] = '\n';
    const struct loan loan = {(uint32_t)line->text, line->length, LOAN_READ};
    (void)send(&(struct message){
        .task = (uint32_t)__task_uart,
        .operation = UART_WRITE,
        .loans = &loan,
        .loan_count = 1,
    });
    line->length = 0;
}
