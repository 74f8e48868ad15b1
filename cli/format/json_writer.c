#include "cli/format/json_writer.h"

#include "base/shown_text.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct json_writer json_writer_in(struct arena *arena, enum json_style style)
{
    return (struct json_writer){.text = buffer_in(arena), .style = style};
}

/* ---- texts ---- */

static void append_unit(struct buffer *buffer, uint32_t unit)
{
    buffer_format(buffer, "\\u%04X", unit);
}

/* Characters behind U+FFFF are pairs. Source: RFC 8259, 7. */
static void append_character(struct buffer *buffer, uint32_t character)
{
    if (character < 0x10000) {
        append_unit(buffer, character);
        return;
    }
    append_unit(buffer, 0xd800 + ((character - 0x10000) >> 10));
    append_unit(buffer, 0xdc00 + ((character - 0x10000) & 0x3ff));
}

/* The letter behind the backslash of a character that has one; 0: none. */
static uint8_t short_escape(uint8_t byte)
{
    static const char bytes[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = byte == '\0' ? NULL : strchr(bytes, byte);
    return found == NULL ? 0 : (uint8_t)letters[found - bytes];
}

static bool is_plain(const struct json_writer *writer, uint32_t character)
{
    switch (writer->style) {
    case JSON_LINES:
    case JSON_LINE:
        return true;
    case JSON_ASCII:
        return character < 0x80;
    case JSON_SCRIPT:
        return character < 0x80 && character != '<' && character != '>' && character != '&';
    }
    return false;
}

/* How many bytes at the front stand in a text as they are. */
static size_t plain_bytes(const struct json_writer *writer, struct span text)
{
    size_t at = 0;
    while (at < text.bytes && short_escape(text.data[at]) == 0) {
        uint32_t character = 0;
        const size_t bytes = shown_text_bytes(text.data + at, text.bytes - at);
        (void)shown_text_decode(text.data + at, text.bytes - at, &character);
        if (bytes == 0 || !is_plain(writer, character))
            break;
        at += bytes;
    }
    return at;
}

/* Returns how many bytes it has escaped. */
static size_t append_escaped(struct buffer *buffer, struct span text)
{
    const uint8_t letter = short_escape(text.data[0]);
    uint32_t character = 0;
    const size_t bytes = shown_text_decode(text.data, text.bytes, &character);
    if (letter != 0)
        buffer_format(buffer, "\\%c", letter);
    else if (bytes != 0)
        append_character(buffer, character);
    else
        buffer_format(buffer, "\\\\x%02x", text.data[0]);
    return bytes == 0 ? 1 : bytes;
}

static void append_text(struct json_writer *writer, const char *text)
{
    struct span left = span_of_text(text);
    buffer_append_byte(&writer->text, '"');
    while (left.bytes > 0) {
        size_t bytes = plain_bytes(writer, left);
        buffer_append(&writer->text, left.data, bytes);
        if (bytes == 0)
            bytes = append_escaped(&writer->text, left);
        left = (struct span){left.data + bytes, left.bytes - bytes};
    }
    buffer_append_byte(&writer->text, '"');
}

/* ---- structure ---- */

static void begin_line(struct json_writer *writer)
{
    if (writer->style != JSON_LINES)
        return;
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
    append_text(writer, key);
    buffer_append_text(&writer->text, writer->style == JSON_LINES ? ": " : ":");
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

static void append_number(struct json_writer *writer, uint64_t value)
{
    char digits[20];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    buffer_append(&writer->text, digits + first, sizeof digits - first);
}

void json_writer_number(struct json_writer *writer, const char *key, uint64_t value)
{
    begin_item(writer, key);
    append_number(writer, value);
}

void json_writer_change(struct json_writer *writer, const char *key, uint64_t was, uint64_t is)
{
    begin_item(writer, key);
    if (is < was)
        buffer_append_byte(&writer->text, '-');
    append_number(writer, is < was ? was - is : is - was);
}

void json_writer_flag(struct json_writer *writer, const char *key, bool value)
{
    begin_item(writer, key);
    buffer_append_text(&writer->text, value ? "true" : "false");
}

void json_writer_null(struct json_writer *writer, const char *key)
{
    begin_item(writer, key);
    buffer_append_text(&writer->text, "null");
}

void json_writer_text(struct json_writer *writer, const char *key, const char *text)
{
    if (text == NULL) {
        json_writer_null(writer, key);
        return;
    }
    begin_item(writer, key);
    append_text(writer, text);
}

void json_writer_texts(struct json_writer *writer, const char *key, const char *const *items,
                       size_t count)
{
    json_writer_open_list(writer, key);
    for (size_t i = 0; i < count; i++)
        json_writer_text(writer, NULL, items[i]);
    json_writer_close_list(writer);
}

/* ---- copies ---- */

static void copy_number(struct json_writer *writer, const char *key, const json_t *json)
{
    char *dumped = json_dumps(json, JSON_ENCODE_ANY);
    begin_item(writer, key);
    buffer_append_text(&writer->text, dumped);
    free(dumped);
}

static void copy_value(struct json_writer *writer, const char *key, json_t *json)
{
    const char *name;
    json_t *value;
    size_t index;
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        json_writer_open_object(writer, key);
        json_object_foreach(json, name, value) copy_value(writer, name, value);
        json_writer_close_object(writer);
        return;
    case JSON_ARRAY:
        json_writer_open_list(writer, key);
        json_array_foreach(json, index, value) copy_value(writer, NULL, value);
        json_writer_close_list(writer);
        return;
    case JSON_STRING:
        json_writer_text(writer, key, json_string_value(json));
        return;
    case JSON_INTEGER:
    case JSON_REAL:
        copy_number(writer, key, json);
        return;
    case JSON_TRUE:
    case JSON_FALSE:
        json_writer_flag(writer, key, json_is_true(json));
        return;
    case JSON_NULL:
        json_writer_null(writer, key);
        return;
    }
}

void json_writer_json(struct json_writer *writer, const char *key, const char *json)
{
    json_t *root = json_loads(json, JSON_DECODE_ANY, NULL);
    assert(root != NULL);
    copy_value(writer, key, root);
    json_decref(root);
}

const char *json_writer_end(struct json_writer *writer)
{
    buffer_append_byte(&writer->text, '\n');
    return json_writer_end_inline(writer);
}

const char *json_writer_end_inline(struct json_writer *writer)
{
    assert(writer->depth == 0);
    return buffer_text(&writer->text);
}
