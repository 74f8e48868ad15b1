/* What a task is granted beside its blocks: peripherals and mapped memories. */
#ifndef MANIFESTS_CHECKS_GRANTS_H
#define MANIFESTS_CHECKS_GRANTS_H

#include "layout/mpu/mpu_join.h"
#include "manifests/model/manifest.h"

struct grant {
    const char *kind; /* "peripheral", "map" */
    const char *name;
    uint64_t start, end;
    uint32_t attributes; /* IMGBUILD_READ | ... of imgbuild/tables.h */
    enum layout_cache cache;
    struct source_pos pos; /* where the task names it */
};

struct grant_list {
    struct grant *items; /* peripherals first, each kind in the order named */
    size_t count;
};

/* Those of a task whose addresses are known, with the memories as an image slot has them. */
struct grant_list grants_of(const struct manifest *manifest, const struct manifest_task *task,
                            const struct manifest_memory *memories, struct arena *arena);

/* The regions that grant them, as every layout has them, or the indices of those that no region can
 * grant.
 * Shape:  the items are disjoint. */
struct mpu_join grants_join(const struct mpu *mpu, struct grant_list grants, struct arena *arena);

#endif
