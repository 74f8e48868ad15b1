#include "layout/search/beam.h"

#include "layout/search/dive.h"
#include "layout/search/item_set.h"

#include <stdlib.h>
#include <string.h>

enum {
    /* A score counts cost in parts this small, so that for plain regions a tenth of the mean excess
     * of what remains can be added. */
    SCORE_PARTS = 10 * BEAM_SAMPLES,
    LARGE_LEAVES = 64,    /* items of a large job whose order is searched for */
    TRIES_PER_CHILD = 64, /* of the hardest items, for each child that is enough */
    POOL_FACTOR =
        3 /* candidates kept, as a multiple of the width, before the worse ones are dropped */
};

/* A child that may become a state of the next level. */
struct candidate {
    uint64_t score;
    uint64_t remaining; /* difficulty of the items not placed */
    uint64_t hash;      /* of the set of placed items */
    uint64_t cost;
    uint64_t frontier;
    uint32_t parent;
    struct beam_step step;
};

struct state {
    uint64_t cost;
    uint64_t frontier;
    uint64_t remaining;
    uint64_t hash;
};

/* How a state of some level was reached. */
struct trace {
    uint32_t parent;
    struct beam_step step;
};

struct beam {
    const struct beam_job *job;
    uint64_t *floor;      /* per item: the least it can cost */
    uint64_t *difficulty; /* per item: summed excess at the sampled frontiers */
    uint64_t *key;        /* per item: its part of a set's hash */
    uint32_t *hardest;    /* items, hardest first */
    size_t word_count;    /* of a set: bit i says that hardest[i] is placed */
    uint32_t *rank;       /* where an item stands in `hardest` */

    struct state *states;
    uint64_t *sets;
    size_t state_count;
    struct state *next_states;
    uint64_t *next_sets;

    struct candidate *pool;
    size_t pool_count, pool_capacity;
    uint32_t *table; /* open addressing: 1 + index in pool, 0 for free */
    size_t table_mask;
    uint32_t width;           /* of this level */
    uint64_t limit;           /* no candidate with a higher score is wanted, */
    uint64_t limit_remaining; /* nor with this score and more difficulty left */
    bool rejected;            /* some were refused by what the level began with */
};

/* ---- items ---- */

static uint64_t least_cost(const struct beam_item *item)
{
    uint64_t least = UINT64_MAX;
    for (uint32_t k = 1; k <= item->most_slots; k++)
        if (item->penalty[k] != UINT64_MAX && item->least[k] + item->penalty[k] < least)
            least = item->least[k] + item->penalty[k];
    return least;
}

/* What a block with k slots takes at a sampled frontier in endless free space, gap included; any
 * number beyond `most` when it is more than that. */
static uint64_t sample(const struct beam *beam, const struct beam_item *item, uint32_t k,
                       uint32_t number, uint64_t most)
{
    if (item->samples != NULL && item->samples[k * BEAM_SAMPLES + number] != 0)
        return item->samples[k * BEAM_SAMPLES + number];
    const struct layout_range endless = {0, UINT64_MAX >> 1};
    const struct space space = {&endless, 1};
    const uint64_t range = UINT64_C(1) << 20; /* wider than any chunk that matters */
    const uint64_t frontier = item_set_mix((number + 1) * UINT64_C(0x2545f4914f6cdd1d)) % range;
    const uint64_t limit = most < endless.end - frontier ? frontier + most : endless.end;
    struct layout_range block;
    if (!place_first(beam->job->cover, &space, item->piece, k, frontier, limit, &block))
        return most < UINT64_MAX ? most + 1 : most;
    if (item->samples != NULL)
        item->samples[k * BEAM_SAMPLES + number] = block.end - frontier;
    return block.end - frontier;
}

/* The cost of the item's best block at a sampled frontier, beyond the least it can cost; many slots
 * first, since they leave the others little to be better by. */
static uint64_t sampled_excess(const struct beam *beam, size_t index, uint32_t number)
{
    const struct beam_item *item = &beam->job->items[index];
    uint64_t best = UINT64_MAX >> 2;
    for (uint32_t k = item->most_slots; k >= 1; k--) {
        if (item->penalty[k] == UINT64_MAX || item->penalty[k] + item->least[k] >= best)
            continue;
        const uint64_t cost =
            sample(beam, item, k, number, best - 1 - item->penalty[k]) + item->penalty[k];
        if (cost < best)
            best = cost;
    }
    return best - beam->floor[index];
}

static bool is_large(const struct beam_job *job)
{
    return job->item_count > BEAM_ITEMS_MOST;
}

static void measure_items(struct beam *beam)
{
    const uint32_t samples = is_large(beam->job) ? BEAM_SAMPLES_FEW : BEAM_SAMPLES;
    for (size_t i = 0; i < beam->job->item_count; i++) {
        beam->floor[i] = least_cost(&beam->job->items[i]);
        beam->key[i] = item_set_key(i);
        for (uint32_t number = 0; number < samples; number++)
            beam->difficulty[i] += sampled_excess(beam, i, number);
    }
}

struct ranked {
    uint64_t difficulty;
    uint32_t item;
};

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left;
    const struct ranked *b = right;
    if (a->difficulty != b->difficulty)
        return a->difficulty > b->difficulty ? -1 : 1;
    return (a->item > b->item) - (a->item < b->item);
}

static void rank_items(struct beam *beam, struct arena *arena)
{
    const size_t count = beam->job->item_count;
    struct ranked *ranked = ARENA_ARRAY(arena, struct ranked, count);
    for (size_t i = 0; i < count; i++)
        ranked[i] = (struct ranked){beam->difficulty[i], (uint32_t)i};
    qsort(ranked, count, sizeof *ranked, compare_ranked);
    for (size_t i = 0; i < count; i++) {
        beam->hardest[i] = ranked[i].item;
        beam->rank[ranked[i].item] = (uint32_t)i;
    }
}

/* ---- the pool of candidates ---- */

static int compare_candidates(const void *left, const void *right)
{
    const struct candidate *a = left;
    const struct candidate *b = right;
    if (a->score != b->score)
        return a->score < b->score ? -1 : 1;
    if (a->remaining != b->remaining)
        return a->remaining < b->remaining ? -1 : 1;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return (a->step.item > b->step.item) - (a->step.item < b->step.item);
}

static uint64_t set_word(const struct beam *beam, const struct candidate *candidate, size_t word)
{
    const uint32_t rank = beam->rank[candidate->step.item];
    const uint64_t added = rank / 64 == word ? UINT64_C(1) << rank % 64 : 0;
    return beam->sets[candidate->parent * beam->word_count + word] | added;
}

static bool same_set(const struct beam *beam, const struct candidate *a, const struct candidate *b)
{
    if (a->hash != b->hash)
        return false;
    for (size_t word = 0; word < beam->word_count; word++)
        if (set_word(beam, a, word) != set_word(beam, b, word))
            return false;
    return true;
}

/* The table's place for a candidate's set: taken by the same set, or free. */
static uint32_t *find_set(struct beam *beam, const struct candidate *candidate)
{
    size_t at = candidate->hash & beam->table_mask;
    while (beam->table[at] != 0 && !same_set(beam, &beam->pool[beam->table[at] - 1], candidate))
        at = (at + 1) & beam->table_mask;
    return &beam->table[at];
}

static void clear_table(struct beam *beam)
{
    memset(beam->table, 0, (beam->table_mask + 1) * sizeof *beam->table);
}

/* Sorts the pool and drops all but the best. */
static void trim_pool(struct beam *beam)
{
    qsort(beam->pool, beam->pool_count, sizeof *beam->pool, compare_candidates);
    if (beam->pool_count < beam->width)
        return;
    beam->pool_count = beam->width;
    beam->limit = beam->pool[beam->width - 1].score;
    beam->limit_remaining = beam->pool[beam->width - 1].remaining;
}

static void add_candidate(struct beam *beam, const struct candidate *candidate)
{
    uint32_t *place = find_set(beam, candidate);
    if (*place != 0) {
        struct candidate *same = &beam->pool[*place - 1];
        if (candidate->score < same->score ||
            (candidate->score == same->score && candidate->frontier < same->frontier))
            *same = *candidate;
        return;
    }
    beam->pool[beam->pool_count++] = *candidate;
    *place = (uint32_t)beam->pool_count;
    if (beam->pool_count < beam->pool_capacity)
        return;
    trim_pool(beam);
    clear_table(beam);
    for (size_t i = 0; i < beam->pool_count; i++)
        *find_set(beam, &beam->pool[i]) = (uint32_t)i + 1;
}

/* ---- one level ---- */

/* What the difficulty of the remaining items adds to a score. Eighths leave so little excess that
 * only ties need it. */
static uint64_t difficulty_share(const struct beam *beam, uint64_t remaining)
{
    return beam->job->cover.kind == COVER_PLAIN ? remaining : 0;
}

/* Tries one item after a state with each number of slots; adds the best. Returns whether it has no
 * excess. */
static bool try_item(struct beam *beam, uint32_t parent, uint32_t index)
{
    const struct beam_job *job = beam->job;
    const struct state *state = &beam->states[parent];
    const struct beam_item *item = &job->items[index];
    const uint64_t remaining = state->remaining - beam->difficulty[index];
    const uint64_t share = difficulty_share(beam, remaining);
    /* What the block and its penalty may take together. */
    uint64_t allowed = (beam->limit - share) / SCORE_PARTS - state->cost + beam->floor[index];
    const struct memo_block block = {item->number, job->cover, job->space, item->piece};
    struct candidate best = {.cost = UINT64_MAX};
    for (uint32_t k = item->most_slots; k >= 1; k--) {
        struct layout_range placed;
        if (item->penalty[k] == UINT64_MAX || item->penalty[k] + item->least[k] > allowed ||
            !memo_place(job->memo, &block, k, state->frontier,
                        state->frontier + allowed - item->penalty[k], &placed))
            continue;
        allowed =
            placed.end - state->frontier + item->penalty[k]; /* for fewer slots the same will do */
        best.cost = state->cost + allowed - beam->floor[index];
        best.frontier = placed.end;
        best.step = (struct beam_step){index, k};
    }
    if (best.cost == UINT64_MAX) {
        beam->rejected = true;
        return false;
    }
    best.parent = parent;
    best.remaining = remaining;
    best.hash = state->hash ^ beam->key[index];
    best.score = best.cost * SCORE_PARTS + share;
    add_candidate(beam, &best);
    return best.cost == state->cost;
}

/* Whether a child of a state without excess would be wanted. */
static bool is_wanted(const struct beam *beam, const struct state *state, uint64_t remaining)
{
    const uint64_t score = state->cost * SCORE_PARTS + difficulty_share(beam, remaining);
    return score < beam->limit || (score == beam->limit && remaining < beam->limit_remaining);
}

/* Tries the hardest items first: what remains after later ones is harder, so the first that is not
 * wanted is the last to look at. Where enough is enough, some of the easiest are tried as well:
 * they fit where hardly anything does. */
static void expand_state(struct beam *beam, uint32_t parent)
{
    const struct state *state = &beam->states[parent];
    const uint64_t *set = &beam->sets[parent * beam->word_count];
    const uint32_t enough = beam->job->enough;
    const size_t most = enough != 0 ? TRIES_PER_CHILD * (size_t)enough : SIZE_MAX;
    const bool rejected = beam->rejected;
    uint32_t found = 0;
    size_t tried = 0;
    size_t rank = item_set_next_open(set, beam->job->item_count, 0);
    for (; rank < beam->job->item_count && tried < most; tried++) {
        const uint32_t item = beam->hardest[rank];
        if (!is_wanted(beam, state, state->remaining - beam->difficulty[item])) {
            beam->rejected = true;
            return;
        }
        found += try_item(beam, parent, item);
        rank = item_set_next_open(set, beam->job->item_count, rank + 1);
        if (found != 0 && found == enough) {
            beam->rejected = rejected; /* a higher limit would change nothing */
            return;
        }
    }
    size_t end = item_set_previous_open(set, beam->job->item_count);
    for (tried = 0; end > rank && tried < most && found < enough; tried++) {
        const uint32_t item = beam->hardest[end - 1];
        if (is_wanted(beam, state, state->remaining - beam->difficulty[item]))
            found += try_item(beam, parent, item);
        end = item_set_previous_open(set, end - 1);
    }
}

/* Fills the pool with the children of all states up to a score. */
static void expand_level(struct beam *beam, uint64_t limit)
{
    beam->limit = limit;
    beam->limit_remaining = UINT64_MAX;
    beam->rejected = false;
    beam->pool_count = 0;
    clear_table(beam);
    for (size_t i = 0; i < beam->state_count; i++)
        expand_state(beam, (uint32_t)i);
    trim_pool(beam);
}

static void take_level(struct beam *beam, struct trace *traces)
{
    for (size_t i = 0; i < beam->pool_count; i++) {
        const struct candidate *candidate = &beam->pool[i];
        beam->next_states[i] = (struct state){candidate->cost, candidate->frontier,
                                              candidate->remaining, candidate->hash};
        for (size_t word = 0; word < beam->word_count; word++)
            beam->next_sets[i * beam->word_count + word] = set_word(beam, candidate, word);
        traces[i] = (struct trace){candidate->parent, candidate->step};
    }
    struct state *states = beam->states;
    uint64_t *sets = beam->sets;
    beam->states = beam->next_states;
    beam->sets = beam->next_sets;
    beam->state_count = beam->pool_count;
    beam->next_states = states;
    beam->next_sets = sets;
}

/* Costs up to the last level's worst plus a slack that doubles until the width is filled: most
 * children are far worse than that and need not be placed to the end. */
static bool run_level(struct beam *beam, uint64_t *worst, struct trace *traces)
{
    const size_t wanted = beam->job->enough != 0 ? 1 : beam->width;
    for (uint64_t slack = SCORE_PARTS;; slack *= 4) {
        const bool is_last = slack > UINT64_MAX / 64 || *worst > UINT64_MAX / 4 - slack;
        expand_level(beam, is_last ? UINT64_MAX / 2 : *worst + slack);
        if (beam->pool_count >= wanted || !beam->rejected || is_last)
            break;
    }
    if (beam->pool_count == 0)
        return false;
    *worst = beam->pool[beam->pool_count - 1].score;
    take_level(beam, traces);
    return true;
}

/* ---- the whole ---- */

static uint32_t widest(const struct beam_job *job)
{
    return job->width > job->last_width ? job->width : job->last_width;
}

static void allocate_items(struct beam *beam, struct arena *arena)
{
    const size_t count = beam->job->item_count;
    beam->floor = ARENA_ARRAY(arena, uint64_t, count);
    beam->difficulty = ARENA_ARRAY(arena, uint64_t, count);
    beam->key = ARENA_ARRAY(arena, uint64_t, count);
    beam->hardest = ARENA_ARRAY(arena, uint32_t, count);
    beam->rank = ARENA_ARRAY(arena, uint32_t, count);
}

static void allocate_levels(struct beam *beam, struct arena *arena)
{
    const size_t width = widest(beam->job);
    beam->word_count = (beam->job->item_count + 63) / 64;
    beam->states = ARENA_ARRAY(arena, struct state, width);
    beam->next_states = ARENA_ARRAY(arena, struct state, width);
    beam->sets = ARENA_ARRAY(arena, uint64_t, width * beam->word_count);
    beam->next_sets = ARENA_ARRAY(arena, uint64_t, width * beam->word_count);
    beam->pool_capacity = POOL_FACTOR * width;
    beam->pool = ARENA_ARRAY(arena, struct candidate, beam->pool_capacity);
    beam->table_mask = 1;
    while (beam->table_mask < 2 * beam->pool_capacity)
        beam->table_mask *= 2;
    beam->table = ARENA_ARRAY(arena, uint32_t, beam->table_mask);
    beam->table_mask--;
}

static void start_search(struct beam *beam)
{
    uint64_t remaining = 0;
    for (size_t i = 0; i < beam->job->item_count; i++)
        remaining += beam->difficulty[i];
    beam->states[0] = (struct state){0, beam->job->start, remaining, 0};
    beam->state_count = 1;
}

/* Searches level by level; fills all steps. */
static bool search_levels(struct beam *beam, struct arena *arena, struct beam_step *steps)
{
    const struct beam_job *job = beam->job;
    const size_t count = job->item_count;
    const size_t width = widest(job);
    start_search(beam);
    struct trace *traces = ARENA_ARRAY(arena, struct trace, count * width);
    uint64_t worst = difficulty_share(beam, beam->states[0].remaining);
    for (size_t level = 0; level < count; level++) {
        beam->width = count - level <= BEAM_LAST_LEVELS ? job->last_width : job->width;
        if (!run_level(beam, &worst, &traces[level * width]))
            return false;
    }
    uint32_t at = 0; /* the best of the last level */
    for (size_t level = count; level-- > 0;) {
        const struct trace *trace = &traces[level * width + at];
        steps[level] = trace->step;
        at = trace->parent;
    }
    return true;
}

/* Places most items where they fit, and searches for an order of those that are left. */
static bool search_large(const struct dive_job *dive, struct arena *arena, struct beam_step *steps)
{
    const struct beam_job *job = dive->beam;
    const size_t first = job->item_count - LARGE_LEAVES;
    struct beam_job rest = *job;
    if (!dive_greedily(dive, LARGE_LEAVES, arena, steps, &rest.start))
        return false;
    bool *is_placed = ARENA_ARRAY(arena, bool, job->item_count);
    for (size_t i = 0; i < first; i++)
        is_placed[steps[i].item] = true;
    struct beam_item *items = ARENA_ARRAY(arena, struct beam_item, LARGE_LEAVES);
    uint32_t numbers[LARGE_LEAVES];
    rest.items = items;
    rest.item_count = 0;
    for (size_t i = 0; i < job->item_count; i++) {
        if (is_placed[i])
            continue;
        numbers[rest.item_count] = (uint32_t)i;
        items[rest.item_count++] = job->items[i];
    }
    if (!beam_search(&rest, arena, &steps[first]))
        return false;
    for (size_t i = first; i < job->item_count; i++)
        steps[i].item = numbers[steps[i].item];
    return true;
}

bool beam_search(const struct beam_job *job, struct arena *arena, struct beam_step *steps)
{
    struct beam beam = {.job = job};
    if (job->item_count == 0)
        return true;
    allocate_items(&beam, arena);
    measure_items(&beam);
    rank_items(&beam, arena);
    const struct dive_job dive = {job, beam.floor, beam.hardest};
    if (is_large(job))
        return search_large(&dive, arena, steps);
    if (job->is_diving && dive_to_end(&dive, arena, steps))
        return true;
    allocate_levels(&beam, arena);
    return search_levels(&beam, arena, steps);
}
