/* The `mpu` of a chip and of a board. */
#ifndef MANIFESTS_KEYS_MPU_KEYS_H
#define MANIFESTS_KEYS_MPU_KEYS_H

#include "manifests/keys/reader.h"

/* Fills manifest->mpu. chip_mpu may be NULL: a board without chip.
 * Errors: manifest-mpu (a key that the model does not have), manifest-mpu-widened. */
void mpu_keys_read(struct reader *reader, const struct node *mpu, const struct node *chip_mpu,
                   struct source_pos missing_at);

#endif
