#include "layout/dive.h"

#include "layout/item_set.h"

enum {
    CHECKS_PER_ITEM = 256,      /* whether a block fits, before the search for an order gives up */
    CHECKS_PER_PLAIN_ITEM = 16, /* of plain regions, which seldom all fit */
    GREEDY_CHECKS_MOST = 4096,  /* blocks looked at for one that fits */
    GREEDY_PLACES_MOST = 48,    /* where none does: blocks placed to find one that wastes little */
    FAILED_SIZE = 1 << 12       /* states known to lead nowhere; newer ones replace older ones */
};

struct dive {
    const struct dive_job *job;
    size_t count;        /* of items */
    uint32_t **options;  /* [item]: the slots with which it costs the least that it can; 0 ends */
    uint64_t *placed;    /* set of ranks in job->hardest */
    uint64_t *failed;    /* hashes of states; NULL: not kept */
    uint64_t *frontiers; /* [depth], before its item is placed */
    size_t *ranks;       /* [depth] */
    uint64_t hash;       /* of the placed set */
    uint64_t checks;
};

static struct dive dive_create(const struct dive_job *job, struct arena *arena)
{
    const struct beam_item *items = job->beam->items;
    struct dive dive = {.job = job, .count = job->beam->item_count};
    dive.options = ARENA_ARRAY(arena, uint32_t *, dive.count);
    size_t most = 0;
    for (size_t i = 0; i < dive.count; i++)
        most += items[i].most_slots + 1;
    uint32_t *next = ARENA_ARRAY(arena, uint32_t, most);
    for (size_t i = 0; i < dive.count; i++) {
        dive.options[i] = next;
        for (uint32_t k = 1; k <= items[i].most_slots; k++)
            if (items[i].penalty[k] != UINT64_MAX &&
                items[i].least[k] + items[i].penalty[k] == job->floor[i])
                *next++ = k;
        *next++ = 0;
    }
    dive.placed = ARENA_ARRAY(arena, uint64_t, dive.count / 64 + 1);
    return dive;
}

/* The fewest slots with which an item fits at the frontier; 0: with none. */
static uint32_t slots_to_fit(struct dive *dive, uint32_t item, uint64_t frontier)
{
    const struct beam_job *job = dive->job->beam;
    for (const uint32_t *slots = dive->options[item]; *slots != 0; slots++) {
        dive->checks++;
        if (place_fits(job->cover, job->space, job->items[item].piece, *slots, frontier))
            return *slots;
    }
    return 0;
}

static void place_item(struct dive *dive, size_t rank)
{
    dive->placed[rank / 64] ^= UINT64_C(1) << rank % 64;
    dive->hash ^= item_set_key(rank);
}

/* ---- to the end ---- */

static uint64_t *failed_entry(const struct dive *dive, uint64_t frontier, uint64_t *ret_state)
{
    *ret_state = (dive->hash ^ item_set_mix(frontier)) | 1;
    return &dive->failed[*ret_state >> 32 & (FAILED_SIZE - 1)];
}

static bool has_failed(const struct dive *dive, uint64_t frontier)
{
    uint64_t state;
    return *failed_entry(dive, frontier, &state) == state;
}

static void remember_failure(const struct dive *dive, uint64_t frontier)
{
    uint64_t state;
    uint64_t *entry = failed_entry(dive, frontier, &state);
    *entry = state;
}

/* Places the next item from a rank on that fits; false when there is none. */
static bool go_deeper(struct dive *dive, size_t depth, size_t rank, struct beam_step *step)
{
    const uint64_t frontier = dive->frontiers[depth];
    for (rank = item_set_next_open(dive->placed, dive->count, rank); rank < dive->count;
         rank = item_set_next_open(dive->placed, dive->count, rank + 1)) {
        const uint32_t item = dive->job->hardest[rank];
        const uint32_t slots = slots_to_fit(dive, item, frontier);
        if (slots == 0)
            continue;
        const uint64_t end = frontier + dive->job->beam->items[item].least[slots];
        place_item(dive, rank);
        if (!has_failed(dive, end)) {
            *step = (struct beam_step){item, slots};
            dive->ranks[depth] = rank;
            dive->frontiers[depth + 1] = end;
            return true;
        }
        place_item(dive, rank); /* taken back */
    }
    return false;
}

bool dive_to_end(const struct dive_job *job, struct arena *arena, struct beam_step *steps)
{
    struct dive dive = dive_create(job, arena);
    const bool is_plain = job->beam->cover.kind == COVER_PLAIN;
    const uint64_t checks_most =
        (is_plain ? CHECKS_PER_PLAIN_ITEM : CHECKS_PER_ITEM) * (uint64_t)dive.count;
    dive.failed = ARENA_ARRAY(arena, uint64_t, FAILED_SIZE);
    dive.frontiers = ARENA_ARRAY(arena, uint64_t, dive.count + 1);
    dive.ranks = ARENA_ARRAY(arena, size_t, dive.count);
    dive.frontiers[0] = job->beam->start;
    size_t depth = 0;
    size_t rank = 0;
    while (depth < dive.count && dive.checks < checks_most) {
        if (go_deeper(&dive, depth, rank, &steps[depth])) {
            depth++;
            rank = 0;
            continue;
        }
        if (depth == 0)
            return false;
        remember_failure(&dive, dive.frontiers[depth]);
        depth--;
        rank = dive.ranks[depth];
        place_item(&dive, rank);
        rank++;
    }
    return depth == dive.count;
}

/* ---- greedily ---- */

/* The hardest of the items looked at that fits; dive->count: none. */
static size_t find_fitting(struct dive *dive, uint64_t frontier, uint32_t *ret_slots)
{
    size_t rank = item_set_next_open(dive->placed, dive->count, 0);
    for (size_t tried = 0; rank < dive->count && tried < GREEDY_CHECKS_MOST; tried++) {
        *ret_slots = slots_to_fit(dive, dive->job->hardest[rank], frontier);
        if (*ret_slots != 0)
            return rank;
        rank = item_set_next_open(dive->placed, dive->count, rank + 1);
    }
    return dive->count;
}

/* What came of placing an item where it does not fit. */
struct placing {
    size_t rank;
    uint32_t slots;
    uint64_t end;
    uint64_t excess;
};

/* Places an item so that its excess is less than best's, if that can be. */
static void try_to_waste_less(const struct dive *dive, size_t rank, uint64_t frontier,
                              struct placing *best)
{
    const struct beam_job *job = dive->job->beam;
    const uint32_t index = dive->job->hardest[rank];
    const struct beam_item *item = &job->items[index];
    for (uint32_t k = 1; k <= item->most_slots && best->excess > 0; k++) {
        const uint64_t most =
            dive->job->floor[index] + best->excess - 1; /* of length and penalty */
        struct layout_range block;
        if (item->penalty[k] == UINT64_MAX || item->penalty[k] + item->least[k] > most ||
            !place_first(job->cover, job->space, item->piece, k, frontier,
                         frontier + most - item->penalty[k], &block))
            continue;
        *best = (struct placing){rank, k, block.end,
                                 block.end - frontier + item->penalty[k] - dive->job->floor[index]};
    }
}

/* The least wasteful of the hardest items; its rank is dive->count when none has a place. */
static struct placing place_with_excess(const struct dive *dive, uint64_t frontier)
{
    struct placing best = {.rank = dive->count, .excess = UINT64_MAX / 4};
    size_t rank = item_set_next_open(dive->placed, dive->count, 0);
    for (size_t tried = 0; rank < dive->count && tried < GREEDY_PLACES_MOST; tried++) {
        try_to_waste_less(dive, rank, frontier, &best);
        rank = item_set_next_open(dive->placed, dive->count, rank + 1);
    }
    size_t end = item_set_previous_open(dive->placed, dive->count);
    for (size_t tried = 0; end > rank && tried < GREEDY_PLACES_MOST; tried++) {
        try_to_waste_less(dive, end - 1, frontier, &best);
        end = item_set_previous_open(dive->placed, end - 1);
    }
    return best;
}

bool dive_greedily(const struct dive_job *job, size_t leave, struct arena *arena,
                   struct beam_step *steps, uint64_t *frontier)
{
    struct dive dive = dive_create(job, arena);
    for (size_t i = 0; i + leave < dive.count; i++) {
        struct placing placing = {.end = *frontier};
        placing.rank = find_fitting(&dive, *frontier, &placing.slots);
        if (placing.rank == dive.count)
            placing = place_with_excess(&dive, *frontier);
        else
            placing.end += job->beam->items[job->hardest[placing.rank]].least[placing.slots];
        if (placing.rank == dive.count)
            return false;
        place_item(&dive, placing.rank);
        steps[i] = (struct beam_step){job->hardest[placing.rank], placing.slots};
        *frontier = placing.end;
    }
    return true;
}
