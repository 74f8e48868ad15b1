#include "layout/search/place.h"

#include "base/checked.h"

enum {
    SEARCH_NODES_MOST = 256, /* positions that a search for allowed cuts may visit */
    ADDRESS_BITS = 33,
    STARTS_MOST = 64 /* a frontier rounded up to every power of two */
};

/* ---- cutting with ranges that must stay whole ---- */

/* A position reached with `depth` regions; `parent` is the position before it. */
struct node {
    uint64_t at;
    uint32_t parent;
    uint32_t depth;
};

struct cut_search {
    const struct piece *piece;
    struct layout_range block;
    struct node nodes[SEARCH_NODES_MOST];
    uint32_t count;
};

static bool may_cut(const struct piece *piece, uint64_t start, uint64_t at)
{
    const uint64_t offset = (at - start) << piece->unit_log2;
    for (size_t i = 0; i < piece->uncut_count; i++)
        if (piece->uncut[i].start < offset && offset < piece->uncut[i].end)
            return false;
    return true;
}

static void visit(struct cut_search *search, uint64_t at, uint32_t parent)
{
    for (uint32_t i = 0; i < search->count; i++)
        if (search->nodes[i].at == at)
            return;
    if (search->count < SEARCH_NODES_MOST)
        search->nodes[search->count++] = (struct node){at, parent, search->nodes[parent].depth + 1};
}

/* Visits the farthest allowed cut of each alignment: a nearer one of the same or lower alignment is
 * never better. True when one region reaches the block's end. */
static bool expand(struct cut_search *search, uint32_t parent)
{
    const uint64_t at = search->nodes[parent].at;
    const uint64_t end = search->block.end;
    for (uint64_t step = 1; step <= end; step *= 2) {
        const uint64_t at_bit = at & (~at + 1);
        const uint64_t chunk = at == 0 || step < at_bit ? step : at_bit;
        const uint64_t border = (at | (8 * chunk - 1)) + 1;
        if (border >= end && (end & (chunk - 1)) == 0)
            return true;
        uint64_t to = (border < end ? border : end) & ~(step - 1);
        while (to > at && !may_cut(search->piece, search->block.start, to))
            to -= step;
        if (to > at)
            visit(search, to, parent);
    }
    return false;
}

/* Breadth first, so the first way to the end has the fewest regions. Returns the node of the last
 * cut, UINT32_MAX when there is no way. */
static uint32_t search_cuts(struct cut_search *search)
{
    search->nodes[0] = (struct node){search->block.start, 0, 0};
    search->count = 1;
    for (uint32_t i = 0; i < search->count; i++)
        if (expand(search, i))
            return i;
    return UINT32_MAX;
}

static uint32_t canonical_cut(struct cover cover, const struct piece *piece,
                              struct layout_range block, uint64_t *cuts, bool *ret_allowed)
{
    const uint32_t count = cover_cut(cover, block.start, block.end, cuts);
    *ret_allowed = true;
    for (uint32_t i = 0; i < count; i++)
        if (!may_cut(piece, block.start, cuts[i]))
            *ret_allowed = false;
    return count;
}

uint32_t place_count(struct cover cover, const struct piece *piece, struct layout_range block)
{
    if (piece->uncut_count == 0 || cover.kind == COVER_ANY || cover.kind == COVER_ENTRIES)
        return cover_count(cover, block.start, block.end);
    uint64_t cuts[COVER_CUTS_MOST];
    bool allowed;
    const uint32_t count = canonical_cut(cover, piece, block, cuts, &allowed);
    if (allowed)
        return count + 1;
    /* Any other way to cut into plain regions cuts at the canonical places too. */
    if (cover.kind == COVER_PLAIN)
        return UINT32_MAX;
    struct cut_search search = {.piece = piece, .block = block};
    const uint32_t last = search_cuts(&search);
    return last == UINT32_MAX ? UINT32_MAX : search.nodes[last].depth + 1;
}

uint32_t place_cut(struct cover cover, const struct piece *piece, struct layout_range block,
                   uint64_t *cuts)
{
    bool allowed;
    const uint32_t count = canonical_cut(cover, piece, block, cuts, &allowed);
    if (allowed || cover.kind != COVER_EIGHTHS)
        return count;
    struct cut_search search = {.piece = piece, .block = block};
    uint32_t at = search_cuts(&search);
    if (at == UINT32_MAX)
        return count;
    const uint32_t depth = search.nodes[at].depth;
    for (uint32_t i = depth; i > 0; i--) {
        cuts[i - 1] = search.nodes[at].at;
        at = search.nodes[at].parent;
    }
    return depth;
}

/* ---- placing ---- */

struct placing {
    struct cover cover;
    const struct piece *piece;
    uint32_t slots;
    uint64_t size;            /* no block is shorter */
    uint64_t limit;           /* no end beyond it */
    struct layout_range best; /* valid when `found` */
    bool found;
};

static struct placing placing_of(struct cover cover, const struct piece *piece, uint32_t slots,
                                 uint64_t limit)
{
    return (struct placing){.cover = cover,
                            .piece = piece,
                            .slots = slots,
                            .size = piece->least != NULL ? piece->least[slots] : piece->size,
                            .limit = limit};
}

bool place_allows_cuts(struct cover cover, const struct piece *piece, uint32_t slots,
                       struct layout_range block)
{
    return piece->uncut_count == 0 || place_count(cover, piece, block) <= slots;
}

static bool are_cuts_legal(const struct placing *placing, struct layout_range block)
{
    return place_allows_cuts(placing->cover, placing->piece, placing->slots, block);
}

static bool is_legal(const struct placing *placing, struct layout_range block)
{
    return cover_is_within(placing->cover, block.start, block.end, placing->slots) &&
           are_cuts_legal(placing, block);
}

static void keep(struct placing *placing, struct layout_range block)
{
    const bool same_end = placing->found && block.end == placing->best.end;
    placing->limit = block.end;
    if (same_end && place_count(placing->cover, placing->piece, block) >=
                        place_count(placing->cover, placing->piece, placing->best))
        return;
    placing->best = block;
    placing->found = true;
}

/* Tries the ends that start + size gives when rounded up to each power of two: between two of these
 * an end has the alignment of a lower one, and cutting the block back to that one takes no more
 * regions. */
static void try_start(struct placing *placing, uint64_t start)
{
    uint64_t end = start + placing->size;
    while ((end = cover_next_end(placing->cover, start, end, placing->limit, placing->slots)) !=
           0) {
        const struct layout_range block = {start, end};
        if (are_cuts_legal(placing, block)) {
            keep(placing, block);
            return;
        }
        end += end & (~end + 1);
    }
}

/* Blocks with uncut ranges have more places to try: those where such a range begins or ends
 * aligned. */
static void try_starts_for_uncut(struct placing *placing, uint64_t frontier)
{
    const struct piece *piece = placing->piece;
    for (size_t i = 0; i < 2 * piece->uncut_count; i++) {
        const struct layout_range *uncut = &piece->uncut[i / 2];
        const uint64_t offset = i % 2 == 0 ? uncut->start >> piece->unit_log2
                                           : ((uncut->end - 1) >> piece->unit_log2) + 1;
        for (uint32_t bit = 0; bit < ADDRESS_BITS; bit++) {
            const uint64_t start = round_up(frontier + offset, UINT64_C(1) << bit) - offset;
            if (start + placing->size > placing->limit)
                break;
            if ((start & (piece->alignment - 1)) == 0)
                try_start(placing, start);
        }
    }
}

static uint64_t lowest_bit(uint64_t value)
{
    return value & (~value + 1);
}

/* The least power of two above a value. */
static uint64_t power_above(uint64_t value)
{
    return value == 0 ? 1 : UINT64_C(2) << (63 - __builtin_clzll(value));
}

/* Tries the frontier itself, then the frontier rounded up to each power of two, coarsest first: at
 * a multiple of a power not below the size the shortest length is legal, which leaves the finer
 * ones little room to be tried in. */
static void try_starts(struct placing *placing, uint64_t frontier)
{
    const uint64_t size = placing->size;
    const uint64_t alignment = placing->piece->alignment;
    const uint64_t first = round_up(frontier, alignment);
    const struct layout_range ideal = {first, first + size};
    if (ideal.end > placing->limit)
        return;
    if (is_legal(placing, ideal)) {
        keep(placing, ideal);
        return;
    }
    if (ideal.end == placing->limit)
        return;
    const uint64_t coarsest = power_above(size > alignment ? size - 1 : alignment - 1);
    const uint64_t last = placing->limit - size;
    uint64_t starts[STARTS_MOST];
    size_t count = 0;
    for (uint64_t start = first; start <= last && count < STARTS_MOST; start += lowest_bit(start)) {
        starts[count++] = start;
        if ((start & (coarsest - 1)) == 0)
            break;
    }
    while (count-- > 0)
        if (starts[count] + size <= placing->limit)
            try_start(placing, starts[count]);
    if (placing->piece->uncut_count > 0)
        try_starts_for_uncut(placing, frontier);
}

bool place_at(struct cover cover, const struct piece *piece, uint32_t slots, uint64_t start,
              uint64_t limit, struct layout_range *ret)
{
    struct placing placing = placing_of(cover, piece, slots, limit);
    try_start(&placing, start);
    if (!placing.found)
        return false;
    *ret = placing.best;
    return true;
}

uint64_t space_end(const struct space *space, uint64_t at)
{
    for (size_t i = 0; i < space->part_count; i++)
        if (at < space->parts[i].end)
            return at >= space->parts[i].start ? space->parts[i].end : 0;
    return 0;
}

bool place_first(struct cover cover, const struct space *space, const struct piece *piece,
                 uint32_t slots, uint64_t frontier, uint64_t limit, struct layout_range *ret)
{
    for (size_t i = 0; i < space->part_count; i++) {
        const struct layout_range part = space->parts[i];
        if (part.end < frontier + piece->size)
            continue;
        if (part.start + piece->size > limit)
            return false;
        struct placing placing =
            placing_of(cover, piece, slots, part.end < limit ? part.end : limit);
        try_starts(&placing, part.start > frontier ? part.start : frontier);
        if (placing.found) {
            *ret = placing.best;
            return true;
        }
    }
    return false;
}
