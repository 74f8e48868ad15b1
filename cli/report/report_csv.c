#include "cli/report/report_csv.h"

#include "base/buffer.h"
#include "cli/report/report_names.h"

#include <string.h>

struct csv {
    struct buffer out;
    const struct report *report;
    const char *memory; /* of the rows being written */
    const char *owner;
};

/* Spreadsheets evaluate cells that start with these, and symbols may have any name.
 * Source: OWASP, CSV Injection. */
static bool is_formula(const char *text)
{
    return text[0] != '\0' && strchr("=+-@\t\r\n", text[0]) != NULL;
}

/* Fields with a separator are quoted, with quotes inside doubled; an apostrophe precedes what would
 * be a formula. */
static void put_text(struct csv *csv, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL && !is_formula(text)) {
        buffer_append_text(&csv->out, text);
        return;
    }
    buffer_append_text(&csv->out, is_formula(text) ? "\"'" : "\"");
    for (; *text != '\0'; text++) {
        if (*text == '"')
            buffer_append_byte(&csv->out, '"');
        buffer_append_byte(&csv->out, (uint8_t)*text);
    }
    buffer_append_byte(&csv->out, '"');
}

static void put_row(struct csv *csv, uint64_t addr, uint64_t bytes, const char *kind,
                    const char *const *names, size_t name_count)
{
    put_text(csv, csv->memory);
    buffer_format(&csv->out, ",0x%08llx,%llu,", (unsigned long long)addr,
                  (unsigned long long)bytes);
    put_text(csv, kind);
    buffer_append_byte(&csv->out, ',');
    put_text(csv, csv->owner);
    for (size_t i = 0; i < name_count; i++) {
        buffer_append_byte(&csv->out, ',');
        put_text(csv, names[i]);
    }
    buffer_append_text(&csv->out, "\r\n");
}

static void put_plain(struct csv *csv, uint64_t addr, uint64_t bytes, const char *kind)
{
    static const char *const nothing[] = {"", "", "", ""};
    if (bytes != 0)
        put_row(csv, addr, bytes, kind, nothing, sizeof nothing / sizeof *nothing);
}

static void put_section(struct csv *csv, const struct report_section *section)
{
    for (size_t o = 0; o < section->object_count; o++) {
        const struct report_object *object = &section->objects[o];
        for (size_t i = 0; i < object->symbol_count; i++) {
            const struct report_symbol *symbol = &object->symbols[i];
            const char *const names[] = {section->name, object->name, symbol->name,
                                         report_names_symbol(symbol->kind)};
            put_row(csv, symbol->addr, symbol->bytes, report_names_section(section->kind), names,
                    sizeof names / sizeof *names);
        }
    }
}

static void put_block(struct csv *csv, const struct report_block *block)
{
    for (size_t i = 0; i < block->section_count; i++)
        put_section(csv, &block->sections[i]);
    put_plain(csv, block->base + block->linked_bytes, block->need_bytes - block->linked_bytes,
              "rounding");
    put_plain(csv, block->base + block->need_bytes, block->bytes - block->need_bytes, "padding");
}

static void put_memory_row(struct csv *csv, const struct report_row *row)
{
    csv->owner = "";
    if (row->program != REPORT_NONE) {
        csv->owner = csv->report->programs[row->program].name;
        put_block(csv, &csv->report->programs[row->program].blocks[row->block]);
        return;
    }
    const uint64_t own = row->kind == REPORT_ROW_INFO ? row->need_bytes : row->bytes;
    put_plain(csv, row->start, own, report_names_row(row->kind));
    put_plain(csv, row->start + own, row->bytes - own, "padding");
}

const char *report_csv(const struct report *report, struct arena *arena)
{
    struct csv csv = {.out = buffer_in(arena), .report = report};
    buffer_append_text(&csv.out,
                       "memory,address,size,kind,owner,section,object,symbol,symbol_kind\r\n");
    for (size_t m = 0; m < report->memory_count; m++) {
        csv.memory = report->memories[m].name;
        for (size_t i = 0; i < report->memories[m].row_count; i++)
            put_memory_row(&csv, &report->memories[m].rows[i]);
    }
    return buffer_text(&csv.out);
}
