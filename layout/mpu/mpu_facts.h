/* What is true of each model of memory protection unit: one row a model, and nowhere else. */
#ifndef LAYOUT_MPU_MPU_FACTS_H
#define LAYOUT_MPU_MPU_FACTS_H

#include <stdbool.h>
#include <stdint.h>

enum mpu_model { MPU_PMSAV6, MPU_PMSAV7, MPU_PMSAV8, MPU_PMP };
enum { MPU_MODEL_COUNT = MPU_PMP + 1 };

/* How a region register says which bytes it grants. Code that depends on it switches over this
 * rather than over the model. */
enum mpu_shape {
    MPU_SHAPE_POWERS,  /* a power of two at a multiple of itself; eighths may be switched off */
    MPU_SHAPE_LIMITS,  /* any base and limit that are multiples of a step */
    MPU_SHAPE_ENTRIES, /* PMP: NAPOT takes one entry, TOR takes the lower bound from the one before
                        */
};

enum mpu_processor { MPU_ARM, MPU_RISCV };

struct mpu_facts {
    const char *name; /* in manifests, layout.json and reports: "pmsav7" */
    enum mpu_shape shape;
    enum mpu_processor processor;
    uint8_t tables_number; /* IMGBUILD_MPU_… of imgbuild/tables.h */
    bool has_subregions;   /* and then uses them unless told otherwise */
    bool has_granularity;  /* a chip may coarsen the bounds */
    uint32_t least_bytes;  /* the smallest region */
    uint32_t step_bytes;   /* what bounds are multiples of when subregions are in use */
    uint32_t slots_most;   /* region registers that a processor can have */
    uint32_t stack_align_bytes;
    uint32_t last_interrupt;     /* the highest interrupt number of a processor with this unit */
    const char *rule;            /* which ranges a region can grant, for hints */
    const char *rule_subregions; /* the same when subregions are in use; NULL: it has none */
};

const struct mpu_facts *mpu_facts_of(enum mpu_model model);

/* Finds a model by its name; false: there is none. */
bool mpu_facts_find(const char *name, enum mpu_model *ret);

#endif
