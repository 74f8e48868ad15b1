/* The words that a kernel stores into a memory protection unit to let one task run. */
#ifndef LAYOUT_MPU_MPU_WORDS_H
#define LAYOUT_MPU_MPU_WORDS_H

#include "layout/mpu/mpu.h"

/* A region and how it may be used. */
struct mpu_grant {
    struct mpu_region region;
    uint32_t attributes; /* IMGBUILD_READ | ... of imgbuild/tables.h */
    enum layout_cache cache;
};

/* The words of one task: two a slot on PMSA; on PMP an address a slot, then the configuration words
 * of all slots, those that the kernel keeps included. */
size_t mpu_words_count(const struct mpu *mpu);

/* Encodes what a task is granted, for the slots [mpu->reserved, mpu->slots); those left are
 * disabled.
 * Shape:  grants ascending by start, legal for the model, together at most the slots that there
 *         are; ret_words has room for mpu_words_count(mpu). On PMP `cache` says nothing.
 * Source: Armv7-M ARM (DDI 0403E) B3.5.8 and B3.5.9, Armv6-M ARM (DDI 0419E) B3.5.8 and B3.5.9,
 *         Armv8-M ARM (DDI 0553B) D1.2 MPU_RBAR and MPU_RLAR, RISC-V privileged 1.12, 3.7.1. */
void mpu_words_encode(const struct mpu *mpu, const struct mpu_grant *grants, size_t count,
                      uint32_t *ret_words);

#endif
