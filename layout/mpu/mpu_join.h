/* Grants that share a region: peripherals and memories that one task uses as they are.
 *
 * Grants of the same attributes share a region when the model has one for exactly their union; what
 * a task may reach is never a byte more than its grants.
 */
#ifndef LAYOUT_MPU_MPU_JOIN_H
#define LAYOUT_MPU_MPU_JOIN_H

#include "layout/mpu/mpu.h"

#include "base/arena.h"

struct mpu_wish {
    struct layout_range range;
    uint32_t attributes; /* IMGBUILD_READ | ... of imgbuild/tables.h */
    enum layout_cache cache;
};

struct mpu_joined {
    struct mpu_region region;
    const struct layout_range *granted; /* its maximal runs, ascending */
    size_t granted_count;
    const size_t *wishes; /* indices of those it grants, ascending by address */
    size_t wish_count;
};

struct mpu_join {
    const struct mpu_joined *regions; /* ascending by start */
    size_t count;
    uint32_t slots;
    const size_t *missed; /* wishes that no region grants, alone or with others; then no regions */
    size_t missed_count;
};

/* Finds the fewest slots for all wishes. The fewest is exact for up to ten wishes of equal
 * attributes; more are looked at ten by ten. False when some wish cannot be granted: see `missed`.
 * Shape:  wishes in any order, disjoint. */
bool mpu_join(const struct mpu *mpu, const struct mpu_wish *wishes, size_t count,
              struct arena *arena, struct mpu_join *ret);

#endif
