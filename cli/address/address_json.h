/* What answers about addresses and explained faults have in common as JSON. */
#ifndef CLI_ADDRESS_ADDRESS_JSON_H
#define CLI_ADDRESS_ADDRESS_JSON_H

#include "cli/address/address_answer.h"
#include "cli/format/json_writer.h"

/* An answer as a value. */
void address_json_answer(struct json_writer *writer, const char *key,
                         const struct address_book *book, const struct address_answer *answer);

/* "function", "file", "line" and "inlined", in an object that is open. */
void address_json_position(struct json_writer *writer, const struct debug_position *position);

/* "attributes", in an object that is open. */
void address_json_attributes(struct json_writer *writer, uint32_t attributes);

#endif
