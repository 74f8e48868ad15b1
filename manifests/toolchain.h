/* The `toolchain` of a board. */
#ifndef MANIFESTS_TOOLCHAIN_H
#define MANIFESTS_TOOLCHAIN_H

#include "manifests/reader.h"

/* Fills manifest->toolchain; `toolchain` may be NULL: all defaults. */
void toolchain_read(struct reader *reader, const struct node *toolchain);

#endif
