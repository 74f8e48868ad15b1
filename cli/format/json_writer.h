/* JSON, written as it comes: the only writer of it. No tree of a document is made.
 *
 * A key is given inside an object, NULL inside a list and for the outermost value. In texts, what
 * a terminal may not show is escaped, so that JSON can be printed as it is; bytes that are no
 * UTF-8 become the text "\xNN".
 */
#ifndef CLI_FORMAT_JSON_WRITER_H
#define CLI_FORMAT_JSON_WRITER_H

#include "base/buffer.h"

#include <stdbool.h>

enum json_style {
    JSON_LINES, /* each value on a line of its own, indented by a blank a level */
    JSON_LINE,  /* all on one line, without blanks */
    JSON_ASCII, /* the same; other characters are escaped */
    JSON_SCRIPT /* the same, for a script element of a page: also what would be markup there */
};

struct json_writer {
    struct buffer text;
    enum json_style style;
    size_t depth;  /* of open objects and lists */
    bool has_item; /* the innermost one already has a value */
};

struct json_writer json_writer_in(struct arena *arena, enum json_style style);

void json_writer_open_object(struct json_writer *writer, const char *key);
void json_writer_close_object(struct json_writer *writer);
void json_writer_open_list(struct json_writer *writer, const char *key);
void json_writer_close_list(struct json_writer *writer);

void json_writer_number(struct json_writer *writer, const char *key, uint64_t value);
void json_writer_flag(struct json_writer *writer, const char *key, bool value);
void json_writer_null(struct json_writer *writer, const char *key);

/* `is` less `was`. */
void json_writer_change(struct json_writer *writer, const char *key, uint64_t was, uint64_t is);

/* Shape:  text: NULL is written as null. */
void json_writer_text(struct json_writer *writer, const char *key, const char *text);

/* JSON text as a value, in this writer's style.
 * Shape:  json: valid, such as another writer's. */
void json_writer_json(struct json_writer *writer, const char *key, const char *json);

/* A list of texts. */
void json_writer_texts(struct json_writer *writer, const char *key, const char *const *items,
                       size_t count);

/* The document with a newline at its end.
 * Shape:  every object and list has been closed. */
const char *json_writer_end(struct json_writer *writer);

/* The same without the newline. */
const char *json_writer_end_inline(struct json_writer *writer);

#endif
