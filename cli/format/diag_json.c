#include "cli/format/diag_json.h"

#include "cli/format/json_text.h"

#include <jansson.h>

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

static void set_text(json_t *json, const char *key, const char *text)
{
    if (text != NULL)
        json_object_set_new(json, key, json_string(text));
}

static void set_number(json_t *json, const char *key, uint32_t number)
{
    if (number != 0)
        json_object_set_new(json, key, json_integer(number));
}

static json_t *one_json(const struct diag *diag)
{
    json_t *json = json_object();
    set_text(json, "level", level_name(diag->level));
    set_text(json, "code", diag->code);
    set_text(json, "message", diag->message);
    set_text(json, "file", diag->pos.file);
    set_number(json, "line", diag->pos.line);
    set_number(json, "column", diag->pos.column);
    set_text(json, "hint", diag->hint);
    set_text(json, "quote", diag->quote);
    return json;
}

const char *diag_json(const struct diag_list *diags, struct arena *arena)
{
    json_t *list = json_array();
    for (size_t i = 0; i < diags->count; i++)
        json_array_append_new(list, one_json(&diags->items[i]));
    json_t *json = json_object();
    json_object_set_new(json, "diagnostics", list);
    const char *text = json_text_take(json_dumps(json, JSON_INDENT(1)), arena);
    json_decref(json);
    return text;
}
