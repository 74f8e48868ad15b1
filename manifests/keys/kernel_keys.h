/* The `kernel` of a board. */
#ifndef MANIFESTS_KEYS_KERNEL_KEYS_H
#define MANIFESTS_KEYS_KERNEL_KEYS_H

#include "manifests/keys/reader.h"

/* Fills manifest->kernel. `kernel` may be NULL when the board has none, which is an error for a
 * build only. */
void kernel_keys_read(struct reader *reader, const struct node *kernel,
                      struct source_pos missing_at);

#endif
