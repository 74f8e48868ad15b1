/* What a search for an order of one memory's blocks is asked, and what it answers. */
#ifndef LAYOUT_SEARCH_BEAM_JOB_H
#define LAYOUT_SEARCH_BEAM_JOB_H

#include "layout/search/memo.h"

/* One block, and what it costs to give it slots. */
struct beam_item {
    const struct piece *piece;
    uint32_t number; /* of the block in job.memo */
    uint32_t most_slots;
    const uint64_t *least;   /* [k], k in [1, most_slots]: the shortest block with k slots */
    const uint64_t *penalty; /* [k]: units lost elsewhere when k slots are spent here; UINT64_MAX:
                                not allowed */
    uint64_t *samples;       /* [k * BEAM_SAMPLES + i], 0 at first: what searches for the same block
                                remember; NULL: nothing */
};

enum {
    BEAM_SAMPLES = 24,    /* frontiers at which a block's difficulty is measured; */
    BEAM_SAMPLES_FEW = 4, /* in a job of more items than */
    BEAM_ITEMS_MOST = 256 /* are searched for their order: of more, all but the last are placed
                             where they fit */
};

struct beam_job {
    struct cover cover;
    const struct space *space;
    struct memo *memo;
    uint64_t start;
    const struct beam_item *items; /* in an order that does not depend on the request's */
    size_t item_count;
    uint32_t width;      /* states kept a level */
    uint32_t last_width; /* in the last BEAM_LAST_LEVELS levels */
    uint32_t
        enough;     /* children without excess after which a state tries no more; 0: it tries all */
    bool is_diving; /* the first order without excess that dive.h finds will do */
};

enum { BEAM_LAST_LEVELS = 64 };

/* Which item comes next, and its slots. */
struct beam_step {
    uint32_t item;
    uint32_t slots;
};

#endif
