/* JSON written directly, without building a tree, for documents with many thousands of values.
 *
 * The text is the same as jansson's with JSON_INDENT(1). Pass a key inside an object, and NULL
 * inside a list or for the outermost value.
 */
#ifndef CLI_FORMAT_JSON_WRITER_H
#define CLI_FORMAT_JSON_WRITER_H

#include "base/buffer.h"

#include <stdbool.h>

struct json_writer {
    struct buffer text;
    size_t depth;  /* of open objects and lists */
    bool has_item; /* the innermost one already has a value */
};

struct json_writer json_writer_in(struct arena *arena);

void json_writer_open_object(struct json_writer *writer, const char *key);
void json_writer_close_object(struct json_writer *writer);
void json_writer_open_list(struct json_writer *writer, const char *key);
void json_writer_close_list(struct json_writer *writer);

void json_writer_number(struct json_writer *writer, const char *key, uint64_t value);
void json_writer_flag(struct json_writer *writer, const char *key, bool value);

/* Shape:  text: UTF-8. */
void json_writer_text(struct json_writer *writer, const char *key, const char *text);

/* The document with a newline at its end.
 * Shape:  every object and list has been closed. */
const char *json_writer_end(struct json_writer *writer);

#endif
