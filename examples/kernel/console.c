#include "console.h"
#include "machine.h"

static char pending[120];
static uint32_t pending_count;

static void console_flush(void)
{
    pending[pending_count] = '\0';
    machine_write(pending);
    pending_count = 0;
}

static void console_character(char character)
{
    pending[pending_count++] = character;
    if (character == '\n' || pending_count == sizeof pending - 1)
        console_flush();
}

void console_text(const char *text)
{
    while (*text)
        console_character(*text++);
}

void console_line(const char *text)
{
    console_text(text);
    console_character('\n');
}

void console_decimal(uint32_t value)
{
    char digits[10];
    uint32_t count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (count)
        console_character(digits[--count]);
}

void console_hex_digits(uint32_t value, uint32_t digits)
{
    if (digits == 0) {
        digits = 1;
        while (digits < 8 && value >> (4 * digits))
            digits++;
    }
    while (digits--)
        console_character("0123456789abcdef"[value >> (4 * digits) & 15]);
}

void console_hex(uint32_t value)
{
    console_text("0x");
    console_hex_digits(value, 8);
}

void console_untrusted(const char *text)
{
    for (; *text; text++) {
        const bool plain = *text >= ' ' && *text <= '~' && *text != '"' && *text != '\\';
        console_character(plain ? *text : '?');
    }
}
