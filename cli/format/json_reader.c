#include "cli/format/json_reader.h"

#include "base/shown_text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A json_value is a json_t: jansson's type stays in this file. */
static const json_t *inner(const struct json_value *value)
{
    return (const json_t *)value;
}

static const struct json_value *outer(const json_t *json)
{
    return (const struct json_value *)json;
}

static const json_t *find(const struct json_value *object, const char *key)
{
    return json_object_get(inner(object), key);
}

/* ---- errors ---- */

bool json_reader_break(struct json_reader *reader, const char *what)
{
    if (!reader->is_broken && reader->part == NULL)
        diag_error(reader->diags, reader->code, reader->pos, "%s", what);
    else if (!reader->is_broken)
        diag_error(reader->diags, reader->code, reader->pos, "%s: %s", reader->part, what);
    reader->is_broken = true;
    return false;
}

void json_reader_expect(struct json_reader *reader, bool holds, const char *otherwise)
{
    if (!holds)
        json_reader_break(reader, otherwise);
}

static void break_value(struct json_reader *reader, const char *key, const char *expected)
{
    json_reader_break(reader, arena_format(reader->arena, "'%s' is not %s", key, expected));
}

/* ---- documents ---- */

const struct json_value *json_reader_open(struct json_reader *reader, struct span text)
{
    json_error_t error;
    json_t *root = json_loadb((const char *)text.data, text.bytes, JSON_REJECT_DUPLICATES, &error);
    if (root != NULL)
        return outer(root);
    struct source_pos pos = reader->pos;
    if (error.line > 0)
        pos.line = (uint32_t)error.line;
    diag_error(reader->diags, reader->code, pos, "not valid JSON: %s",
               shown_text(reader->arena, arena_format(reader->arena, "%s", error.text)));
    reader->is_broken = true;
    return NULL;
}

void json_reader_close(const struct json_value *root)
{
    union {
        const struct json_value *value;
        json_t *json;
    } owned = {root};
    json_decref(owned.json);
}

/* ---- values of an object ---- */

bool json_reader_has(const struct json_value *object, const char *key)
{
    return find(object, key) != NULL;
}

uint64_t json_reader_number(struct json_reader *reader, const struct json_value *object,
                            const char *key, uint64_t most)
{
    const json_t *value = find(object, key);
    const json_int_t number = json_integer_value(value);
    if (json_is_integer(value) && number >= 0 && (uint64_t)number <= most)
        return (uint64_t)number;
    break_value(reader, key,
                arena_format(reader->arena, "an integer from 0 to %llu", (unsigned long long)most));
    return 0;
}

static const char *text_of(struct json_reader *reader, const json_t *value, const char *key)
{
    if (json_is_string(value))
        return arena_copy_text(reader->arena, json_string_value(value), json_string_length(value));
    break_value(reader, key, "a string");
    return "";
}

const char *json_reader_text(struct json_reader *reader, const struct json_value *object,
                             const char *key)
{
    return text_of(reader, find(object, key), key);
}

bool json_reader_flag(struct json_reader *reader, const struct json_value *object, const char *key)
{
    const json_t *value = find(object, key);
    if (!json_is_boolean(value))
        break_value(reader, key, "true or false");
    return json_is_true(value);
}

const struct json_value *json_reader_object(struct json_reader *reader,
                                            const struct json_value *object, const char *key)
{
    const json_t *value = find(object, key);
    if (json_is_object(value))
        return outer(value);
    break_value(reader, key, "an object");
    return NULL;
}

/* ---- lists ---- */

struct json_list json_reader_list(struct json_reader *reader, const struct json_value *object,
                                  const char *key)
{
    const json_t *value = find(object, key);
    if (!json_is_array(value))
        break_value(reader, key, "a list");
    return (struct json_list){outer(value), json_array_size(value)};
}

const struct json_value *json_reader_item(const struct json_list *list, size_t index)
{
    return outer(json_array_get(inner(list->value), index));
}

const char *const *json_reader_texts(struct json_reader *reader, const struct json_value *object,
                                     const char *key, size_t *ret_count)
{
    const struct json_list list = json_reader_list(reader, object, key);
    const char **items = ARENA_ARRAY(reader->arena, const char *, list.count);
    for (size_t i = 0; i < list.count; i++)
        items[i] = text_of(reader, inner(json_reader_item(&list, i)), key);
    *ret_count = list.count;
    return items;
}

/* ---- any values ---- */

const char *const *json_reader_keys(struct json_reader *reader, const struct json_value *object,
                                    size_t *ret_count)
{
    union {
        const struct json_value *value;
        json_t *json;
    } map = {object};
    const char **names = ARENA_ARRAY(reader->arena, const char *, json_object_size(map.json));
    size_t count = 0;
    for (void *at = json_object_iter(map.json); at != NULL;
         at = json_object_iter_next(map.json, at)) {
        const char *name = json_object_iter_key(at);
        names[count++] = arena_copy_text(reader->arena, name, strlen(name));
    }
    *ret_count = count;
    return names;
}

const char *json_reader_json(struct json_reader *reader, const struct json_value *value)
{
    char *dumped = json_dumps(inner(value), JSON_COMPACT | JSON_ENCODE_ANY);
    const char *copy = dumped == NULL ? "" : arena_copy_text(reader->arena, dumped, strlen(dumped));
    free(dumped);
    return copy;
}
