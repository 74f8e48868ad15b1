/* The `checks` of a board: how severe each check is. */
#ifndef MANIFESTS_KEYS_SEVERITY_H
#define MANIFESTS_KEYS_SEVERITY_H

#include "manifests/keys/reader.h"

/* Fills manifest->checks; `checks` may be NULL.
 * Errors: manifest-unknown-check, manifest-check-without-reason and those of the values. */
void severity_read(struct reader *reader, const struct node *checks);

#endif
