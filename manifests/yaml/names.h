/* Looking up a name among many: sorted, so that hostile input cannot make it slow. */
#ifndef MANIFESTS_YAML_NAMES_H
#define MANIFESTS_YAML_NAMES_H

#include "base/arena.h"
#include "manifests/yaml/node.h"

struct name_entry {
    const char *name;
    size_t position; /* where the name stood before sorting */
};

struct name_index {
    const struct name_entry *entries; /* by name, then by position */
    size_t count;
};

/* An index of the keys of a mapping; of nothing for any other node or NULL. */
struct name_index name_index_of_keys(struct arena *arena, const struct node *map);

/* An index of `count` entries, which are copied. */
struct name_index name_index_of(struct arena *arena, const struct name_entry *entries,
                                size_t count);

/* Sets *ret to the first position of a name; false when it is not there. */
bool name_index_find(const struct name_index *index, const char *name, size_t *ret);

/* A name of the index that may have been meant by `name`, or NULL. */
const char *name_index_nearest(struct arena *arena, const struct name_index *index,
                               const char *name);

#endif
