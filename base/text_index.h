/* Finding an entry of a table by its name, without a search through all of them. */
#ifndef BASE_TEXT_INDEX_H
#define BASE_TEXT_INDEX_H

#include "base/arena.h"

#include <stdbool.h>

/* Starts out zeroed. */
struct text_index {
    struct text_index_entry *entries; /* open addressing; capacity is a power of two */
    size_t count, capacity;
};

/* Enters a name, which must live as long as the index and not be in it yet. */
void text_index_add(struct text_index *index, struct arena *arena, const char *name, size_t value);

/* False when the name is not there. */
bool text_index_find(const struct text_index *index, const char *name, size_t *ret);

#endif
