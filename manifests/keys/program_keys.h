/* What the kernel and the tasks have in common. */
#ifndef MANIFESTS_KEYS_PROGRAM_KEYS_H
#define MANIFESTS_KEYS_PROGRAM_KEYS_H

#include "manifests/keys/reader.h"

/* What a program takes when it does not say so itself. */
struct program_defaults {
    const char *entry;
    struct manifest_number stack; /* not given: the program must say */
};

/* Reads objects, libraries, flags, entry, script, stack, code_memory and data_memory.
 * Errors: manifest-missing-key, manifest-no-objects (for a build), manifest-bad-stack,
 *         manifest-memory-access, and those of the values. */
void program_keys_read(struct reader *reader, const struct node *map, struct source_pos pos,
                       const char *owner, struct program_defaults defaults,
                       struct manifest_program *ret);

/* The memory for code, checked to be executable; false when the key is absent or wrong. */
bool program_keys_read_code_memory(struct reader *reader, const struct node *map, size_t *ret);

/* The memories for data, checked to be writable. */
void program_keys_read_data_memory(struct reader *reader, const struct node *map,
                                   struct manifest_refs *ret);

/* Reads a stack size of a board, the kernel or a task.
 * Errors: manifest-bad-stack. */
void program_keys_read_stack(struct reader *reader, const struct node *map,
                             struct manifest_number *ret);

#endif
