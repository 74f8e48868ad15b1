/* The key `mcuboot`: what lies before and behind an image that MCUboot starts. */
#ifndef MANIFESTS_KEYS_MCUBOOT_KEYS_H
#define MANIFESTS_KEYS_MCUBOOT_KEYS_H

#include "manifests/keys/reader.h"

/* Fills manifest->mcuboot.
 * Errors: manifest-mcuboot and those of the values. */
void mcuboot_keys_read(struct reader *reader, const struct node *board);

#endif
