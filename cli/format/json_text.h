/* JSON printed by jansson, copied to an arena. */
#ifndef CLI_FORMAT_JSON_TEXT_H
#define CLI_FORMAT_JSON_TEXT_H

#include "base/arena.h"

/* A copy with a newline at its end.
 * Shape:  dumped: from malloc, freed here; NULL gives an empty line. */
const char *json_text_take(char *dumped, struct arena *arena);

/* JSON text on one line, without spaces between tokens; "{}" for invalid JSON. */
const char *json_text_line(const char *text, struct arena *arena);

#endif
