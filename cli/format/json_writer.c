#include "cli/format/json_writer.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct json_writer json_writer_in(struct arena *arena)
{
    return (struct json_writer){.text = buffer_in(arena)};
}

/* ---- texts ---- */

static bool needs_escapes(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == '"' || text[i] == '\\')
            return true;
    return false;
}

static void append_escaped(struct buffer *buffer, const char *text)
{
    json_t *json = json_string(text);
    char *dumped = json_dumps(json, JSON_ENCODE_ANY);
    json_decref(json);
    assert(dumped != NULL); /* manifests are read as UTF-8 only */
    buffer_append_text(buffer, dumped);
    free(dumped);
}

static void append_text(struct buffer *buffer, const char *text)
{
    const size_t bytes = strlen(text);
    if (needs_escapes(text, bytes)) {
        append_escaped(buffer, text);
        return;
    }
    buffer_append_byte(buffer, '"');
    buffer_append(buffer, text, bytes);
    buffer_append_byte(buffer, '"');
}

/* ---- structure ---- */

static void begin_line(struct json_writer *writer)
{
    buffer_append_byte(&writer->text, '\n');
    buffer_fill(&writer->text, ' ', writer->depth);
}

static void begin_item(struct json_writer *writer, const char *key)
{
    if (writer->has_item)
        buffer_append_byte(&writer->text, ',');
    if (writer->depth > 0)
        begin_line(writer);
    writer->has_item = true;
    if (key == NULL)
        return;
    append_text(&writer->text, key);
    buffer_append(&writer->text, ": ", 2);
}

static void open_value(struct json_writer *writer, const char *key, uint8_t bracket)
{
    begin_item(writer, key);
    buffer_append_byte(&writer->text, bracket);
    writer->depth++;
    writer->has_item = false;
}

static void close_value(struct json_writer *writer, uint8_t bracket)
{
    writer->depth--;
    if (writer->has_item)
        begin_line(writer);
    buffer_append_byte(&writer->text, bracket);
    writer->has_item = true;
}

void json_writer_open_object(struct json_writer *writer, const char *key)
{
    open_value(writer, key, '{');
}

void json_writer_close_object(struct json_writer *writer)
{
    close_value(writer, '}');
}

void json_writer_open_list(struct json_writer *writer, const char *key)
{
    open_value(writer, key, '[');
}

void json_writer_close_list(struct json_writer *writer)
{
    close_value(writer, ']');
}

/* ---- values ---- */

void json_writer_number(struct json_writer *writer, const char *key, uint64_t value)
{
    char digits[20];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    begin_item(writer, key);
    buffer_append(&writer->text, digits + first, sizeof digits - first);
}

void json_writer_flag(struct json_writer *writer, const char *key, bool value)
{
    begin_item(writer, key);
    buffer_append_text(&writer->text, value ? "true" : "false");
}

void json_writer_text(struct json_writer *writer, const char *key, const char *text)
{
    begin_item(writer, key);
    append_text(&writer->text, text);
}

const char *json_writer_end(struct json_writer *writer)
{
    assert(writer->depth == 0);
    buffer_append_byte(&writer->text, '\n');
    return buffer_text(&writer->text);
}
