#include "cli/address/fault_record.h"

#include "base/buffer.h"
#include "base/input_lines.h"
#include "base/shown_text.h"
#include "cli/address/address_answer.h"

#include <jansson.h>

#include <string.h>

struct reader {
    const json_t *json;
    struct source_pos pos;
    struct arena *arena;
    struct diag_list *diags;
    const char *unusable[FAULT_UNUSABLE_MOST];
    size_t unusable_count;
    bool ok;
};

static enum fault_line damaged(struct reader *reader, const char *what)
{
    if (reader->ok)
        diag_error(reader->diags, "fault-malformed", reader->pos, "malformed fault record: %s",
                   what);
    reader->ok = false;
    return FAULT_DAMAGED;
}

/* A record's identity and cause are required; the rest is optional. */
enum need { NEEDED, NOT_NEEDED };

static void refuse(struct reader *reader, enum need need, const char *what)
{
    if (need == NEEDED)
        damaged(reader, what);
    else if (reader->unusable_count < FAULT_UNUSABLE_MOST)
        reader->unusable[reader->unusable_count++] = what;
}

/* ---- fields ---- */

/* A C string ends at the first NUL: escape it, so that it does not hide what follows. */
static const char *without_nul(struct arena *arena, const char *text, size_t length)
{
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\0')
            buffer_append_text(&out, "\\x00");
        else
            buffer_append_byte(&out, (uint8_t)text[i]);
    return buffer_text(&out);
}

static const char *read_text(struct reader *reader, const char *key, enum need need)
{
    const json_t *value = json_object_get(reader->json, key);
    if (value == NULL || json_is_null(value))
        return NULL;
    if (!json_is_string(value)) {
        refuse(reader, need, arena_format(reader->arena, "'%s' is not text", key));
        return NULL;
    }
    return without_nul(reader->arena, json_string_value(value), json_string_length(value));
}

/* Numbers are read as floating point: 32-bit ones are exact. */
static bool number_of(const json_t *value, uint64_t *ret)
{
    const double real = json_real_value(value);
    if (json_is_string(value))
        return address_parse(span_of_text(json_string_value(value)), ret);
    if (!json_is_real(value) || real < 0 || real > UINT32_MAX || real != (double)(uint64_t)real)
        return false;
    *ret = (uint64_t)real;
    return true;
}

static struct fault_number read_number(struct reader *reader, const json_t *json, const char *key,
                                       enum need need)
{
    const json_t *value = json_object_get(json, key);
    struct fault_number number = {.is_given = true};
    if (value == NULL || json_is_null(value))
        return (struct fault_number){0};
    if (number_of(value, &number.value))
        return number;
    refuse(reader, need, arena_format(reader->arena, "'%s' is not a 32-bit number", key));
    return (struct fault_number){0};
}

/* ---- the stack ---- */

static int hex_digit(char character)
{
    const char *digits = "0123456789abcdef";
    const char *found = strchr(digits, character | (character >= 'A' ? 0x20 : 0));
    return character == '\0' || found == NULL ? -1 : (int)(found - digits);
}

static bool is_hex(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (hex_digit(text[i]) < 0)
            return false;
    return true;
}

/* A half byte at the end is dropped. */
static size_t read_hex(const char *text, size_t length, uint8_t *ret)
{
    for (size_t i = 0; i + 1 < length; i += 2)
        ret[i / 2] = (uint8_t)(hex_digit(text[i]) << 4 | hex_digit(text[i + 1]));
    return length / 2;
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

/* Text with only hexadecimal digits is hexadecimal, even if it could also be base64. */
static void read_stack(struct reader *reader, struct fault_record *record)
{
    const char *text = read_text(reader, "stack", NOT_NEEDED);
    if (text == NULL || text[0] == '\0')
        return;
    const size_t length = strlen(text);
    uint8_t *bytes = ARENA_ARRAY(reader->arena, uint8_t, length);
    size_t count = 0;
    if (is_hex(text, length)) {
        count = read_hex(text, length, bytes);
        if (length % 2 != 0)
            refuse(reader, NOT_NEEDED,
                   "'stack' has an odd number of hexadecimal digits: it was cut off, and its last "
                   "digit is ignored");
    } else if (!read_base64(text, length, bytes, &count)) {
        refuse(reader, NOT_NEEDED, "'stack' is neither hexadecimal nor base64");
        return;
    }
    record->stack = (struct span){bytes, count};
    record->has_stack = count > 0;
}

/* ---- the record ---- */

static void read_registers(struct reader *reader, struct fault_record *record)
{
    const json_t *registers = json_object_get(reader->json, "registers");
    for (unsigned i = 0; i < FAULT_REGISTERS; i++)
        record->registers[i] =
            read_number(reader, registers, arena_format(reader->arena, "r%u", i), NOT_NEEDED);
}

static void read_fields(struct reader *reader, struct fault_record *record)
{
    record->archive_id = read_text(reader, "archive_id", NEEDED);
    record->task = read_text(reader, "task", NEEDED);
    record->kind = read_text(reader, "kind", NEEDED);
    record->by = read_text(reader, "by", NOT_NEEDED);
    record->message = read_text(reader, "message", NOT_NEEDED);
    record->gen = read_number(reader, reader->json, "gen", NOT_NEEDED);
    record->address = read_number(reader, reader->json, "address", NEEDED);
    record->length = read_number(reader, reader->json, "length", NOT_NEEDED);
    record->pc = read_number(reader, reader->json, "pc", NEEDED);
    record->lr = read_number(reader, reader->json, "lr", NOT_NEEDED);
    record->sp = read_number(reader, reader->json, "sp", NOT_NEEDED);
    read_registers(reader, record);
    read_stack(reader, record);
    const char **unusable = ARENA_ARRAY(reader->arena, const char *, reader->unusable_count);
    for (size_t i = 0; i < reader->unusable_count; i++)
        unusable[i] = reader->unusable[i];
    record->unusable = unusable;
    record->unusable_count = reader->unusable_count;
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

/* ---- the line ---- */

/* A record's deepest nesting is its registers: reject anything deeper, which jansson would follow
 * for thousands of levels. */
enum { DEPTH_MOST = 64 };

enum shape { SHAPE_WHOLE, SHAPE_CUT, SHAPE_DEEP };

/* Copies the object at the start of a line. In its strings, what JSON forbids is made readable:
 * control characters, and bytes that are not valid UTF-8. */
static enum shape copy_object(struct span line, struct buffer *out)
{
    size_t depth = 0;
    bool is_in_text = false;
    for (size_t i = 0, bytes = 1; i < line.bytes; i += bytes) {
        const uint8_t *at = line.data + i;
        bytes = shown_text_bytes(at, line.bytes - i);
        const size_t left = line.bytes - i;
        if (is_in_text && bytes == 0)
            buffer_format(out, "\\\\x%02x", *at);
        else
            buffer_append(out, at, bytes == 0 ? 1 : bytes);
        if (bytes == 0)
            bytes = 1;
        if (is_in_text && *at == '\\' && left > 1 && at[1] >= 0x20 && at[1] < 0x7f) {
            buffer_append_byte(out, at[1]);
            bytes = 2;
        } else if (*at == '"') {
            is_in_text = !is_in_text;
        } else if (!is_in_text && (*at == '{' || *at == '[')) {
            if (++depth > DEPTH_MOST)
                return SHAPE_DEEP;
        } else if (!is_in_text && (*at == '}' || *at == ']') && --depth == 0) {
            return SHAPE_WHOLE;
        }
    }
    return SHAPE_CUT;
}

static enum fault_line read_object(struct reader *reader, struct fault_record *ret)
{
    struct fault_record record = {0};
    if (!is_record(reader->json))
        return FAULT_OTHER_LINE;
    read_fields(reader, &record);
    if (!reader->ok)
        return FAULT_DAMAGED;
    *ret = record;
    return FAULT_RECORD;
}

static enum fault_line no_json(struct reader *reader, const json_error_t *error)
{
    if (json_error_code(error) == json_error_numeric_overflow)
        return damaged(reader, "a number is too large");
    return damaged(reader, arena_format(reader->arena, "not valid JSON: %s",
                                        shown_text(reader->arena, error->text)));
}

enum fault_line fault_record_read(struct span line, struct source_pos pos, struct arena *arena,
                                  struct fault_record *ret, struct diag_list *diags)
{
    const uint8_t *start = line.bytes == 0 ? NULL : memchr(line.data, '{', line.bytes);
    if (start == NULL)
        return FAULT_OTHER_LINE;
    const struct span text = {start, line.bytes - (size_t)(start - line.data)};
    const bool begins = begins_record(text);
    struct reader reader = {.pos = pos, .arena = arena, .diags = diags, .ok = true};
    struct buffer object = buffer_in(arena);
    const enum shape shape = copy_object(text, &object);
    if (shape != SHAPE_WHOLE && !begins)
        return FAULT_OTHER_LINE;
    if (shape == SHAPE_DEEP)
        return damaged(&reader, "nested too deeply");
    if (shape == SHAPE_CUT)
        return damaged(&reader, line.bytes >= INPUT_LINE_BYTES_MOST
                                    ? arena_format(arena, "the line is longer than %d bytes",
                                                   INPUT_LINE_BYTES_MOST)
                                    : "incomplete JSON object: missing its closing brace");
    json_error_t error;
    json_t *json = json_loadb(buffer_text(&object), object.bytes,
                              JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);
    if (json == NULL)
        return begins ? no_json(&reader, &error) : FAULT_OTHER_LINE;
    reader.json = json;
    const enum fault_line found = read_object(&reader, ret);
    json_decref(json);
    return found;
}
