/* What the solver is asked: integers and names, no manifest. */
#ifndef LAYOUT_MODEL_REQUEST_H
#define LAYOUT_MODEL_REQUEST_H

#include "layout/mpu/mpu.h"

struct layout_memory {
    const char *name;
    uint64_t base, size;
    uint64_t skip_bytes;              /* at the front, left for a bootloader */
    const struct layout_range *holes; /* addresses; sorted, disjoint, inside the memory */
    size_t hole_count;
    uint32_t attributes; /* IMGBUILD_READ | ... of imgbuild/tables.h */
    enum layout_cache cache;
};

/* One task's (or the kernel's) need of one memory. */
struct layout_need {
    const size_t *memories; /* indices of the memories the solver may choose from, at least one */
    size_t memory_count;
    uint64_t bytes;       /* more than 0; as linked, not rounded */
    uint64_t align_bytes; /* power of two; the block's base is a multiple of it */
    bool is_pinned;       /* the block must start at pinned_addr */
    uint64_t pinned_addr;
    bool one_region; /* the block may not be cut */
    const struct layout_range
        *uncut; /* offsets in the block; no cut strictly inside any of these */
    size_t uncut_count;
    const uint64_t *limits; /* [memory_count]: the most bytes that the task may need of each, 0: no
                               limit; NULL: none has a limit */
};

enum layout_fixed_kind { LAYOUT_PERIPHERAL, LAYOUT_MAP, LAYOUT_INFO };

/* A range of addresses that a task must be granted as it is: a peripheral or a mapped memory. */
struct layout_grant {
    enum layout_fixed_kind kind; /* LAYOUT_PERIPHERAL or LAYOUT_MAP; info comes from the request */
    const char *name;
    struct layout_range range;
    uint32_t attributes;
    enum layout_cache cache; /* of a mapped memory */
};

struct layout_task {
    const char *name;                /* unique */
    const struct layout_need *needs; /* distinct memories */
    size_t need_count;
    const struct layout_grant *grants;
    size_t grant_count;
    bool reads_info; /* the info block is mapped, one slot */
    int32_t
        slots_adjust; /* slots more (or less) than the MPU has, for questions of what if; else 0 */
};

struct layout_request {
    struct mpu mpu;
    const struct layout_memory *memories;
    size_t memory_count;
    const struct layout_need *kernel; /* each lies first in its memory, rounded up to 32 bytes */
    size_t kernel_count;
    const struct layout_task *tasks; /* in task index order */
    size_t task_count;
    size_t info_memory;  /* where the info block lies, after every block */
    uint64_t info_bytes; /* 0: there is none */
    uint32_t effort;     /* how many times as long as usual to search; 0: as usual */
};

#endif
