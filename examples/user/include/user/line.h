/* A line of text, built up piece by piece. What does not fit is cut. */
#ifndef USER_LINE_H
#define USER_LINE_H

#include <stdint.h>

struct line {
    char text[96]; /* with room for a last character, '\n' or '\0' */
    uint32_t length;
};

void line_text(struct line *line, const char *text);
void line_decimal(struct line *line, uint32_t value);
void line_hex(struct line *line, uint32_t value);

const char *line_string(struct line *line);

/* Prints the line through the task's `uart` slot, by lending it. */
void line_print(struct line *line);

#endif
