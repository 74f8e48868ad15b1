#include "base/text_index.h"

#include <stdint.h>
#include <string.h>

struct text_index_entry {
    const char *name; /* NULL: free */
    size_t value;
};

/* FNV-1a, 64 bits. */
static uint64_t hash_of(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (const unsigned char *at = (const unsigned char *)name; *at != '\0'; at++)
        hash = (hash ^ *at) * UINT64_C(0x100000001b3);
    return hash;
}

/* Where a name is, or would be. */
static struct text_index_entry *place_of(const struct text_index *index, const char *name)
{
    size_t at = (size_t)hash_of(name) & (index->capacity - 1);
    while (index->entries[at].name != NULL && strcmp(index->entries[at].name, name) != 0)
        at = (at + 1) & (index->capacity - 1);
    return &index->entries[at];
}

static void grow(struct text_index *index, struct arena *arena)
{
    const struct text_index old = *index;
    index->capacity = old.capacity == 0 ? 64 : 2 * old.capacity;
    index->entries = ARENA_ARRAY(arena, struct text_index_entry, index->capacity);
    for (size_t i = 0; i < old.capacity; i++) {
        if (old.entries[i].name != NULL)
            *place_of(index, old.entries[i].name) = old.entries[i];
    }
}

void text_index_add(struct text_index *index, struct arena *arena, const char *name, size_t value)
{
    if (2 * index->count >= index->capacity)
        grow(index, arena);
    *place_of(index, name) = (struct text_index_entry){name, value};
    index->count++;
}

bool text_index_find(const struct text_index *index, const char *name, size_t *ret)
{
    if (index->capacity == 0)
        return false;
    const struct text_index_entry *entry = place_of(index, name);
    if (entry->name == NULL)
        return false;
    *ret = entry->value;
    return true;
}
