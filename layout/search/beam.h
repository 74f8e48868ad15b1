/* A good order for the blocks of one memory: beam search over which of them are placed.
 *
 * A state is a set of placed items, the frontier behind them, and its cost: how far the frontier
 * went beyond what each item takes at least, plus what each item's slots cost elsewhere. Of all
 * ways to place the same set only the best one is kept. Ties go to the state whose remaining items
 * are easy: the hard ones are placed first.
 */
#ifndef LAYOUT_SEARCH_BEAM_H
#define LAYOUT_SEARCH_BEAM_H

#include "layout/search/beam_job.h"

/* Fills steps[0..item_count). False when some item has no place at all. */
MUST_CHECK bool beam_search(const struct beam_job *job, struct arena *arena,
                            struct beam_step *steps);

#endif
