#include "layout/search/local.h"

#include "layout/search/fill.h"
#include "layout/search/item_set.h"

#include <string.h>

enum {
    OVERFLOW_WEIGHT = 64, /* of a unit beyond a memory's end */
    WARMTH_PART = 100,    /* a change may cost up to about this part of the whole at first */
    ROUNDS = 3,           /* each begins at the best plan, and less warm than the one before */
    EDITS_MOST = 2        /* memories that one change concerns */
};

/* One memory's order and what it comes to. */
struct lane {
    struct fill fill;
    uint32_t *order;
    size_t count;
    struct fill_front *fronts; /* [position]: before the block there; [count]: behind all */
    struct fill_front *trial;  /* the same with the change that is tried, from its first position */
    uint64_t cost;
};

/* What a change does to one memory. */
struct edit {
    struct lane *lane;
    size_t from;  /* the first position that is not as it was */
    size_t until; /* behind the last one */
    size_t stop;  /* trial fronts are set up to here; behind, nothing changed */
    uint64_t cost;
};

struct local {
    struct problem *problem;
    struct lane *lanes; /* [memory] */
    uint64_t *lengths;  /* [block]: the least that it takes with its slots */
    uint32_t *slots;    /* [block] */
    uint32_t *spare;    /* [task]: slots that no block has */
    size_t *memories;   /* [block] */
    uint32_t *loose;    /* blocks that are not pinned */
    size_t loose_count;
    uint32_t *open; /* of these, those with a choice of memories */
    size_t open_count;
    uint64_t cost;
    uint64_t limit; /* a change may cost as much */
    uint64_t random;
    struct edit edits[EDITS_MOST];
    size_t edit_count;
};

struct local_plan local_plan_new(const struct problem *problem, struct arena *arena)
{
    const size_t memory_count = problem->request->memory_count;
    struct local_plan plan = {.orders = ARENA_ARRAY(arena, uint32_t *, memory_count),
                              .order_counts = ARENA_ARRAY(arena, size_t, memory_count),
                              .slots = ARENA_ARRAY(arena, uint32_t, problem->block_count),
                              .memories = ARENA_ARRAY(arena, size_t, problem->block_count)};
    for (size_t i = 0; i < memory_count; i++)
        plan.orders[i] = ARENA_ARRAY(arena, uint32_t, problem->block_count);
    return plan;
}

/* ---- random numbers ---- */

static uint64_t next_random(struct local *local)
{
    return item_set_mix(local->random += UINT64_C(0x9e3779b97f4a7c15));
}

static size_t random_below(struct local *local, size_t below)
{
    return (size_t)((next_random(local) >> 32) * below >> 32);
}

/* ---- what an order costs ---- */

static uint64_t cost_at(const struct lane *lane, uint64_t end)
{
    const struct problem_memory *memory = &lane->fill.problem->memories[lane->fill.memory];
    if (end < memory->pinned_end)
        end = memory->pinned_end;
    const uint64_t over =
        end > memory->room_end && end > memory->start ? end - memory->room_end : 0;
    return end - memory->start + over * OVERFLOW_WEIGHT;
}

/* Places the blocks of an edit's memory from its first position on; false when that costs more than
 * `allowed`. */
static bool try_edit(struct local *local, struct edit *edit, uint64_t allowed)
{
    struct lane *lane = edit->lane;
    uint64_t left = 0; /* the least of the blocks that are not placed yet */
    for (size_t i = edit->from; i < lane->count; i++)
        left += local->lengths[lane->order[i]];
    lane->trial[edit->from] = lane->fronts[edit->from];
    for (size_t i = edit->from; i < lane->count; i++) {
        struct fill_front *front = &lane->trial[i + 1];
        struct layout_range placed;
        const uint32_t block = lane->order[i];
        *front = lane->trial[i];
        fill_place(&lane->fill, front, block, local->slots[block], &placed);
        left -= local->lengths[block];
        const uint64_t behind = left > front->gap_units ? left - front->gap_units : 0;
        if (cost_at(lane, front->frontier + behind) > allowed)
            return false;
        if (i + 1 >= edit->until && fill_fronts_equal(front, &lane->fronts[i + 1])) {
            edit->stop = i + 1;
            edit->cost = lane->cost;
            return true;
        }
    }
    edit->stop = lane->count;
    edit->cost = cost_at(lane, lane->trial[lane->count].frontier);
    return edit->cost <= allowed;
}

/* Whether all edits together cost no more than the limit; then they are what is now. */
static bool commit_edits(struct local *local)
{
    uint64_t others = local->cost;
    for (size_t i = 0; i < local->edit_count; i++)
        others -= local->edits[i].lane->cost;
    for (size_t i = 0; i < local->edit_count; i++) {
        if (others > local->limit || !try_edit(local, &local->edits[i], local->limit - others))
            return false;
        others += local->edits[i].cost;
    }
    for (size_t i = 0; i < local->edit_count; i++) {
        const struct edit *edit = &local->edits[i];
        memcpy(&edit->lane->fronts[edit->from], &edit->lane->trial[edit->from],
               (edit->stop - edit->from + 1) * sizeof *edit->lane->fronts);
        edit->lane->cost = edit->cost;
    }
    local->cost = others;
    return true;
}

/* ---- changes ---- */

static void set_slots(struct local *local, uint32_t block, uint32_t slots)
{
    local->slots[block] = slots;
    local->lengths[block] = local->problem->blocks[block].least[slots];
}

static size_t position_of(const struct lane *lane, uint32_t block)
{
    size_t position = 0;
    while (lane->order[position] != block)
        position++;
    return position;
}

static void edit_lane(struct local *local, struct lane *lane, size_t from, size_t until)
{
    local->edits[local->edit_count++] = (struct edit){.lane = lane, .from = from, .until = until};
}

static void swap_blocks(struct lane *lane, size_t a, size_t b)
{
    const uint32_t block = lane->order[a];
    lane->order[a] = lane->order[b];
    lane->order[b] = block;
}

/* Takes the block at one position and puts it in at another. */
static void shift_block(struct lane *lane, size_t from, size_t to)
{
    const uint32_t block = lane->order[from];
    for (size_t i = from; i < to; i++)
        lane->order[i] = lane->order[i + 1];
    for (size_t i = from; i > to; i--)
        lane->order[i] = lane->order[i - 1];
    lane->order[to] = block;
}

static void change_order(struct local *local)
{
    const uint32_t block = local->loose[random_below(local, local->loose_count)];
    struct lane *lane = &local->lanes[local->memories[block]];
    if (lane->count < 2)
        return;
    const size_t a = random_below(local, lane->count);
    const size_t b = (a + 1 + random_below(local, lane->count - 1)) % lane->count;
    const bool is_swap = random_below(local, 2) == 0;
    if (is_swap)
        swap_blocks(lane, a, b);
    else
        shift_block(lane, a, b);
    edit_lane(local, lane, a < b ? a : b, (a < b ? b : a) + 1);
    if (commit_edits(local))
        return;
    if (is_swap)
        swap_blocks(lane, a, b);
    else
        shift_block(lane, b, a);
}

/* A random block of the same task that can give a slot to `block`; `block` itself when there is
 * none. */
static uint32_t find_giver(struct local *local, uint32_t block)
{
    const struct problem_task *task = &local->problem->tasks[local->problem->blocks[block].task];
    const size_t first = random_below(local, task->block_count);
    for (size_t i = 0; i < task->block_count; i++) {
        const size_t other = task->first_block + (first + i) % task->block_count;
        if (other != block && !local->problem->blocks[other].is_pinned && local->slots[other] > 1)
            return (uint32_t)other;
    }
    return block;
}

static void edit_block(struct local *local, uint32_t block)
{
    struct lane *lane = &local->lanes[local->memories[block]];
    const size_t position = position_of(lane, block);
    edit_lane(local, lane, position, position + 1);
}

/* Gives a block a slot that is spare, or else one of another block of its task. */
static void change_slots(struct local *local)
{
    const uint32_t block = local->loose[random_below(local, local->loose_count)];
    const struct problem_block *state = &local->problem->blocks[block];
    const bool has_spare = local->spare[state->task] > 0;
    if (local->slots[block] >= state->most_slots)
        return;
    const uint32_t giver = has_spare ? block : find_giver(local, block);
    if (!has_spare && (giver == block || local->memories[giver] == local->memories[block]))
        return;
    set_slots(local, block, local->slots[block] + 1);
    edit_block(local, block);
    if (has_spare) {
        local->spare[state->task]--;
    } else {
        set_slots(local, giver, local->slots[giver] - 1);
        edit_block(local, giver);
    }
    if (commit_edits(local))
        return;
    set_slots(local, block, local->slots[block] - 1);
    if (has_spare)
        local->spare[state->task]++;
    else
        set_slots(local, giver, local->slots[giver] + 1);
}

static bool task_lies_in(const struct local *local, uint32_t block, size_t memory)
{
    const struct problem_task *task = &local->problem->tasks[local->problem->blocks[block].task];
    for (size_t i = task->first_block; i < task->first_block + task->block_count; i++)
        if (i != block && local->memories[i] == memory)
            return true;
    return false;
}

/* Moves the block at a position of one memory to a position of another. */
static void move_block(struct local *local, struct lane *from, size_t at, struct lane *to,
                       size_t position)
{
    const uint32_t block = from->order[at];
    shift_block(from, at, from->count - 1);
    from->count--;
    to->order[to->count++] = block;
    shift_block(to, to->count - 1, position);
    local->memories[block] = to->fill.memory;
}

static void change_memory(struct local *local)
{
    const uint32_t block = local->open[random_below(local, local->open_count)];
    const struct problem_block *state = &local->problem->blocks[block];
    const size_t memory = state->memories[random_below(local, state->memory_count)];
    struct lane *from = &local->lanes[local->memories[block]];
    struct lane *to = &local->lanes[memory];
    if (from == to || task_lies_in(local, block, memory))
        return;
    const size_t at = position_of(from, block);
    const size_t position = random_below(local, to->count + 1);
    move_block(local, from, at, to, position);
    edit_lane(local, from, at, SIZE_MAX);
    edit_lane(local, to, position, SIZE_MAX);
    if (!commit_edits(local))
        move_block(local, to, position, from, at);
}

/* Exchanges two blocks of different memories, each of which may lie where the other does. */
static void exchange_memories(struct local *local)
{
    const uint32_t block = local->open[random_below(local, local->open_count)];
    const uint32_t other = local->open[random_below(local, local->open_count)];
    struct lane *lane = &local->lanes[local->memories[block]];
    struct lane *other_lane = &local->lanes[local->memories[other]];
    const size_t task = local->problem->blocks[block].task;
    bool may_go = false;
    bool may_come = false;
    for (size_t i = 0; i < local->problem->blocks[block].memory_count; i++)
        may_go |= local->problem->blocks[block].memories[i] == other_lane->fill.memory;
    for (size_t i = 0; i < local->problem->blocks[other].memory_count; i++)
        may_come |= local->problem->blocks[other].memories[i] == lane->fill.memory;
    if (lane == other_lane || !may_go || !may_come ||
        (task != local->problem->blocks[other].task &&
         (task_lies_in(local, block, other_lane->fill.memory) ||
          task_lies_in(local, other, lane->fill.memory))))
        return;
    const size_t at = position_of(lane, block);
    const size_t other_at = position_of(other_lane, other);
    lane->order[at] = other;
    other_lane->order[other_at] = block;
    local->memories[block] = other_lane->fill.memory;
    local->memories[other] = lane->fill.memory;
    edit_lane(local, lane, at, SIZE_MAX);
    edit_lane(local, other_lane, other_at, SIZE_MAX);
    if (commit_edits(local))
        return;
    lane->order[at] = block;
    other_lane->order[other_at] = other;
    local->memories[block] = lane->fill.memory;
    local->memories[other] = other_lane->fill.memory;
}

static void change(struct local *local)
{
    const size_t kind = random_below(local, 16);
    local->edit_count = 0;
    if (local->open_count > 0 && kind < 3)
        change_memory(local);
    else if (local->open_count > 1 && kind < 5)
        exchange_memories(local);
    else if (kind < 8)
        change_slots(local);
    else
        change_order(local);
}

/* ---- plans ---- */

/* Where all blocks of a memory come to lie; blocks: NULL, or filled by index. */
static void decode(const struct local *local, struct lane *lane, struct layout_range *blocks)
{
    fill_start(&lane->fill, &lane->fronts[0]);
    for (size_t i = 0; i < lane->count; i++) {
        const uint32_t block = lane->order[i];
        struct layout_range placed;
        lane->fronts[i + 1] = lane->fronts[i];
        fill_place(&lane->fill, &lane->fronts[i + 1], block, local->slots[block], &placed);
        if (blocks != NULL)
            blocks[block] = placed;
    }
    lane->cost = cost_at(lane, lane->fronts[lane->count].frontier);
}

static void load_plan(struct local *local, const struct local_plan *plan)
{
    const struct problem *problem = local->problem;
    local->cost = 0;
    for (size_t i = 0; i < problem->task_count; i++)
        local->spare[i] = problem->tasks[i].slots;
    for (size_t i = 0; i < problem->block_count; i++) {
        local->memories[i] = plan->memories[i];
        if (problem->blocks[i].is_pinned)
            continue;
        set_slots(local, (uint32_t)i, plan->slots[i]);
        local->spare[problem->blocks[i].task] -= plan->slots[i];
    }
    for (size_t i = 0; i < problem->request->memory_count; i++) {
        struct lane *lane = &local->lanes[i];
        lane->count = plan->order_counts[i];
        for (size_t j = 0; j < lane->count; j++)
            lane->order[j] = plan->orders[i][j];
        decode(local, lane, NULL);
        local->cost += lane->cost;
    }
}

static void save_plan(const struct local *local, struct local_plan *plan)
{
    for (size_t i = 0; i < local->problem->block_count; i++) {
        plan->slots[i] = local->slots[i];
        plan->memories[i] = local->memories[i];
    }
    for (size_t i = 0; i < local->problem->request->memory_count; i++) {
        plan->order_counts[i] = local->lanes[i].count;
        for (size_t j = 0; j < local->lanes[i].count; j++)
            plan->orders[i][j] = local->lanes[i].order[j];
    }
}

static void list_loose(struct local *local, struct arena *arena)
{
    const struct problem *problem = local->problem;
    local->loose = ARENA_ARRAY(arena, uint32_t, problem->block_count);
    local->open = ARENA_ARRAY(arena, uint32_t, problem->block_count);
    for (uint32_t i = 0; i < problem->block_count; i++) {
        if (problem->blocks[i].is_pinned)
            continue;
        local->loose[local->loose_count++] = i;
        if (problem->blocks[i].memory_count > 1)
            local->open[local->open_count++] = i;
    }
}

static void create_lanes(struct local *local, struct arena *arena)
{
    const struct problem *problem = local->problem;
    struct memo *memo = memo_create(arena);
    uint64_t smallest = UINT64_MAX / 4;
    for (size_t i = 0; i < local->loose_count; i++)
        if (problem->blocks[local->loose[i]].piece.size < smallest)
            smallest = problem->blocks[local->loose[i]].piece.size;
    local->lanes = ARENA_ARRAY(arena, struct lane, problem->request->memory_count);
    for (size_t i = 0; i < problem->request->memory_count; i++)
        local->lanes[i] =
            (struct lane){.fill = {problem, memo, i, smallest},
                          .order = ARENA_ARRAY(arena, uint32_t, local->loose_count + 1),
                          .fronts = ARENA_ARRAY(arena, struct fill_front, local->loose_count + 2),
                          .trial = ARENA_ARRAY(arena, struct fill_front, local->loose_count + 2)};
}

static struct local create_local(struct problem *problem, struct arena *arena)
{
    struct local local = {.problem = problem,
                          .lengths = ARENA_ARRAY(arena, uint64_t, problem->block_count),
                          .slots = ARENA_ARRAY(arena, uint32_t, problem->block_count),
                          .spare = ARENA_ARRAY(arena, uint32_t, problem->task_count),
                          .memories = ARENA_ARRAY(arena, size_t, problem->block_count)};
    list_loose(&local, arena);
    create_lanes(&local, arena);
    return local;
}

/* ---- the search ---- */

/* Exponentially distributed around 256. */
static uint64_t random_share(struct local *local)
{
    const uint64_t number = next_random(local) | 1;
    return ((uint64_t)__builtin_clzll(number) * 512 + (number & 511)) / 3;
}

/* One round: from the plan on, ever less warm. Returns whether the least was reached. */
static bool search_round(struct local *local, const struct local_job *job, uint64_t warmth,
                         uint64_t budget)
{
    const struct memo *memo = local->lanes[0].fill.memo;
    const uint64_t begin = memo_asked(memo);
    load_plan(local, job->plan);
    uint64_t best = local->cost;
    for (uint64_t asked = 0, idle = 0; asked < budget && idle < budget && best > job->least_units;
         asked = memo_asked(memo) - begin, idle++) {
        const uint64_t left = (budget - asked) * 1024 / budget;
        local->limit =
            local->cost + warmth * left / 1024 * left / 1024 * random_share(local) / (256 * 256);
        change(local);
        if (local->cost < best) {
            best = local->cost;
            save_plan(local, job->plan);
        }
    }
    return best <= job->least_units;
}

void local_search(const struct local_job *job, struct arena *arena, struct layout_range *blocks)
{
    struct local local = create_local(job->problem, arena);
    local.random = item_set_mix(job->seed);
    load_plan(&local, job->plan);
    if (local.loose_count > 0 && local.cost > job->least_units) {
        uint64_t warmth = local.cost * 256 / WARMTH_PART + 256;
        for (unsigned i = 0; i < ROUNDS; i++, warmth /= 2)
            if (search_round(&local, job, warmth, job->budget / ROUNDS))
                break;
    }
    load_plan(&local, job->plan);
    for (size_t i = 0; i < job->problem->request->memory_count; i++)
        decode(&local, &local.lanes[i], blocks);
}
