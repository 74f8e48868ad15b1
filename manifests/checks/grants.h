/* What a task is granted beside its blocks: peripherals and mapped memories. */
#ifndef MANIFESTS_CHECKS_GRANTS_H
#define MANIFESTS_CHECKS_GRANTS_H

#include "manifests/model/manifest.h"

struct grant {
    const char *kind; /* "peripheral", "map" */
    const char *name;
    uint64_t start, end;
    unsigned attributes;   /* grants can share a slot when these are equal */
    struct source_pos pos; /* where the task names it */
};

struct grant_list {
    struct grant *items; /* peripherals first, each kind in the order named */
    size_t count;
};

/* Those of a task whose addresses are known, with the memories as an image slot has them. */
struct grant_list grants_of(const struct manifest *manifest, const struct manifest_task *task,
                            const struct manifest_memory *memories, struct arena *arena);

/* A number of slots that no layout can go below for these grants: they share slots where one region
 * may grant exactly their union. Sorts the items.
 * Source: as mpu_covers. */
size_t grants_least_slots(const struct manifest_mpu *mpu, struct grant_list grants,
                          struct arena *arena);

#endif
