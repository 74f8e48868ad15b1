/* What the programs of a board need of its memories. */
#ifndef CLI_PLAN_PLAN_SIZES_H
#define CLI_PLAN_PLAN_SIZES_H

#include "layout/model/layout.h"
#include "manifests/model/manifest.h"

/* What one program needs of one memory. */
struct plan_size {
    size_t memory; /* index into manifest->memories */
    uint64_t bytes;
    uint64_t align_bytes;             /* power of two */
    const struct layout_range *uncut; /* offsets in the block of what must fit in one region */
    size_t uncut_count;
};

struct plan_program_sizes {
    const struct plan_size *items; /* distinct memories, none of 0 bytes */
    size_t count;
};

struct plan_sizes {
    struct plan_program_sizes kernel;
    struct plan_program_sizes *tasks; /* as manifest->tasks */
};

/* The sizes in a file for `layout --sizes`. The kernel's sizes are the manifest's where the file
 * has none. */
struct plan_sizes plan_sizes_from(const struct manifest *manifest,
                                  const struct manifest_sizes *sizes, struct arena *arena);

#endif
