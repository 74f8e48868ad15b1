/* What the UART driver understands. */
#ifndef PROTOCOL_UART_H
#define PROTOCOL_UART_H

enum uart_operation {
    UART_WRITE, /* loan 0, readable: the bytes to send; replies when all have left */
};

enum uart_code {
    UART_OK,
    UART_BAD_REQUEST,
};

#endif
