/* What a chip has: its MPU, memories, image slots and peripherals. */
#ifndef MANIFESTS_KEYS_CHIP_KEYS_H
#define MANIFESTS_KEYS_CHIP_KEYS_H

#include "manifests/keys/reader.h"

/* The parts of a settled tree that describe the hardware. A part that is absent is NULL. */
struct chip_tree {
    const struct node *mpu;      /* of the board, laid over the chip's */
    const struct node *chip_mpu; /* of the chip alone; NULL: there is no chip */
    const struct node *memories, *images, *peripherals, *uf2, *openocd;
    struct source_pos pos; /* where to report that a part is missing */
};

/* Checks the keys of a chip file (or of a mapping written in its place). */
bool chip_keys_check(struct reader *reader, const struct node *chip);

/* Fills manifest->mpu, memories, images, peripherals, uf2_family, openocd_… and the reader's
 * indices of their names. */
void chip_keys_read(struct reader *reader, const struct chip_tree *tree);

#endif
