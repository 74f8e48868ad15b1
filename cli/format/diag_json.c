#include "cli/format/diag_json.h"

#include "cli/format/json_writer.h"

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

static void write_text(struct json_writer *writer, const char *key, const char *text)
{
    if (text != NULL)
        json_writer_text(writer, key, text);
}

static void write_number(struct json_writer *writer, const char *key, uint32_t number)
{
    if (number != 0)
        json_writer_number(writer, key, number);
}

static void write_diag(struct json_writer *writer, const struct diag *diag)
{
    json_writer_open_object(writer, NULL);
    write_text(writer, "level", level_name(diag->level));
    write_text(writer, "code", diag->code);
    write_text(writer, "message", diag->message);
    write_text(writer, "file", diag->pos.file);
    write_number(writer, "line", diag->pos.line);
    write_number(writer, "column", diag->pos.column);
    write_text(writer, "hint", diag->hint);
    write_text(writer, "quote", diag->quote);
    json_writer_close_object(writer);
}

const char *diag_json(const struct diag_list *diags, struct arena *arena)
{
    struct json_writer writer = json_writer_in(arena, JSON_LINES);
    json_writer_open_object(&writer, NULL);
    json_writer_open_list(&writer, "diagnostics");
    for (size_t i = 0; i < diags->count; i++)
        write_diag(&writer, &diags->items[i]);
    json_writer_close_list(&writer);
    json_writer_close_object(&writer);
    return json_writer_end(&writer);
}
