#include "tests/bench/anneal.h"

#include "layout/search/place.h"
#include "tests/property/layout/generator.h"

#include <math.h>
#include <string.h>

enum { STARTS = 3, OVERFLOW_WEIGHT = 20, MEMORIES_MOST = 4, PARTS_MOST = 64 };

struct piece_state {
    const struct layout_need *need;
    struct piece piece;
    size_t task;
    size_t memory;
    uint32_t slots, most_slots;
    bool is_pinned;
};

struct lane {
    uint64_t start, end, pinned_end, kernel_end; /* kernel_end in bytes, the others in units */
    struct layout_range parts[PARTS_MOST];
    size_t part_count;
    size_t *order;
    size_t count;
};

struct annealer {
    const struct layout_request *request;
    struct cover cover;
    struct generator random;
    struct piece_state *blocks;
    size_t block_count;
    uint32_t *spare; /* [task] */
    struct lane lanes[MEMORIES_MOST];
    double costs[MEMORIES_MOST];
};

static double random_share(struct annealer *annealer)
{
    return (double)(generator_next(&annealer->random) >> 11) / (double)(UINT64_C(1) << 53);
}

/* ---- the problem ---- */

static uint64_t kernel_end(const struct layout_request *request, size_t memory)
{
    uint64_t end = request->memories[memory].base + request->memories[memory].skip_bytes;
    for (size_t i = 0; i < request->kernel_count; i++)
        if (request->kernel[i].memories[0] == memory) {
            const uint64_t align = request->kernel[i].align_bytes;
            end = ((end + align - 1) / align * align + request->kernel[i].bytes + 31) / 32 * 32;
        }
    return end;
}

static void take_part(struct lane *lane, struct layout_range obstacle)
{
    for (size_t i = 0; i < lane->part_count; i++) {
        struct layout_range *part = &lane->parts[i];
        if (obstacle.start >= part->end || obstacle.end <= part->start)
            continue;
        const struct layout_range behind = {obstacle.end, part->end};
        part->end = obstacle.start;
        if (behind.end > behind.start) {
            memmove(part + 2, part + 1, (lane->part_count - i - 1) * sizeof *part);
            part[1] = behind;
            lane->part_count++;
        }
    }
}

static void set_lane(struct annealer *annealer, size_t memory)
{
    const struct layout_memory *asked = &annealer->request->memories[memory];
    struct lane *lane = &annealer->lanes[memory];
    const uint32_t unit_log2 = annealer->cover.unit_log2;
    const uint64_t unit = UINT64_C(1) << unit_log2;
    lane->kernel_end = kernel_end(annealer->request, memory);
    lane->start = (lane->kernel_end + unit - 1) >> unit_log2;
    lane->end = (asked->base + asked->size) >> unit_log2;
    lane->parts[0] = (struct layout_range){lane->start, UINT64_C(1) << 40};
    lane->part_count = 1;
    lane->order = ARENA_ARRAY(annealer->random.arena, size_t, annealer->block_count + 1);
    for (size_t i = 0; i < asked->hole_count; i++)
        take_part(lane, (struct layout_range){asked->holes[i].start >> unit_log2,
                                              (asked->holes[i].end + unit - 1) >> unit_log2});
    for (size_t i = 0; i < annealer->block_count; i++) {
        const struct piece_state *block = &annealer->blocks[i];
        struct layout_range range;
        if (!block->is_pinned || block->memory != memory ||
            !place_at(annealer->cover, &block->piece, 1, block->need->pinned_addr >> unit_log2,
                      UINT64_C(1) << 40, &range))
            continue;
        take_part(lane, range);
        lane->pinned_end = range.end > lane->pinned_end ? range.end : lane->pinned_end;
    }
}

static bool is_allowed(const struct layout_need *need, size_t choice)
{
    return need->limits == NULL || need->limits[choice] == 0 || need->bytes <= need->limits[choice];
}

static void add_block(struct annealer *annealer, size_t task, const struct layout_need *need)
{
    const uint64_t unit = UINT64_C(1) << annealer->cover.unit_log2;
    annealer->blocks[annealer->block_count++] = (struct piece_state){
        .need = need,
        .piece = {.size = (need->bytes + unit - 1) / unit,
                  .alignment = need->align_bytes > unit ? need->align_bytes / unit : 1,
                  .uncut = need->uncut,
                  .uncut_count = need->uncut_count,
                  .unit_log2 = annealer->cover.unit_log2},
        .task = task,
        .memory = need->memories[is_allowed(need, 0) ? 0 : need->memory_count - 1],
        .slots = 1,
        .most_slots = need->one_region && annealer->cover.kind != COVER_ENTRIES ? 1 : 64,
        .is_pinned = need->is_pinned};
}

static struct annealer make(const struct layout_request *request, uint64_t seed,
                            struct arena *arena)
{
    struct annealer annealer = {
        .request = request, .cover = cover_of(&request->mpu), .random = {seed, arena}};
    size_t count = 0;
    for (size_t i = 0; i < request->task_count; i++)
        count += request->tasks[i].need_count;
    annealer.blocks = ARENA_ARRAY(arena, struct piece_state, count);
    annealer.spare = ARENA_ARRAY(arena, uint32_t, request->task_count);
    for (size_t i = 0; i < request->task_count; i++) {
        const struct layout_task *task = &request->tasks[i];
        annealer.spare[i] = (uint32_t)(request->mpu.slots - request->mpu.reserved -
                                       task->grant_count - task->need_count);
        for (size_t j = 0; j < task->need_count; j++)
            add_block(&annealer, i, &task->needs[j]);
    }
    for (size_t i = 0; i < request->memory_count; i++)
        set_lane(&annealer, i);
    return annealer;
}

/* ---- a state's cost ---- */

static double cost_of(const struct annealer *annealer, size_t memory)
{
    const struct lane *lane = &annealer->lanes[memory];
    const struct space space = {lane->parts, lane->part_count};
    uint64_t end = lane->start;
    for (size_t i = 0; i < lane->count; i++) {
        const struct piece_state *block = &annealer->blocks[lane->order[i]];
        struct layout_range range;
        if (!place_first(annealer->cover, &space, &block->piece, block->slots, end, UINT64_MAX / 4,
                         &range))
            return 1e15;
        end = range.end;
    }
    end = end > lane->pinned_end ? end : lane->pinned_end;
    const uint64_t over = lane->count > 0 && end > lane->end ? end - lane->end : 0;
    return (double)(end - lane->start) + OVERFLOW_WEIGHT * (double)over;
}

/* The cost of all memories, of which two may have changed. */
static double cost_with(struct annealer *annealer, const size_t *changed, bool *ret_fits)
{
    double cost = 0;
    *ret_fits = true;
    for (size_t i = 0; i < annealer->request->memory_count; i++) {
        const struct lane *lane = &annealer->lanes[i];
        if (changed == NULL || i == changed[0] || i == changed[1])
            annealer->costs[i] = cost_of(annealer, i);
        cost += annealer->costs[i];
        *ret_fits = *ret_fits &&
                    (lane->count == 0 || annealer->costs[i] <= (double)(lane->end - lane->start));
    }
    return cost;
}

/* ---- changes ---- */

/* All that a change touches, to take it back: two memories and two blocks. */
struct undo {
    size_t memories[2];
    size_t counts[2];
    size_t *orders[2];
    size_t blocks[2];
    struct piece_state states[2];
    uint32_t spare;
};

static void remember(struct annealer *annealer, struct undo *undo, size_t a, size_t b)
{
    const size_t blocks[2] = {a, b};
    for (size_t i = 0; i < 2; i++) {
        const struct lane *lane = &annealer->lanes[undo->memories[i]];
        undo->counts[i] = lane->count;
        memcpy(undo->orders[i], lane->order, lane->count * sizeof *lane->order);
        undo->blocks[i] = blocks[i];
        undo->states[i] = annealer->blocks[blocks[i]];
    }
    undo->spare = annealer->spare[annealer->blocks[a].task];
}

static void take_back(struct annealer *annealer, const struct undo *undo)
{
    for (size_t i = 0; i < 2; i++) {
        struct lane *lane = &annealer->lanes[undo->memories[i]];
        lane->count = undo->counts[i];
        memcpy(lane->order, undo->orders[i], lane->count * sizeof *lane->order);
        annealer->blocks[undo->blocks[i]] = undo->states[i];
    }
    annealer->spare[annealer->blocks[undo->blocks[0]].task] = undo->spare;
}

static size_t take_out(struct lane *lane, size_t at)
{
    const size_t block = lane->order[at];
    memmove(&lane->order[at], &lane->order[at + 1], (lane->count - at - 1) * sizeof *lane->order);
    lane->count--;
    return block;
}

static void put_in(struct lane *lane, size_t at, size_t block)
{
    memmove(&lane->order[at + 1], &lane->order[at], (lane->count - at) * sizeof *lane->order);
    lane->order[at] = block;
    lane->count++;
}

static size_t find(const struct lane *lane, size_t block)
{
    size_t at = 0;
    while (lane->order[at] != block)
        at++;
    return at;
}

static size_t sibling_of(struct annealer *annealer, size_t block)
{
    for (size_t i = 0; i < annealer->block_count; i++)
        if (i != block && annealer->blocks[i].task == annealer->blocks[block].task &&
            !annealer->blocks[i].is_pinned)
            return i;
    return block;
}

static void change_order(struct annealer *annealer, size_t block)
{
    struct lane *lane = &annealer->lanes[annealer->blocks[block].memory];
    const size_t at = find(lane, block);
    const size_t other = generator_below(&annealer->random, lane->count);
    if (generator_one_in(&annealer->random, 2)) {
        lane->order[at] = lane->order[other];
        lane->order[other] = block;
    } else {
        put_in(lane, other, take_out(lane, at));
    }
}

static void change_slots(struct annealer *annealer, size_t block, size_t sibling)
{
    struct piece_state *state = &annealer->blocks[block];
    if (state->slots == state->most_slots)
        return;
    if (annealer->spare[state->task] > 0) {
        annealer->spare[state->task]--;
        state->slots++;
    } else if (sibling != block && annealer->blocks[sibling].slots > 1) {
        annealer->blocks[sibling].slots--;
        state->slots++;
    }
}

static void change_memory(struct annealer *annealer, size_t block, size_t memory)
{
    struct piece_state *state = &annealer->blocks[block];
    struct lane *from = &annealer->lanes[state->memory];
    struct lane *to = &annealer->lanes[memory];
    put_in(to, generator_below(&annealer->random, to->count + (from != to)),
           take_out(from, find(from, block)));
    state->memory = memory;
}

/* A memory that a block may be moved to; its own when its sibling is there. */
static size_t other_memory(struct annealer *annealer, size_t block, size_t sibling)
{
    const struct piece_state *state = &annealer->blocks[block];
    const size_t choice = generator_below(&annealer->random, state->need->memory_count);
    const size_t memory = state->need->memories[choice];
    const bool is_taken = sibling != block && annealer->blocks[sibling].memory == memory;
    return is_allowed(state->need, choice) && !is_taken ? memory : state->memory;
}

static void change(struct annealer *annealer, struct undo *undo)
{
    size_t block;
    do
        block = generator_below(&annealer->random, annealer->block_count);
    while (annealer->blocks[block].is_pinned);
    const size_t sibling = sibling_of(annealer, block);
    const size_t here = annealer->blocks[block].memory;
    const size_t to =
        generator_one_in(&annealer->random, 3) ? other_memory(annealer, block, sibling) : here;
    undo->memories[0] = here;
    undo->memories[1] = to != here ? to : annealer->blocks[sibling].memory;
    remember(annealer, undo, block, sibling);
    if (to != here)
        change_memory(annealer, block, to);
    else if (generator_one_in(&annealer->random, 3))
        change_slots(annealer, block, sibling);
    else
        change_order(annealer, block);
}

/* ---- the whole ---- */

static void start_over(struct annealer *annealer)
{
    for (size_t i = 0; i < annealer->request->memory_count; i++)
        annealer->lanes[i].count = 0;
    for (size_t i = 0; i < annealer->block_count; i++) {
        struct lane *lane = &annealer->lanes[annealer->blocks[i].memory];
        if (!annealer->blocks[i].is_pinned)
            put_in(lane, generator_below(&annealer->random, lane->count + 1), i);
    }
}

static void keep_best(const struct annealer *annealer, double cost, bool fits,
                      struct annealed *best)
{
    const uint64_t used_units = (uint64_t)cost;
    uint64_t bytes = used_units << annealer->cover.unit_log2;
    for (size_t i = 0; i < annealer->request->memory_count; i++)
        if (annealer->lanes[i].count > 0 || annealer->lanes[i].pinned_end > 0)
            bytes += (annealer->lanes[i].start << annealer->cover.unit_log2) -
                     annealer->lanes[i].kernel_end;
    if ((fits && !best->fits) || (fits == best->fits && bytes < best->used_bytes))
        *best = (struct annealed){fits, bytes};
}

static void anneal_once(struct annealer *annealer, uint64_t changes, struct undo *undo,
                        struct annealed *best)
{
    bool fits;
    double cost = cost_with(annealer, NULL, &fits);
    keep_best(annealer, cost, fits, best);
    const double hot = cost / 30;
    const double cold = 0.3;
    for (uint64_t i = 0; i < changes; i++) {
        const double temperature = hot * pow(cold / hot, (double)i / (double)changes);
        double before[MEMORIES_MOST];
        memcpy(before, annealer->costs, sizeof before);
        change(annealer, undo);
        const double next = cost_with(annealer, undo->memories, &fits);
        if (next <= cost || random_share(annealer) < exp((cost - next) / temperature)) {
            cost = next;
            keep_best(annealer, cost, fits, best);
        } else {
            take_back(annealer, undo);
            memcpy(annealer->costs, before, sizeof before);
        }
    }
}

struct annealed anneal(const struct layout_request *request, uint64_t changes, uint64_t seed,
                       struct arena *arena)
{
    struct annealer annealer = make(request, seed, arena);
    struct annealed best = {false, UINT64_MAX};
    struct undo undo;
    for (size_t i = 0; i < 2; i++)
        undo.orders[i] = ARENA_ARRAY(arena, size_t, annealer.block_count + 1);
    for (size_t i = 0; i < STARTS; i++) {
        start_over(&annealer);
        anneal_once(&annealer, changes / STARTS, &undo, &best);
    }
    return best;
}
