/* The libraries of a program. */
#ifndef MANIFESTS_KEYS_LIBRARY_KEYS_H
#define MANIFESTS_KEYS_LIBRARY_KEYS_H

#include "manifests/keys/reader.h"

/* Reads `libraries`: paths, names that the toolchain knows, -lNAME, @FILE, and mappings of a
 * `path` with `whole`.
 * Errors: manifest-wrong-type, manifest-missing-key, manifest-empty-text, manifest-bad-library
 *         (-l without a name, another option). */
void library_keys_read(struct reader *reader, const struct node *map,
                       struct manifest_program *program);

#endif
