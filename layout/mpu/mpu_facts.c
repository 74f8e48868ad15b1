#include "layout/mpu/mpu_facts.h"

#include <imgbuild/tables.h>

#include <stddef.h>
#include <string.h>

#define EIGHTHS_RULE                                                                               \
    "a region is a power of two, aligned to its size, or a run of eighths (each 32 bytes or "      \
    "more) "                                                                                       \
    "of such a region"

/* Regions: RBAR's REGION field has four bits on PMSAv6 and v7; PMP has 64 entries at most.
 * Interrupts: 32 on Armv6-M, 496 on Armv7-M, 480 on Armv8-M, 1,023 sources of a RISC-V PLIC.
 * Source: Armv6-M ARM (DDI 0419E) B3.5, Armv7-M ARM (DDI 0403E) B3.5, Armv8-M ARM (DDI 0553B) B11,
 *         RISC-V privileged specification 1.12, 3.7; RISC-V PLIC specification 1.0. */
static const struct mpu_facts facts[MPU_MODEL_COUNT] = {
    [MPU_PMSAV6] = {.name = "pmsav6",
                    .shape = MPU_SHAPE_POWERS,
                    .processor = MPU_ARM,
                    .tables_number = IMGBUILD_MPU_PMSAV6,
                    .has_subregions = true,
                    .least_bytes = 256,
                    .step_bytes = 32,
                    .slots_most = 16,
                    .stack_align_bytes = 8,
                    .last_interrupt = 31,
                    .rule = "a region is a power of two from 256 bytes up, aligned to its size",
                    .rule_subregions = EIGHTHS_RULE},
    [MPU_PMSAV7] = {.name = "pmsav7",
                    .shape = MPU_SHAPE_POWERS,
                    .processor = MPU_ARM,
                    .tables_number = IMGBUILD_MPU_PMSAV7,
                    .has_subregions = true,
                    .least_bytes = 32,
                    .step_bytes = 32,
                    .slots_most = 16,
                    .stack_align_bytes = 8,
                    .last_interrupt = 495,
                    .rule = "a region is a power of two from 32 bytes up, aligned to its size",
                    .rule_subregions = EIGHTHS_RULE},
    [MPU_PMSAV8] = {.name = "pmsav8",
                    .shape = MPU_SHAPE_LIMITS,
                    .processor = MPU_ARM,
                    .tables_number = IMGBUILD_MPU_PMSAV8,
                    .least_bytes = 32,
                    .step_bytes = 32,
                    .slots_most = 32,
                    .stack_align_bytes = 8,
                    .last_interrupt = 479,
                    .rule = "base and size must be multiples of 32"},
    [MPU_PMP] = {.name = "pmp",
                 .shape = MPU_SHAPE_ENTRIES,
                 .processor = MPU_RISCV,
                 .tables_number = IMGBUILD_MPU_PMP,
                 .has_granularity = true,
                 .least_bytes = 8,
                 .step_bytes = 8,
                 .slots_most = 64,
                 .stack_align_bytes = 16,
                 .last_interrupt = 1023,
                 .rule = "base and size must be multiples of the PMP granularity"},
};

const struct mpu_facts *mpu_facts_of(enum mpu_model model)
{
    return &facts[model];
}

bool mpu_facts_find(const char *name, enum mpu_model *ret)
{
    for (size_t i = 0; i < MPU_MODEL_COUNT; i++) {
        if (strcmp(facts[i].name, name) != 0)
            continue;
        *ret = (enum mpu_model)i;
        return true;
    }
    return false;
}
