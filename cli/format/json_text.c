#include "cli/format/json_text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

const char *json_text_take(char *dumped, struct arena *arena)
{
    const char *copy = arena_format(arena, "%s\n", dumped == NULL ? "" : dumped);
    free(dumped);
    return copy;
}

const char *json_text_line(const char *text, struct arena *arena)
{
    json_t *json = json_loads(text, 0, NULL);
    char *dumped = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
    json_decref(json);
    const char *copy = dumped == NULL ? "{}" : arena_copy_text(arena, dumped, strlen(dumped));
    free(dumped);
    return copy;
}
