#include "manifests/yaml/names.h"

#include <stdlib.h>
#include <string.h>

static int compare_entries(const void *left, const void *right)
{
    const struct name_entry *a = left;
    const struct name_entry *b = right;
    const int order = strcmp(a->name, b->name);
    return order != 0 ? order : (a->position > b->position) - (a->position < b->position);
}

static struct name_index sorted(struct name_entry *entries, size_t count)
{
    if (count > 1)
        qsort(entries, count, sizeof *entries, compare_entries);
    return (struct name_index){entries, count};
}

struct name_index name_index_of_keys(struct arena *arena, const struct node *map)
{
    if (map == NULL || map->kind != NODE_MAP)
        return (struct name_index){0};
    struct name_entry *entries = ARENA_ARRAY(arena, struct name_entry, map->pair_count);
    for (size_t i = 0; i < map->pair_count; i++)
        entries[i] = (struct name_entry){map->pairs[i].key, i};
    return sorted(entries, map->pair_count);
}

struct name_index name_index_of(struct arena *arena, const struct name_entry *entries, size_t count)
{
    struct name_entry *copy = ARENA_ARRAY(arena, struct name_entry, count);
    for (size_t i = 0; i < count; i++)
        copy[i] = entries[i];
    return sorted(copy, count);
}

bool name_index_find(const struct name_index *index, const char *name, size_t *ret)
{
    size_t low = 0;
    size_t high = index->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(index->entries[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == index->count || strcmp(index->entries[low].name, name) != 0)
        return false;
    *ret = index->entries[low].position;
    return true;
}

const char *name_index_nearest(struct arena *arena, const struct name_index *index,
                               const char *name)
{
    const char **words = ARENA_ARRAY(arena, const char *, index->count);
    for (size_t i = 0; i < index->count; i++)
        words[i] = index->entries[i].name;
    return diag_nearest(name, words, index->count);
}
