#include "cli/format/json_memory.h"

#include <jansson.h>
#include <stdlib.h>

/* The library passes no context to its allocator. */
static void (*call_when_exhausted)(void);

static void *allocate(size_t bytes)
{
    void *memory = malloc(bytes);
    if (memory == NULL)
        call_when_exhausted();
    return memory;
}

void json_memory_check(void (*exhausted)(void))
{
    call_when_exhausted = exhausted;
    json_set_alloc_funcs(allocate, free);
}
