/* Drives the CMSDK UART: one byte at a time, by the transmit interrupt. */
#include "task.h"
#include <protocol/uart.h>
#include <user/syscalls.h>

/* Source: Arm Cortex-M System Design Kit TRM (DDI 0479), APB UART. */
struct cmsdk_uart {
    volatile uint32_t data;
    volatile uint32_t state;
    volatile uint32_t control;
    volatile uint32_t interrupt; /* read: which are pending; write: clear them */
    volatile uint32_t baud_divider;
};
#define CONTROL_TRANSMIT           (1u << 0)
#define CONTROL_TRANSMIT_INTERRUPT (1u << 2)
#define INTERRUPT_TRANSMIT         (1u << 0)

static struct cmsdk_uart *const uart = (struct cmsdk_uart *)PERIPH_UART0_BASE;

static void uart_start(void)
{
    uart->baud_divider = CONFIG_CLOCK / CONFIG_BAUD;
    uart->interrupt = INTERRUPT_TRANSMIT;
    uart->control = CONTROL_TRANSMIT | CONTROL_TRANSMIT_INTERRUPT;
}

/* The kernel switches an interrupt off when it passes it on. An early one that was still pending
 * may come in place of this byte's, so only the device says that the byte has left. */
static void uart_put(char character)
{
    uart->data = (uint8_t)character;
    do {
        irq_control(NOTIFY_TX, IRQ_ENABLE);
        wait(NOTIFY_TX);
    } while (!(uart->interrupt & INTERRUPT_TRANSMIT));
    uart->interrupt = INTERRUPT_TRANSMIT;
}

static enum uart_code uart_write(const struct received *request)
{
    uint32_t access;
    uint32_t length;
    if (request->operation != UART_WRITE ||
        loan_info(request->sender, 0, &access, &length) != CODE_OK || !(access & LOAN_READ))
        return UART_BAD_REQUEST;
    char chunk[32];
    for (uint32_t sent = 0; sent < length; sent += sizeof chunk) {
        const uint32_t left = length - sent;
        const uint32_t count = left < sizeof chunk ? left : sizeof chunk;
        if (borrow_read(request->sender, 0, sent, chunk, count) != CODE_OK)
            return UART_BAD_REQUEST;
        for (uint32_t i = 0; i < count; i++)
            uart_put(chunk[i]);
    }
    return UART_OK;
}

int main(void)
{
    uart_start();
    for (;;) {
        const struct received request = receive(0, 0, 0);
        reply(request.sender, uart_write(&request), 0, 0);
    }
}
