#include "layout/search/memo.h"

enum { ENTRY_COUNT = 1 << 14 }; /* a newer place takes an older one's entry */

struct entry {
    uint64_t frontier;
    struct layout_range block; /* its end is 0: none by `limit` */
    uint64_t limit;
    uint32_t number;
    uint32_t slots; /* 0: the entry is free */
};

struct memo {
    uint64_t asked;
    struct entry entries[ENTRY_COUNT];
};

struct memo *memo_create(struct arena *arena)
{
    return ARENA_NEW(arena, struct memo);
}

uint64_t memo_asked(const struct memo *memo)
{
    return memo->asked;
}

static struct entry *find_entry(struct memo *memo, uint32_t number, uint32_t slots,
                                uint64_t frontier)
{
    const uint64_t key = frontier << 20 ^ (uint64_t)number << 6 ^ slots;
    return &memo->entries[key * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (ENTRY_COUNT - 1)];
}

static void fill_entry(struct entry *entry, const struct memo_block *block, uint32_t slots,
                       uint64_t frontier, uint64_t limit)
{
    struct layout_range placed;
    const bool fits =
        place_first(block->cover, block->space, block->piece, slots, frontier, limit, &placed);
    if (!fits)
        placed = (struct layout_range){0, 0};
    *entry = (struct entry){frontier, placed, limit, block->number, slots};
}

bool memo_place(struct memo *memo, const struct memo_block *block, uint32_t slots,
                uint64_t frontier, uint64_t limit, struct layout_range *ret)
{
    struct entry *entry = find_entry(memo, block->number, slots, frontier);
    memo->asked++;
    const bool is_known = entry->slots == slots && entry->number == block->number &&
                          entry->frontier == frontier &&
                          (entry->block.end != 0 || limit <= entry->limit);
    if (!is_known)
        fill_entry(entry, block, slots, frontier, limit);
    if (entry->block.end == 0 || entry->block.end > limit)
        return false;
    *ret = entry->block;
    return true;
}
