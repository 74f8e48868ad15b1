#include "layout/search/exact.h"

#include <stdlib.h>
#include <string.h>

enum {
    SETS = 1 << EXACT_TASKS_MOST,
    STATES_FIRST = 1 << 8, /* room for a level of the first memory's search; it grows up to */
    STATES_MOST = 1 << 15,
    KNOWN_SIZE = 1 << 15, /* placements remembered */
    TABLE_SIZE = 2 * STATES_MOST,
    BITS_PER_TASK =
        8, /* of a state's key: slots in the first memory, 4 bits, and in the second, 4 bits */
    OPTIONS_MOST = 64
};

/* One way to share a task's slots. */
struct option {
    uint32_t slots[2];
    uint64_t elsewhere;
};

/* Some tasks placed in the first memory, with their slots. */
struct state {
    uint64_t key; /* says which tasks, too: each has at least one slot here */
    uint64_t frontier;
    uint64_t elsewhere; /* of the placed tasks */
    uint64_t second;    /* the least of the placed tasks in the second memory */
    uint32_t parent;
    struct beam_step step;
};

struct level {
    struct state *states;
    size_t count;
    size_t capacity;
};

/* A placement that was computed: the same few frontiers come up again and again. */
struct known {
    uint64_t key; /* 0: none */
    uint64_t end; /* UINT64_MAX: no place */
};

struct exact {
    const struct exact_job *job;
    struct arena *arena;
    struct option options[EXACT_TASKS_MOST][OPTIONS_MOST];
    size_t option_counts[EXACT_TASKS_MOST];
    uint64_t least_joint[EXACT_TASKS_MOST]; /* over all memories */
    uint64_t least_first[EXACT_TASKS_MOST]; /* without the second memory */
    uint64_t joint_left[SETS]; /* sum of least_joint over first_set's tasks that are not in a set */
    uint64_t first_left[SETS]; /* the same of least_first */
    uint32_t first_set;        /* tasks with a block in the first memory */
    uint64_t second_least;     /* the second memory with every task's most slots there */
    uint64_t second_apart;     /* least in the second memory of tasks not in the first */
    struct level levels[EXACT_TASKS_MOST + 1];
    uint32_t *table; /* of the level being filled: 1 + index of state */
    struct known *known;
    uint64_t tried;
    uint64_t best_units;
    struct exact_answer *answer;
};

static bool is_spent(const struct exact *exact)
{
    return exact->tried > exact->job->budget;
}

/* Where a task's block ends in a memory; UINT64_MAX when that is too far to be of use. */
static uint64_t end_of(struct exact *exact, size_t memory, size_t index, uint32_t slots,
                       uint64_t frontier)
{
    const struct exact_job *job = exact->job;
    const uint64_t key = frontier << 9 | slots << 5 | index << 2 | memory << 1 | 1;
    struct known *known =
        &exact->known[(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (KNOWN_SIZE - 1)];
    exact->tried++;
    if (known->key == key)
        return known->end;
    struct layout_range block;
    known->key = key;
    known->end = UINT64_MAX;
    if (place_first(job->cover, job->spaces[memory], job->tasks[index].pieces[memory], slots,
                    frontier, job->starts[memory] + job->below, &block))
        known->end = block.end;
    return known->end;
}

/* ---- options ---- */

static uint64_t least_of(const struct exact_task *task, size_t memory, uint32_t slots)
{
    return task->pieces[memory] == NULL ? 0 : task->pieces[memory]->least[slots];
}

/* Whether more slots in the second memory or fewer elsewhere is the same: then only the former is
 * an option. */
static bool has_elsewhere(const struct exact_task *task)
{
    return task->elsewhere[task->slots] != 0;
}

static void add_option(struct exact *exact, size_t index, uint32_t first, uint32_t second)
{
    const struct exact_task *task = &exact->job->tasks[index];
    const uint64_t elsewhere = task->elsewhere[task->slots - first - second];
    if (elsewhere == UINT64_MAX || exact->option_counts[index] == OPTIONS_MOST)
        return;
    exact->options[index][exact->option_counts[index]++] =
        (struct option){{first, second}, elsewhere};
    const uint64_t alone = least_of(task, 0, first) + elsewhere;
    const uint64_t joint = alone + least_of(task, 1, second);
    if (alone < exact->least_first[index])
        exact->least_first[index] = alone;
    if (joint < exact->least_joint[index])
        exact->least_joint[index] = joint;
}

/* All ways to give `first` slots to the first memory. */
static void add_options(struct exact *exact, size_t index, uint32_t first)
{
    const struct exact_task *task = &exact->job->tasks[index];
    uint32_t most = task->slots - first;
    if (task->pieces[1] == NULL) {
        add_option(exact, index, first, 0);
        return;
    }
    if (most > task->most_slots[1])
        most = task->most_slots[1];
    for (uint32_t second = has_elsewhere(task) ? 1 : most; second >= 1 && second <= most; second++)
        add_option(exact, index, first, second);
}

static void list_options(struct exact *exact, size_t index)
{
    const struct exact_task *task = &exact->job->tasks[index];
    exact->least_joint[index] = UINT64_MAX;
    exact->least_first[index] = UINT64_MAX;
    if (task->pieces[0] == NULL) {
        add_options(exact, index, 0);
        return;
    }
    exact->first_set |= UINT32_C(1) << index;
    for (uint32_t k = 1; k <= task->most_slots[0] && k <= task->slots; k++)
        add_options(exact, index, k);
}

/* ---- the second memory ---- */

struct order {
    uint64_t frontiers[SETS]; /* UINT64_MAX: not reached */
    uint8_t last[SETS];
};

/* The lowest end of the second memory with the given slots, 0 for tasks that are not there;
 * UINT64_MAX when it is not below `limit`. */
static uint64_t order_second(struct exact *exact, const uint32_t *slots, uint64_t limit,
                             struct order *order)
{
    const struct exact_job *job = exact->job;
    uint32_t all = 0;
    uint64_t left[SETS]; /* the least of the tasks not in a set */
    for (size_t i = 0; i < job->task_count; i++)
        all |= slots[i] > 0 ? UINT32_C(1) << i : 0;
    for (uint32_t set = 0; set <= all; set++) {
        order->frontiers[set] = UINT64_MAX;
        left[set] =
            0; /* stays below the limit where a frontier is known, and with one task fewer too */
        for (size_t i = 0; i < job->task_count; i++)
            if ((all & ~set) >> i & 1)
                left[set] += job->tasks[i].pieces[1]->least[slots[i]];
    }
    order->frontiers[0] = job->starts[1];
    for (uint32_t set = 0; set < all; set++) {
        if (order->frontiers[set] == UINT64_MAX || order->frontiers[set] + left[set] >= limit)
            continue;
        for (size_t i = 0; i < job->task_count; i++) {
            if (((all & ~set) >> i & 1) == 0)
                continue;
            const uint32_t with = set | UINT32_C(1) << i;
            const uint64_t allowed = limit - left[with];
            const uint64_t known =
                order->frontiers[with] < allowed ? order->frontiers[with] : allowed;
            const uint64_t end = end_of(exact, 1, i, slots[i], order->frontiers[set]);
            if (end < known) {
                order->frontiers[with] = end;
                order->last[with] = (uint8_t)i;
            }
        }
    }
    return order->frontiers[all];
}

/* ---- the first memory ---- */

/* No packing that continues a state takes less. */
static uint64_t bound_of(const struct exact *exact, const struct state *state, uint32_t set)
{
    const uint64_t placed = state->frontier - exact->job->starts[0] + state->elsewhere;
    const uint64_t joint = placed + state->second + exact->second_apart + exact->joint_left[set];
    const uint64_t apart = placed + exact->second_least + exact->first_left[set];
    return joint > apart ? joint : apart;
}

static void sum_left(struct exact *exact)
{
    for (uint32_t set = 0; set < SETS; set++) {
        for (size_t i = 0; i < exact->job->task_count; i++) {
            if (((exact->first_set & ~set) >> i & 1) == 0)
                continue;
            exact->joint_left[set] += exact->least_joint[i];
            exact->first_left[set] += exact->least_first[i];
        }
    }
}

static struct state *find_state(struct exact *exact, struct level *level, uint64_t key)
{
    size_t at = (key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (TABLE_SIZE - 1);
    while (exact->table[at] != 0 && level->states[exact->table[at] - 1].key != key)
        at = (at + 1) & (TABLE_SIZE - 1);
    if (exact->table[at] != 0)
        return &level->states[exact->table[at] - 1];
    if (level->count == STATES_MOST)
        return NULL;
    if (level->count == level->capacity) {
        level->states = arena_grow(exact->arena, level->states, level->count, 2 * level->capacity,
                                   sizeof *level->states);
        level->capacity *= 2;
    }
    level->states[level->count] = (struct state){.key = key, .frontier = UINT64_MAX};
    exact->table[at] = (uint32_t)++level->count;
    return &level->states[level->count - 1];
}

static void add_child(struct exact *exact, struct level *level, const struct state *parent,
                      uint32_t parent_index, size_t index, const struct option *option,
                      uint64_t end, uint32_t set)
{
    const uint64_t slots = option->slots[0] | option->slots[1] << 4;
    struct state child = {.key = parent->key | slots << index * BITS_PER_TASK,
                          .frontier = end,
                          .elsewhere = parent->elsewhere + option->elsewhere,
                          .second = parent->second +
                                    least_of(&exact->job->tasks[index], 1, option->slots[1]),
                          .parent = parent_index,
                          .step = {(uint32_t)index, option->slots[0]}};
    if (bound_of(exact, &child, set) >= exact->best_units)
        return;
    struct state *state = find_state(exact, level, child.key);
    if (state == NULL)
        exact->tried = exact->job->budget + 1;
    else if (child.frontier < state->frontier)
        *state = child;
}

static uint32_t set_of(uint64_t key)
{
    uint32_t set = 0;
    for (uint32_t i = 0; i < EXACT_TASKS_MOST; i++)
        set |= (key >> i * BITS_PER_TASK & 15) != 0 ? UINT32_C(1) << i : 0;
    return set;
}

static void expand_state(struct exact *exact, struct level *next, const struct state *state,
                         uint32_t number)
{
    const struct exact_job *job = exact->job;
    const uint32_t set = set_of(state->key);
    for (size_t i = 0; i < job->task_count; i++) {
        if (((exact->first_set & ~set) >> i & 1) == 0)
            continue;
        uint64_t end = UINT64_MAX;
        for (size_t j = 0; j < exact->option_counts[i]; j++) {
            const struct option *option = &exact->options[i][j];
            /* Options with the same slots here stand together. */
            if (j == 0 || option->slots[0] != exact->options[i][j - 1].slots[0])
                end = end_of(exact, 0, i, option->slots[0], state->frontier);
            if (end != UINT64_MAX)
                add_child(exact, next, state, number, i, option, end, set | UINT32_C(1) << i);
        }
    }
}

/* Fills all levels; returns the number of the last. */
static size_t search_first(struct exact *exact)
{
    const size_t last = (size_t)__builtin_popcount(exact->first_set);
    exact->levels[0].states = ARENA_NEW(exact->arena, struct state);
    exact->levels[0].states[0].frontier = exact->job->starts[0];
    for (size_t i = 0; i < exact->job->task_count; i++)
        if ((exact->first_set >> i & 1) == 0)
            exact->levels[0].states[0].elsewhere += exact->options[i][0].elsewhere;
    exact->levels[0].count = 1;
    for (size_t i = 0; i < last && !is_spent(exact); i++) {
        struct level *next = &exact->levels[i + 1];
        next->capacity = STATES_FIRST;
        next->states = ARENA_ARRAY(exact->arena, struct state, next->capacity);
        memset(exact->table, 0, TABLE_SIZE * sizeof *exact->table);
        for (size_t j = 0; j < exact->levels[i].count && !is_spent(exact); j++)
            expand_state(exact, next, &exact->levels[i].states[j], (uint32_t)j);
    }
    return last;
}

/* ---- both ---- */

/* The slots of every task in the second memory, given those of the first. */
static void second_slots(const struct exact *exact, uint64_t key, uint32_t *slots)
{
    for (size_t i = 0; i < exact->job->task_count; i++) {
        const bool in_first = exact->first_set >> i & 1;
        slots[i] = in_first ? (uint32_t)(key >> (i * BITS_PER_TASK + 4) & 15)
                            : exact->options[i][0].slots[1];
    }
}

static void keep_answer(struct exact *exact, size_t last, const struct state *state,
                        const struct order *order, const uint32_t *slots, uint64_t units)
{
    struct exact_answer *answer = exact->answer;
    exact->best_units = units;
    answer->units = units;
    answer->is_found = true;
    answer->step_counts[0] = last;
    for (size_t i = last; i > 0; i--) {
        answer->steps[0][i - 1] = state->step;
        state = &exact->levels[i - 1].states[state->parent];
    }
    uint32_t set = 0;
    answer->step_counts[1] = 0;
    for (size_t i = 0; i < exact->job->task_count; i++) {
        set |= slots[i] > 0 ? UINT32_C(1) << i : 0;
        answer->step_counts[1] += slots[i] > 0;
    }
    for (size_t i = answer->step_counts[1]; i > 0; i--) {
        const uint8_t task = order->last[set];
        answer->steps[1][i - 1] = (struct beam_step){task, slots[task]};
        set &= ~(UINT32_C(1) << task);
    }
}

struct ranked {
    uint64_t bound;
    uint64_t key;
    const struct state *state;
};

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left;
    const struct ranked *b = right;
    if (a->bound != b->bound)
        return a->bound < b->bound ? -1 : 1;
    return (a->key > b->key) - (a->key < b->key);
}

/* Orders the second memory for each sharing of slots, the most promising first. */
static void search_second(struct exact *exact, size_t last)
{
    const struct level *level = &exact->levels[last];
    struct ranked *ranked = ARENA_ARRAY(exact->arena, struct ranked, level->count);
    struct order *order = ARENA_NEW(exact->arena, struct order);
    for (size_t i = 0; i < level->count; i++)
        ranked[i] = (struct ranked){bound_of(exact, &level->states[i], exact->first_set),
                                    level->states[i].key, &level->states[i]};
    qsort(ranked, level->count, sizeof *ranked, compare_ranked);
    for (size_t i = 0; i < level->count && !is_spent(exact); i++) {
        const struct state *state = ranked[i].state;
        if (ranked[i].bound >= exact->best_units)
            return;
        uint32_t slots[EXACT_TASKS_MOST] = {0};
        second_slots(exact, state->key, slots);
        const uint64_t first = state->frontier - exact->job->starts[0] + state->elsewhere;
        const uint64_t start = exact->job->starts[1];
        const uint64_t end = order_second(exact, slots, start + exact->best_units - first, order);
        if (end != UINT64_MAX)
            keep_answer(exact, last, state, order, slots, first + end - start);
    }
}

/* The least end of the second memory: every task has its most slots there. */
static void measure_second(struct exact *exact)
{
    uint32_t slots[EXACT_TASKS_MOST] = {0};
    struct order *order = ARENA_NEW(exact->arena, struct order);
    for (size_t i = 0; i < exact->job->task_count; i++) {
        for (size_t j = 0; j < exact->option_counts[i]; j++)
            if (exact->options[i][j].slots[1] > slots[i])
                slots[i] = exact->options[i][j].slots[1];
        if ((exact->first_set >> i & 1) == 0)
            exact->second_apart += least_of(&exact->job->tasks[i], 1, slots[i]);
    }
    const uint64_t end = order_second(exact, slots, UINT64_MAX / 2, order);
    exact->second_least = end == UINT64_MAX ? 0 : end - exact->job->starts[1];
}

/* A task without a block in the first memory has its slots fixed from the start. */
static bool are_options_enough(const struct exact *exact)
{
    for (size_t i = 0; i < exact->job->task_count; i++)
        if (exact->option_counts[i] == 0 || exact->option_counts[i] == OPTIONS_MOST ||
            ((exact->first_set >> i & 1) == 0 && exact->option_counts[i] != 1))
            return false;
    return true;
}

struct exact_answer exact_search(const struct exact_job *job, struct arena *arena)
{
    struct exact_answer answer = {.is_found = false};
    struct exact *exact = ARENA_NEW(arena, struct exact);
    exact->job = job;
    exact->arena = arena;
    exact->best_units = job->below;
    exact->answer = &answer;
    exact->table = ARENA_ARRAY(arena, uint32_t, TABLE_SIZE);
    exact->known = ARENA_ARRAY(arena, struct known, KNOWN_SIZE);
    for (size_t i = 0; i < job->task_count; i++)
        list_options(exact, i);
    if (!are_options_enough(exact))
        return answer;
    sum_left(exact);
    measure_second(exact);
    const size_t last = search_first(exact);
    if (!is_spent(exact))
        search_second(exact, last);
    answer.is_proven = !is_spent(exact);
    return answer;
}
