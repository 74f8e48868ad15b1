/* What a board says of its releases: version, epoch, formats, mcuboot, compat. */
#ifndef MANIFESTS_KEYS_RELEASE_KEYS_H
#define MANIFESTS_KEYS_RELEASE_KEYS_H

#include "manifests/keys/reader.h"

/* Fills manifest->major to ->epoch, ->formats, ->mcuboot and ->compat.
 * Errors: manifest-bad-version, manifest-bad-constraint, manifest-missing-key and those of the
 * values. */
void release_keys_read(struct reader *reader, const struct node *board);

#endif
