/* Where everything lies: the solver's answer. */
#ifndef LAYOUT_MODEL_LAYOUT_H
#define LAYOUT_MODEL_LAYOUT_H

#include "layout/model/request.h"

#include "base/diag.h"

/* The contiguous range of one memory that one task owns. */
struct layout_block {
    size_t memory;
    struct layout_range range;        /* cut exactly into the regions below */
    uint64_t need_bytes;              /* asked for, rounded up to the model's step */
    const struct mpu_region *regions; /* ascending, adjacent */
    size_t region_count;
};

/* Granted ranges that share slots: a peripheral, several joined ones, a map, the info block. */
struct layout_fixed {
    enum layout_fixed_kind kind; /* of the first name */
    const char *const *names;
    size_t name_count;
    struct mpu_region region;           /* start and end: the outermost bytes granted */
    const struct layout_range *granted; /* what it grants: maximal runs, ascending, disjoint */
    size_t granted_count;
    uint32_t attributes;
    enum layout_cache cache;
};

struct layout_task_answer {
    const struct layout_block *blocks; /* one for each need, in the order of the needs */
    size_t block_count;
    const struct layout_fixed *fixed; /* ascending by start */
    size_t fixed_count;
    uint32_t slots_used; /* of mpu.slots - mpu.reserved */
    uint32_t slots_free;
};

struct layout_memory_answer {
    uint64_t end; /* first byte after the last block, of the kernel's end when there is none */
    uint64_t need_bytes;  /* of the tasks, each rounded up to the model's step */
    uint64_t bound_bytes; /* no layout takes less here, were all spare slots spent on this memory */
    uint64_t padding_bytes; /* in blocks, beyond their needs */
    uint64_t gap_bytes; /* between the kernel's end and `end`, in no block; holes count too, so that
                         * need + padding + gap is what lies between the two */
};

struct layout_kernel_answer {
    size_t memory;
    struct layout_range range; /* rounded up to 32 bytes */
    uint64_t need_bytes;       /* as asked */
};

struct layout {
    struct mpu mpu;
    const struct layout_memory_answer *memories; /* as request->memories */
    size_t memory_count;
    const struct layout_kernel_answer *kernel; /* as request->kernel */
    size_t kernel_count;
    const struct layout_task_answer *tasks; /* as request->tasks */
    size_t task_count;
    struct layout_range info; /* empty: none */
    uint64_t bound_bytes;     /* joint: no layout takes fewer bytes over all memories */
};

/* Packs the blocks of all tasks into the memories of one image.
 * Shape:  request as its header says; *ret lives in `arena`. The same request with its tasks in any
 *         order gives each task the same blocks.
 * Units:  bytes; target addresses; ranges half-open.
 * Errors: layout-no-fit, layout-too-many-slots, layout-grant-not-coverable, layout-grant-overlap,
 *         layout-pin. *ret is untouched on failure. Positions are NOWHERE; messages name tasks and
 *         memories.
 * Source: Armv7-M ARM (DDI 0403E) B3.5, Armv6-M ARM (DDI 0419E) B3.5, Armv8-M ARM (DDI 0553B) B11,
 *         RISC-V privileged specification 1.12, 3.7. */
MUST_CHECK bool layout_solve(const struct layout_request *request, struct arena *arena,
                             struct layout *ret, struct diag_list *diags);

/* The same where nobody asks why it does not fit: to say so takes many times as long. */
MUST_CHECK bool layout_try(const struct layout_request *request, struct arena *arena,
                           struct layout *ret);

/* The best layout of a request that does not fit: blocks may reach beyond the end of their memory,
 * and the info block may be missing. For people to see where the bytes are; no layout to build
 * from. False, with *ret untouched, when the request is at fault in another way. */
MUST_CHECK bool layout_overflowing(const struct layout_request *request, struct arena *arena,
                                   struct layout *ret);

/* Checks a layout against the rules of the MPU model and of the request, sharing no code with the
 * solver.
 * Errors: layout-broken, once for every rule that is violated. */
MUST_CHECK bool layout_verify(const struct layout_request *request, const struct layout *layout,
                              struct diag_list *diags);

#endif
