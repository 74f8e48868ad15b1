/* The kernel's own output, which works before any driver runs. A line reaches the machine when it
 * ends, or in pieces if it is long. */
#ifndef KERNEL_CONSOLE_H
#define KERNEL_CONSOLE_H

#include <stdint.h>

void console_text(const char *text);
void console_line(const char *text); /* and ends the line */
void console_decimal(uint32_t value);
void console_hex(uint32_t value); /* 0x and 8 digits */

/* Shape: digits 0 for as many as the value needs. */
void console_hex_digits(uint32_t value, uint32_t digits);

/* Text of a task: what is not printable, and what JSON would have to escape, becomes '?'. */
void console_untrusted(const char *text);

#endif
