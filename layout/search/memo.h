/* Places already found: searches ask for the same block at the same frontier again and again. */
#ifndef LAYOUT_SEARCH_MEMO_H
#define LAYOUT_SEARCH_MEMO_H

#include "layout/search/place.h"

#include "base/arena.h"

/* Remembers some of the places found; what it answers never depends on what it remembers. */
struct memo;

struct memo *memo_create(struct arena *arena);

/* How often it was asked: a measure of the work done. */
uint64_t memo_asked(const struct memo *memo);

/* Which block is asked for: its number, and where it may lie. For one memo a number stands for one
 * piece and one space. */
struct memo_block {
    uint32_t number;
    struct cover cover;
    const struct space *space;
    const struct piece *piece;
};

/* What place_first finds; false, with *ret untouched, when that is nothing. */
MUST_CHECK bool memo_place(struct memo *memo, const struct memo_block *block, uint32_t slots,
                           uint64_t frontier, uint64_t limit, struct layout_range *ret);

#endif
