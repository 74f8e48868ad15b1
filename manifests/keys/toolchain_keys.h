/* The `toolchain` of a board. */
#ifndef MANIFESTS_KEYS_TOOLCHAIN_KEYS_H
#define MANIFESTS_KEYS_TOOLCHAIN_KEYS_H

#include "manifests/keys/reader.h"

/* Fills manifest->toolchain; `toolchain` may be NULL: all defaults. */
void toolchain_keys_read(struct reader *reader, const struct node *toolchain);

#endif
