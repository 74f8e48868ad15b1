/* Names of other parts of a manifest: of memories, peripherals and tasks. */
#ifndef MANIFESTS_KEYS_REFERENCES_H
#define MANIFESTS_KEYS_REFERENCES_H

#include "manifests/keys/reader.h"

/* Finds a name in an index.
 * Errors: the given code, with a suggestion. */
bool references_find(struct reader *reader, const struct name_index *index, const char *code,
                     const char *what, struct manifest_text name, size_t *ret);

/* A name, or a list of names without repetition, of an index. `single` says whether a name alone
 * will do. */
enum reference_form { REFERENCE_LIST_ONLY, REFERENCE_LIST_OR_NAME };
struct reference_names {
    const struct name_index *names;
    const char *code; /* of an unknown name */
    const char *what; /* "memory" */
};
void references_read(struct reader *reader, const struct node *map, const char *key,
                     struct reference_names index, enum reference_form form,
                     struct manifest_refs *ret);

/* `{flash: 32K, ram: 8K}`. */
void references_read_numbers(struct reader *reader, const struct node *map, const char *key,
                             struct reader_bounds bounds, const struct manifest_memory_number **ret,
                             size_t *ret_count);

struct reference_names references_memories(const struct reader *reader);
struct reference_names references_peripherals(const struct reader *reader);
struct reference_names references_tasks(const struct reader *reader);

#endif
