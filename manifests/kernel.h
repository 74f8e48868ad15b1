/* The `kernel` of a board. */
#ifndef MANIFESTS_KERNEL_H
#define MANIFESTS_KERNEL_H

#include "manifests/reader.h"

/* Fills manifest->kernel. `kernel` may be NULL when the board has none, which is an error for a
 * build only. */
void kernel_read(struct reader *reader, const struct node *kernel, struct source_pos missing_at);

#endif
