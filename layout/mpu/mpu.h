/* What one region register of a memory protection unit can describe. */
#ifndef LAYOUT_MPU_MPU_H
#define LAYOUT_MPU_MPU_H

#include "layout/mpu/mpu_facts.h"

#include <stddef.h>

/* How a memory is cached, where the model can say so: PMP cannot. */
enum layout_cache {
    LAYOUT_CACHE_DEFAULT, /* as its attributes suggest: DMA memory is not, RAM and flash are */
    LAYOUT_CACHE_WRITE_BACK,
    LAYOUT_CACHE_WRITE_THROUGH,
    LAYOUT_CACHE_NONE
};

struct mpu {
    enum mpu_model model;
    uint32_t slots;             /* region registers */
    uint32_t reserved;          /* of these the kernel keeps slots [0, reserved) */
    bool subregions;            /* PMSAv6/7: eighths of a region may be switched off */
    uint32_t granularity_bytes; /* PMP: TOR bounds are multiples of it; power of two >= 4; 0: 4 */
};

/* Half-open; a 64-bit end lets a range touch 2^32. */
struct layout_range {
    uint64_t start, end;
};

/* One or two slots and what they grant. */
struct mpu_region {
    uint64_t start, end; /* the bytes granted, half-open */
    uint32_t slots;      /* 1; a PMP TOR region that needs its own lower bound: 2 */
    uint64_t mpu_base;   /* what the registers say: base of the region */
    uint64_t mpu_size;   /* its size before subregions are switched off; 0 where a model has none */
    uint8_t srd;         /* bit i: eighth i is switched off */
};

#define MPU_ADDRESS_END (UINT64_C(1) << 32) /* no region reaches beyond it */

/* The step to which a task's need is rounded up: 32; 256 on PMSAv6 without subregions; 8 on PMP. */
uint64_t mpu_step_bytes(const struct mpu *mpu);

/* What the bounds of every block are multiples of: the step, or PMP's granularity when that is
 * coarser. */
uint64_t mpu_bound_step_bytes(const struct mpu *mpu);

/* The one region that grants exactly `runs`, false when the model has none.
 * On PMP it may be a TOR region, which takes two slots; the other models need one.
 * Shape:  at least one run; ascending, not touching. Only PMSAv6/7 with subregions grants several.
 * Source: Armv7-M ARM (DDI 0403E) B3.5.4, B3.5.9; Armv6-M ARM (DDI 0419E) B3.5.9;
 *         Armv8-M ARM (DDI 0553B) D1.2 MPU_RBAR; RISC-V privileged specification 1.12, 3.7.1. */
bool mpu_region_for(const struct mpu *mpu, const struct layout_range *runs, size_t count,
                    struct mpu_region *ret);

/* Whether one region grants exactly [start, end): what a peripheral or a mapped memory must
 * satisfy. */
bool mpu_covers_exactly(const struct mpu *mpu, uint64_t start, uint64_t end);

/* Whether eighths of a region may be switched off. */
bool mpu_uses_subregions(const struct mpu *mpu);

/* Which ranges mpu_covers_exactly() accepts, in words for a hint. */
const char *mpu_rule_words(const struct mpu *mpu);

/* The manifest's name of a model: "pmsav7". */
const char *mpu_model_name(enum mpu_model model);

#endif
