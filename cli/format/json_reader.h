/* JSON that is not trusted, read value by value: the only reader of documents of others.
 *
 * A value that is missing, of another type or out of range breaks the reading with one error, which
 * says where it stands and what was expected. The functions return what they can, and whoever reads
 * asks at the end, and before what takes long, whether the reading is broken. */
#ifndef CLI_FORMAT_JSON_READER_H
#define CLI_FORMAT_JSON_READER_H

#include "base/diag.h"
#include "base/span.h"

struct json_value; /* NULL: missing */

struct json_reader {
    struct arena *arena;
    struct diag_list *diags;
    struct source_pos pos;
    const char *code; /* of its errors */
    const char *part; /* what is being read, for messages; NULL: nothing to say */
    bool is_broken;
};

/* Parses a document; the same key twice in an object is an error. NULL when it is not valid JSON,
 * which the reader's error has said then.
 * Errors: `code`, at the line where the JSON is wrong. */
const struct json_value *json_reader_open(struct json_reader *reader, struct span text);

/* Frees the document; NULL is allowed. Texts that were read stay. */
void json_reader_close(const struct json_value *root);

/* ---- errors ---- */

/* Breaks the reading: "PART: WHAT". Returns false. */
bool json_reader_break(struct json_reader *reader, const char *what);

/* Breaks the reading unless something holds. */
void json_reader_expect(struct json_reader *reader, bool holds, const char *otherwise);

/* ---- values of an object ---- */

bool json_reader_has(const struct json_value *object, const char *key);

/* 0, and the reading broken, for what is not an integer from 0 to `most`. */
uint64_t json_reader_number(struct json_reader *reader, const struct json_value *object,
                            const char *key, uint64_t most);
const char *json_reader_text(struct json_reader *reader, const struct json_value *object,
                             const char *key);
bool json_reader_flag(struct json_reader *reader, const struct json_value *object, const char *key);

/* An object; NULL, of which every value is missing, and the reading broken, for anything else. */
const struct json_value *json_reader_object(struct json_reader *reader,
                                            const struct json_value *object, const char *key);

/* ---- lists ---- */

struct json_list {
    const struct json_value *value;
    size_t count; /* 0, and the reading broken, for what is not a list */
};

struct json_list json_reader_list(struct json_reader *reader, const struct json_value *object,
                                  const char *key);
const struct json_value *json_reader_item(const struct json_list *list, size_t index);

/* The texts of a list. */
const char *const *json_reader_texts(struct json_reader *reader, const struct json_value *object,
                                     const char *key, size_t *ret_count);

/* ---- any values ---- */

/* The names of an object's values, in their order. */
const char *const *json_reader_keys(struct json_reader *reader, const struct json_value *object,
                                    size_t *ret_count);

/* The value as JSON on one line. */
const char *json_reader_json(struct json_reader *reader, const struct json_value *value);

#endif
