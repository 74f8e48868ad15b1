/* An answer made from places that are known already. */
#ifndef LAYOUT_STABILITY_REBUILD_H
#define LAYOUT_STABILITY_REBUILD_H

#include "layout/search/pack.h"
#include "layout/search/problem.h"

#include "layout/model/layout.h"

/* Where one need of one task lies. */
struct rebuild_place {
    size_t memory;
    struct layout_range range; /* in bytes */
};

/* The places of a packing's blocks: by task in the request's order, then by need. */
struct rebuild_place *rebuild_places_of(const struct problem *problem,
                                        const struct packing *packing, struct arena *arena);

/* The places of a layout's blocks, in the same order. */
struct rebuild_place *rebuild_places_in(const struct layout *layout, struct arena *arena);

/* Makes the answer to a request in which every block lies where `places` says, and the info block
 * behind them.
 * Shape:  places: as above; each legal for the request, disjoint. False, with *ret untouched, when
 *         the info block has no room, or the request itself is at fault. */
MUST_CHECK bool rebuild_layout(const struct layout_request *request,
                               const struct rebuild_place *places, struct arena *arena,
                               struct layout *ret);

#endif
