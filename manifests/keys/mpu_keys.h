/* The `mpu` of a chip and of a board, and what its regions can describe. */
#ifndef MANIFESTS_KEYS_MPU_KEYS_H
#define MANIFESTS_KEYS_MPU_KEYS_H

#include "manifests/keys/reader.h"

/* Fills manifest->mpu. chip_mpu may be NULL: a board without chip.
 * Errors: manifest-mpu (a key that the model does not have), manifest-mpu-widened. */
void mpu_read(struct reader *reader, const struct node *mpu, const struct node *chip_mpu,
              struct source_pos missing_at);

/* True when one region (on PMP, one or two entries) grants exactly [base, base + size).
 * Source: Armv7-M ARM (DDI 0403E) B3.5, Armv6-M ARM (DDI 0419E) B3.5, Armv8-M ARM (DDI 0553B) B11,
 *         RISC-V privileged specification 1.12, 3.7. */
bool mpu_covers(const struct manifest_mpu *mpu, uint64_t base, uint64_t size);

/* True when a region of that size exists at some address. */
bool mpu_covers_somewhere(const struct manifest_mpu *mpu, uint64_t size);

/* What mpu_covers asks for, in words for a hint. */
const char *mpu_rule_words(const struct manifest_mpu *mpu);

/* Stacks and stack pointers are multiples of it. */
uint64_t mpu_stack_alignment(const struct manifest_mpu *mpu);

/* The highest interrupt number of a processor with this MPU. */
uint64_t mpu_last_interrupt(const struct manifest_mpu *mpu);

#endif
