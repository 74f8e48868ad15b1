/* Diagnostics as text. */
#include "cli/terminal.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/shown_text.h"

#include <stdio.h>
#include <string.h>

enum { SOURCE_LIMIT_BYTES = 16 << 20, LINE_LIMIT_BYTES = 400 };

#define BOLD   "\033[1m"
#define RED    "\033[1;31m"
#define YELLOW "\033[1;33m"
#define CYAN   "\033[1;36m"
#define PLAIN  "\033[0m"

struct printing {
    struct buffer out;
    bool has_color;
    const char *file; /* the file whose text is loaded */
    struct span source;
};

static void put_color(struct printing *printing, const char *sequence)
{
    if (printing->has_color)
        buffer_append_text(&printing->out, sequence);
}

/* Names and texts come from files. */
static void put_safely(struct printing *printing, struct span text)
{
    buffer_append_text(&printing->out, shown_text_of_span(printing->out.arena, text, SHOWN_LINE));
}

static void put_text(struct printing *printing, const char *text)
{
    put_safely(printing, span_of_text(text));
}

static const char *level_name(enum diag_level level)
{
    switch (level) {
    case DIAG_ERROR:
        return "error";
    case DIAG_WARNING:
        return "warning";
    case DIAG_NOTE:
        return "note";
    }
    return "";
}

static const char *level_color(enum diag_level level)
{
    switch (level) {
    case DIAG_ERROR:
        return RED;
    case DIAG_WARNING:
        return YELLOW;
    case DIAG_NOTE:
        return CYAN;
    }
    return "";
}

static void put_head(struct printing *printing, const struct diag *diag)
{
    put_color(printing, BOLD);
    if (diag->pos.file != NULL) {
        put_text(printing, diag->pos.file);
        if (diag->pos.line != 0)
            buffer_format(&printing->out, ":%u", diag->pos.line);
        if (diag->pos.line != 0 && diag->pos.column != 0)
            buffer_format(&printing->out, ":%u", diag->pos.column);
        buffer_append_text(&printing->out, ": ");
    }
    put_color(printing, level_color(diag->level));
    buffer_format(&printing->out, "%s[%s]: ", level_name(diag->level), diag->code);
    put_color(printing, PLAIN);
    put_text(printing, diag->message);
    buffer_append_byte(&printing->out, '\n');
}

/* The text of one line of a file; false when the file cannot be read or has no such line. */
static bool find_line(struct printing *printing, struct source_pos pos, struct span *ret)
{
    if (printing->file == NULL || strcmp(printing->file, pos.file) != 0) {
        struct diag_list ignored = diag_list_in(printing->out.arena);
        printing->file = pos.file;
        printing->source = (struct span){NULL, 0};
        if (!file_read(printing->out.arena, pos.file, SOURCE_LIMIT_BYTES, NOWHERE,
                       &printing->source, &ignored))
            return false;
    }
    struct span left = printing->source;
    for (uint32_t line = 1; left.bytes > 0; line++) {
        const uint8_t *newline = memchr(left.data, '\n', left.bytes);
        const size_t bytes = newline == NULL ? left.bytes : (size_t)(newline - left.data);
        if (line == pos.line) {
            *ret = (struct span){left.data, bytes};
            return true;
        }
        const size_t skipped = newline == NULL ? bytes : bytes + 1;
        left = (struct span){left.data + skipped, left.bytes - skipped};
    }
    return false;
}

static bool begins_character(uint8_t byte)
{
    return (byte & 0xc0) != 0x80;
}

/* The part of a line before a column, which counts code points. */
static struct span before_column(struct span line, uint32_t column)
{
    uint32_t at = 0;
    for (size_t i = 0; i < line.bytes; i++) {
        at += begins_character(line.data[i]) ? 1 : 0;
        if (at == column)
            return (struct span){line.data, i};
    }
    return line;
}

/* Blanks as wide as what is printed before a column; tabs stay tabs, so that the caret lines up. */
static void put_caret(struct printing *printing, struct span line, uint32_t column)
{
    const char *shown =
        shown_text_of_span(printing->out.arena, before_column(line, column), SHOWN_LINE);
    for (; *shown != '\0'; shown++) {
        if (begins_character((uint8_t)*shown))
            buffer_append_byte(&printing->out, *shown == '\t' ? '\t' : ' ');
    }
    put_color(printing, BOLD);
    buffer_append_byte(&printing->out, '^');
    put_color(printing, PLAIN);
    buffer_append_byte(&printing->out, '\n');
}

static void put_source(struct printing *printing, struct source_pos pos)
{
    struct span line;
    if (pos.file == NULL || pos.line == 0 || !find_line(printing, pos, &line))
        return;
    if (line.bytes > 0 && line.data[line.bytes - 1] == '\r')
        line.bytes--;
    if (line.bytes > LINE_LIMIT_BYTES)
        line.bytes = LINE_LIMIT_BYTES;
    buffer_append_text(&printing->out, "  ");
    put_safely(printing, line);
    buffer_append_byte(&printing->out, '\n');
    if (pos.column != 0) {
        buffer_append_text(&printing->out, "  ");
        put_caret(printing, line, pos.column);
    }
}

static void put_quote(struct printing *printing, const char *quote)
{
    while (*quote != '\0') {
        const size_t bytes = strcspn(quote, "\n");
        buffer_append_text(&printing->out, "  | ");
        put_safely(printing, (struct span){(const uint8_t *)quote, bytes});
        buffer_append_byte(&printing->out, '\n');
        quote += bytes + (quote[bytes] == '\n');
    }
}

static void put_diag(struct printing *printing, const struct diag *diag)
{
    put_head(printing, diag);
    put_source(printing, diag->pos);
    if (diag->quote != NULL)
        put_quote(printing, diag->quote);
    if (diag->hint != NULL) {
        put_color(printing, CYAN);
        buffer_append_text(&printing->out, "hint: ");
        put_color(printing, PLAIN);
        put_text(printing, diag->hint);
        buffer_append_byte(&printing->out, '\n');
    }
}

void terminal_print_diags(struct terminal *terminal, struct arena *arena,
                          const struct diag_list *diags)
{
    terminal_progress_end(terminal);
    struct printing printing = {.out = buffer_in(arena), .has_color = terminal->has_color};
    for (size_t i = 0; i < diags->count; i++) {
        if (terminal->verbosity != QUIET || diags->items[i].level != DIAG_NOTE)
            put_diag(&printing, &diags->items[i]);
    }
    fwrite(printing.out.data, 1, printing.out.bytes, stderr);
    fflush(stderr);
}
