/* What each constraint of a request costs, and what would make it fit. */
#ifndef LAYOUT_ADVICE_RELAX_H
#define LAYOUT_ADVICE_RELAX_H

#include "layout/model/layout.h"

enum relax_kind {
    RELAX_SUBREGIONS, /* regions may switch off eighths */
    RELAX_SPLIT,      /* a task's blocks may be cut */
    RELAX_RESERVED,   /* the kernel keeps no slots for itself */
    RELAX_PLACE,      /* a pinned block may lie anywhere */
    RELAX_SLOT,       /* a task has one slot more */
    RELAX_MEMORY,     /* a need may also lie in another memory */
    RELAX_SHRINK      /* a need is smaller */
};

/* One change of a request. */
struct relax_change {
    enum relax_kind kind;
    size_t task;         /* where it is about one task */
    size_t need;         /* of that task: PLACE, MEMORY, SHRINK */
    size_t other_memory; /* MEMORY */
    uint64_t bytes;      /* SHRINK: by how many */
};

struct relax_price {
    struct relax_change change;
    bool fits;            /* with this change alone */
    uint64_t saved_bytes; /* fewer bytes used, over all memories, overflow included */
};

struct relax_prices {
    const struct relax_price *items; /* those that help: by kind those that fit, then the rest by
                                      * saved_bytes, most first */
    size_t count;
    bool
        all_fit; /* with every constraint of SUBREGIONS, SPLIT, RESERVED and PLACE lifted at once */
};

/* Prices the changes of a request that does not fit: every constraint, the largest
 * RELAX_LARGEST blocks of each memory that overflows for SLOT, MEMORY and SHRINK. At most
 * RELAX_SOLVES_MOST layouts are made for it, and of no more than RELAX_BLOCKS_MOST blocks in all,
 * so that an error does not take long.
 * Shape:  overflow_bytes: as request->memories. */
enum { RELAX_LARGEST = 3, RELAX_SOLVES_MOST = 96, RELAX_BLOCKS_MOST = 8000 };
struct relax_prices relax_price(const struct layout_request *request,
                                const uint64_t *overflow_bytes, struct arena *arena);

#endif
