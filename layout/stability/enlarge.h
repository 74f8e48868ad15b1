/* Layouts with room to grow. */
#ifndef LAYOUT_STABILITY_ENLARGE_H
#define LAYOUT_STABILITY_ENLARGE_H

#include "layout/model/layout.h"

/* The request with each need larger by a share, rounded up to the model's step; the kernel's too,
 * since it lies below all blocks. Needs that are pinned stay as they are: they have what is free
 * behind them.
 * Units:  per_mille: 1/1000 of the need. */
void layout_with_headroom(const struct layout_request *request, uint64_t per_mille,
                          struct arena *arena, struct layout_request *ret);

/* Solves a request with room for its tasks and the kernel to grow: what a lock is to keep. The
 * answer is one to the request itself; its blocks are larger than their needs.
 * Errors: as layout_solve, with a hint to ask for less where that would help. */
MUST_CHECK bool layout_solve_with_headroom(const struct layout_request *request, uint64_t per_mille,
                                           struct arena *arena, struct layout *ret,
                                           struct diag_list *diags);

/* The same where nobody asks why it does not fit. */
MUST_CHECK bool layout_try_with_headroom(const struct layout_request *request, uint64_t per_mille,
                                         struct arena *arena, struct layout *ret);

#endif
