#include "layout/search/dive.h"

#include "layout/search/item_set.h"

enum {
    CHECKS_PER_ITEM = 256,      /* whether a block fits, before the search for an order gives up */
    CHECKS_PER_PLAIN_ITEM = 16, /* of plain regions, which seldom all fit */
    GREEDY_CHECKS_MOST = 4096,  /* blocks looked at for one that fits */
    GREEDY_PLACES_MOST = 48,    /* where none does: blocks placed to find one that wastes little */
    FAILED_SIZE = 1 << 12       /* states known to lead nowhere; newer ones replace older ones */
};

/* Slots with which an item costs the least that it can. */
struct option {
    uint64_t length;
    uint32_t slots; /* 0: no more options */
};

/* An item as the search for one that fits sees it. */
struct choice {
    const struct piece *piece;
    const struct option *options; /* few slots first */
};

struct dive {
    const struct dive_job *job;
    size_t count;           /* of items */
    struct choice *choices; /* [rank] */
    uint64_t *placed;       /* set of ranks in job->hardest */
    uint64_t *failed;       /* hashes of states; NULL: not kept */
    uint64_t *frontiers;    /* [depth], before its item is placed */
    size_t *ranks;          /* [depth] */
    uint64_t hash;          /* of the placed set */
    uint64_t checks;
};

/* Writes the options of an item; returns where the next item's begin. */
static struct option *list_options(const struct beam_item *item, uint64_t floor,
                                   struct option *next)
{
    for (uint32_t k = 1; k <= item->most_slots; k++)
        if (item->penalty[k] != UINT64_MAX && item->least[k] + item->penalty[k] == floor)
            *next++ = (struct option){item->least[k], k};
    *next++ = (struct option){0, 0};
    return next;
}

static struct dive dive_create(const struct dive_job *job, struct arena *arena)
{
    const struct beam_item *items = job->beam->items;
    struct dive dive = {.job = job, .count = job->beam->item_count};
    dive.choices = ARENA_ARRAY(arena, struct choice, dive.count);
    size_t most = 0;
    for (size_t i = 0; i < dive.count; i++)
        most += items[i].most_slots + 1;
    struct option *next = ARENA_ARRAY(arena, struct option, most);
    for (size_t rank = 0; rank < dive.count; rank++) {
        const uint32_t item = job->hardest[rank];
        dive.choices[rank] = (struct choice){items[item].piece, next};
        next = list_options(&items[item], job->floor[item], next);
    }
    dive.placed = ARENA_ARRAY(arena, uint64_t, dive.count / 64 + 1);
    return dive;
}

/* The fewest slots with which an item fits in free space; NULL: with none. */
static const struct option *option_that_fits(struct dive *dive, size_t rank,
                                             struct layout_range space)
{
    const struct cover cover = dive->job->beam->cover;
    const struct choice *choice = &dive->choices[rank];
    for (const struct option *option = choice->options; option->slots != 0; option++) {
        const struct layout_range block = {space.start, space.start + option->length};
        dive->checks++;
        if ((block.start & (choice->piece->alignment - 1)) == 0 && block.end <= space.end &&
            cover_is_within(cover, block.start, block.end, option->slots) &&
            place_allows_cuts(cover, choice->piece, option->slots, block))
            return option;
    }
    return NULL;
}

/* What is free from a frontier on. */
static struct layout_range free_from(const struct dive *dive, uint64_t frontier)
{
    return (struct layout_range){frontier, space_end(dive->job->beam->space, frontier)};
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
    const struct layout_range space = free_from(dive, dive->frontiers[depth]);
    for (rank = item_set_next_open(dive->placed, dive->count, rank); rank < dive->count;
         rank = item_set_next_open(dive->placed, dive->count, rank + 1)) {
        const struct option *option = option_that_fits(dive, rank, space);
        if (option == NULL)
            continue;
        const uint64_t end = space.start + option->length;
        place_item(dive, rank);
        if (!has_failed(dive, end)) {
            *step = (struct beam_step){dive->job->hardest[rank], option->slots};
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

/* Where an item is placed. */
struct placing {
    size_t rank;
    uint32_t slots;
    uint64_t end;
    uint64_t excess;
};

/* The hardest of the items looked at that fits; its rank is dive->count when none does. */
static struct placing find_fitting(struct dive *dive, uint64_t frontier)
{
    const struct layout_range space = free_from(dive, frontier);
    size_t rank = item_set_next_open(dive->placed, dive->count, 0);
    for (size_t tried = 0; rank < dive->count && tried < GREEDY_CHECKS_MOST; tried++) {
        const struct option *option = option_that_fits(dive, rank, space);
        if (option != NULL)
            return (struct placing){rank, option->slots, frontier + option->length, 0};
        rank = item_set_next_open(dive->placed, dive->count, rank + 1);
    }
    return (struct placing){.rank = dive->count};
}

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
        struct placing placing = find_fitting(&dive, *frontier);
        if (placing.rank == dive.count)
            placing = place_with_excess(&dive, *frontier);
        if (placing.rank == dive.count)
            return false;
        place_item(&dive, placing.rank);
        steps[i] = (struct beam_step){job->hardest[placing.rank], placing.slots};
        *frontier = placing.end;
    }
    return true;
}
