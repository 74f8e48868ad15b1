#include <user/line.h>

static void line_character(struct line *line, char character)
{
    if (line->length < sizeof line->text - 1)
        line->text[line->length++] = character;
}

void line_text(struct line *line, const char *text)
{
    while (*text)
        line_character(line, *text++);
}

void line_decimal(struct line *line, uint32_t value)
{
    char digits[10];
    uint32_t count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (count)
        line_character(line, digits[--count]);
}

void line_hex(struct line *line, uint32_t value)
{
    line_text(line, "0x");
    for (uint32_t shift = 32; shift;) {
        shift -= 4;
        line_character(line, "0123456789abcdef"[value >> shift & 15]);
    }
}

const char *line_string(struct line *line)
{
    line->text[line->length] = '\0';
    return line->text;
}
