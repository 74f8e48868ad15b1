#include "cli/json_text.h"

#include <stdlib.h>

const char *json_text_take(char *dumped, struct arena *arena)
{
    const char *copy = arena_format(arena, "%s\n", dumped == NULL ? "" : dumped);
    free(dumped);
    return copy;
}
