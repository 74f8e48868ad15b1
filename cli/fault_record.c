#include "cli/fault_record.h"

#include "base/buffer.h"
#include "cli/address_answer.h"

#include <jansson.h>

#include <string.h>

struct reader {
    const json_t *json;
    struct source_pos pos;
    struct arena *arena;
    struct diag_list *diags;
    bool ok;
};

static void damaged(struct reader *reader, const char *what)
{
    if (reader->ok)
        diag_error(reader->diags, "fault-malformed", reader->pos, "this fault record: %s", what);
    reader->ok = false;
}

/* ---- fields ---- */

static const char *read_text(struct reader *reader, const char *key)
{
    const json_t *value = json_object_get(reader->json, key);
    if (value == NULL || json_is_null(value))
        return NULL;
    if (!json_is_string(value)) {
        damaged(reader, arena_format(reader->arena, "'%s' is no text", key));
        return NULL;
    }
    return arena_copy_text(reader->arena, json_string_value(value), json_string_length(value));
}

static struct fault_number read_number(struct reader *reader, const json_t *json, const char *key)
{
    const json_t *value = json_object_get(json, key);
    struct fault_number number = {.is_given = true};
    if (value == NULL || json_is_null(value))
        return (struct fault_number){0};
    const json_int_t integer = json_integer_value(value);
    const bool is_text = json_is_string(value) &&
                         address_parse(span_of_text(json_string_value(value)), &number.value);
    if (json_is_integer(value) && integer >= 0 && integer <= UINT32_MAX)
        number.value = (uint64_t)integer;
    else if (!is_text)
        damaged(reader, arena_format(reader->arena, "'%s' is no number of 32 bits", key));
    return number;
}

/* ---- the stack ---- */

static int hex_digit(char character)
{
    const char *digits = "0123456789abcdef";
    const char *found = strchr(digits, character | (character >= 'A' ? 0x20 : 0));
    return character == '\0' || found == NULL ? -1 : (int)(found - digits);
}

static bool read_hex(const char *text, size_t length, uint8_t *ret)
{
    if (length % 2 != 0)
        return false;
    for (size_t i = 0; i < length; i += 2) {
        const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret[i / 2] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* Either alphabet of RFC 4648. */
static int base64_digit(char character)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = strchr(plain, character == '-' ? '+' : character == '_' ? '/' : character);
    return character == '\0' || found == NULL ? -1 : (int)(found - plain);
}

/* With or without padding. ret: room for three bytes of four characters. */
static bool read_base64(const char *text, size_t length, uint8_t *ret, size_t *ret_bytes)
{
    while (length > 0 && text[length - 1] == '=')
        length--;
    uint32_t bits = 0;
    unsigned bit_count = 0;
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        const int digit = base64_digit(text[i]);
        if (digit < 0)
            return false;
        bits = (bits << 6 | (uint32_t)digit) & 0xffffff;
        bit_count += 6;
        if (bit_count < 8)
            continue;
        bit_count -= 8;
        ret[count++] = (uint8_t)(bits >> bit_count);
    }
    *ret_bytes = count;
    return length % 4 != 1;
}

static void read_stack(struct reader *reader, struct fault_record *record)
{
    const char *text = read_text(reader, "stack");
    if (text == NULL || text[0] == '\0')
        return;
    const size_t length = strlen(text);
    uint8_t *bytes = ARENA_ARRAY(reader->arena, uint8_t, length);
    size_t count = length / 2;
    if (!read_hex(text, length, bytes) && !read_base64(text, length, bytes, &count)) {
        damaged(reader, "'stack' is neither hexadecimal nor base64");
        return;
    }
    record->stack = (struct span){bytes, count};
    record->has_stack = true;
}

/* ---- the record ---- */

static void read_registers(struct reader *reader, struct fault_record *record)
{
    const json_t *registers = json_object_get(reader->json, "registers");
    for (unsigned i = 0; i < FAULT_REGISTERS; i++)
        record->registers[i] =
            read_number(reader, registers, arena_format(reader->arena, "r%u", i));
}

static void read_fields(struct reader *reader, struct fault_record *record)
{
    record->archive_id = read_text(reader, "archive_id");
    record->task = read_text(reader, "task");
    record->kind = read_text(reader, "kind");
    record->by = read_text(reader, "by");
    record->message = read_text(reader, "message");
    record->gen = read_number(reader, reader->json, "gen");
    record->address = read_number(reader, reader->json, "address");
    record->length = read_number(reader, reader->json, "length");
    record->pc = read_number(reader, reader->json, "pc");
    record->lr = read_number(reader, reader->json, "lr");
    record->sp = read_number(reader, reader->json, "sp");
    read_registers(reader, record);
    read_stack(reader, record);
}

static bool is_record(const json_t *json)
{
    static const char *const keys[] = {"archive_id", "kind", "pc", "address"};
    size_t count = 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        count += json_object_get(json, keys[i]) != NULL;
    return count >= 2;
}

static bool begins_record(struct span line)
{
    static const char key[] = "\"archive_id\"";
    for (size_t i = 0; i + sizeof key - 1 <= line.bytes; i++)
        if (memcmp(line.data + i, key, sizeof key - 1) == 0)
            return true;
    return false;
}

/* No record is nested deeper than its registers are: what jansson would follow for thousands of
 * levels is none. */
static bool is_shallow(struct span line)
{
    size_t depth = 0;
    for (size_t i = 0; i < line.bytes; i++)
        if ((line.data[i] == '{' || line.data[i] == '[') && ++depth > 64)
            return false;
    return true;
}

enum fault_line fault_record_read(struct span line, struct source_pos pos, struct arena *arena,
                                  struct fault_record *ret, struct diag_list *diags)
{
    const uint8_t *start = line.bytes == 0 ? NULL : memchr(line.data, '{', line.bytes);
    if (start == NULL)
        return FAULT_OTHER_LINE;
    const struct span text = {start, line.bytes - (size_t)(start - line.data)};
    json_error_t error;
    json_t *json = !is_shallow(text) ? NULL
                                     : json_loadb((const char *)text.data, text.bytes,
                                                  JSON_DISABLE_EOF_CHECK, &error);
    struct reader reader = {json, pos, arena, diags, true};
    struct fault_record record = {0};
    if (json == NULL && !begins_record(text))
        return FAULT_OTHER_LINE;
    if (json == NULL) {
        damaged(&reader, "it is no whole JSON object");
        return FAULT_DAMAGED;
    }
    const bool is_one = is_record(json);
    if (is_one)
        read_fields(&reader, &record);
    json_decref(json);
    if (!is_one)
        return FAULT_OTHER_LINE;
    if (!reader.ok)
        return FAULT_DAMAGED;
    *ret = record;
    return FAULT_RECORD;
}

const char *fault_record_shown(const char *text, struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    for (; *text != '\0'; text++) {
        const unsigned char character = (unsigned char)*text;
        if (character < 0x20 || character == 0x7f)
            buffer_format(&out, "\\x%02x", character);
        else
            buffer_append_byte(&out, character);
    }
    return buffer_text(&out);
}
