/* The key `mcuboot`: what lies before and behind an image that MCUboot starts. */
#ifndef MANIFESTS_MCUBOOT_H
#define MANIFESTS_MCUBOOT_H

#include "manifests/reader.h"

/* Fills manifest->mcuboot.
 * Errors: manifest-mcuboot and those of the values. */
void mcuboot_key_read(struct reader *reader, const struct node *board);

#endif
