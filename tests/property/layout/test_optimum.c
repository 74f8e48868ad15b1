/* Small random problems against brute force: every order in each memory and every sharing of slots,
 * placed with a cover counter of the test's own. The solver reaches the optimum, and no bound
 * exceeds it. */
#include "tests/property/layout/generator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { UNITS = 512, TASKS_MOST = 4, MANY = 1000 };

struct brute {
    uint8_t *count; /* [a * (UNITS + 1) + b]: regions for [a, b) */
    uint32_t *next; /* [(size * (SLOTS + 1) + slots) * (UNITS + 1) + frontier]: the lowest end, 0:
                       unknown */
};

enum { SIZES_MOST = 128, SLOTS = 4 };

static void no_memory(void)
{
    fprintf(stderr, "out of memory\n");
    abort();
}

static bool is_legal(const struct mpu *mpu, uint32_t start, uint32_t end)
{
    for (uint32_t size = 1; size <= UNITS; size *= 2) {
        if (mpu->model == MPU_PMSAV8 ||
            (!mpu->subregions && end - start == size && start % size == 0) ||
            (mpu->subregions && start % size == 0 && end % size == 0 &&
             start / (8 * size) == (end - 1) / (8 * size)))
            return true;
    }
    return false;
}

static struct brute make_brute(const struct mpu *mpu, struct arena *arena)
{
    struct brute brute = {ARENA_ARRAY(arena, uint8_t, (UNITS + 1) * (UNITS + 1)),
                          ARENA_ARRAY(arena, uint32_t, SIZES_MOST * (SLOTS + 1) * (UNITS + 1))};
    for (uint32_t a = 0; a <= UNITS; a++)
        for (uint32_t b = a + 1; b <= UNITS; b++) {
            uint8_t least = is_legal(mpu, a, b) ? 1 : 100;
            for (uint32_t cut = a + 1; cut < b && least > 1; cut++)
                if (brute.count[a * (UNITS + 1) + cut] < least && is_legal(mpu, cut, b))
                    least = (uint8_t)(brute.count[a * (UNITS + 1) + cut] + 1) < least
                                ? (uint8_t)(brute.count[a * (UNITS + 1) + cut] + 1)
                                : least;
            brute.count[a * (UNITS + 1) + b] = least;
        }
    return brute;
}

static uint32_t next_end(const struct brute *brute, uint32_t size, uint32_t slots,
                         uint32_t frontier)
{
    uint32_t *known = &brute->next[(size * (SLOTS + 1) + slots) * (UNITS + 1) + frontier];
    if (*known != 0)
        return *known;
    *known = MANY;
    for (uint32_t a = frontier; a + size <= UNITS && a + size < *known; a++)
        for (uint32_t b = a + size; b <= UNITS && b < *known; b++)
            if (brute->count[a * (UNITS + 1) + b] <= slots)
                *known = b;
    return *known;
}

/* The lowest end over all orders of the tasks not in `placed`; sizes of 0 are not there. */
static uint32_t best_order(const struct brute *brute, const uint32_t *sizes, const uint32_t *slots,
                           size_t count, uint32_t placed, uint32_t frontier)
{
    uint32_t best = MANY;
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (placed >> i & 1 || sizes[i] == 0)
            continue;
        any = true;
        const uint32_t end = next_end(brute, sizes[i], slots[i], frontier);
        if (end == MANY)
            continue;
        const uint32_t all = best_order(brute, sizes, slots, count, placed | UINT32_C(1) << i, end);
        best = all < best ? all : best;
    }
    return any ? best : frontier;
}

struct small_problem {
    uint32_t sizes[2][TASKS_MOST];
    uint32_t slots[TASKS_MOST];
    uint32_t starts[2];
    size_t count;
};

/* The least units over every sharing of slots from task `index` on. */
static uint32_t optimum(const struct brute *brute, const struct small_problem *problem,
                        uint32_t shares[2][TASKS_MOST], size_t index)
{
    if (index == problem->count) {
        uint32_t sum = 0;
        for (size_t memory = 0; memory < 2; memory++) {
            const uint32_t end = best_order(brute, problem->sizes[memory], shares[memory],
                                            problem->count, 0, problem->starts[memory]);
            if (end == MANY)
                return MANY;
            sum += end - problem->starts[memory];
        }
        return sum;
    }
    uint32_t best = MANY;
    for (uint32_t k = 1; k < problem->slots[index]; k++) {
        shares[0][index] = k;
        shares[1][index] = problem->slots[index] - k;
        const uint32_t units = optimum(brute, problem, shares, index + 1);
        best = units < best ? units : best;
    }
    return best;
}

static struct small_problem make_problem(struct generator *generator, size_t count)
{
    struct small_problem problem = {.count = count};
    for (size_t i = 0; i < count; i++) {
        problem.slots[i] = 2 + (uint32_t)generator_below(generator, 3);
        problem.sizes[0][i] = 1 + (uint32_t)generator_below(generator, 60);
        problem.sizes[1][i] = 1 + (uint32_t)generator_below(generator, 30);
    }
    problem.starts[0] = (uint32_t)generator_below(generator, 40);
    problem.starts[1] = (uint32_t)generator_below(generator, 40);
    return problem;
}

static struct layout_request make_request(struct generator *generator, const struct mpu *mpu,
                                          const struct small_problem *problem)
{
    struct arena *arena = generator->arena;
    struct layout_request request = {.mpu = *mpu};
    struct layout_memory *memories = ARENA_ARRAY(arena, struct layout_memory, 2);
    struct layout_task *tasks = ARENA_ARRAY(arena, struct layout_task, problem->count);
    for (size_t i = 0; i < 2; i++)
        memories[i] = (struct layout_memory){.name = i == 0 ? "flash" : "ram",
                                             .base = i << 29,
                                             .size = 1 << 20,
                                             .skip_bytes = problem->starts[i] * 32,
                                             .attributes = i == 0 ? 5 : 3};
    for (size_t i = 0; i < problem->count; i++) {
        struct layout_need *needs = ARENA_ARRAY(arena, struct layout_need, 2);
        struct layout_grant *grants = ARENA_ARRAY(arena, struct layout_grant, 8);
        for (size_t j = 0; j < 2; j++)
            needs[j] = (struct layout_need){.memories = generator_indices(generator, j, 1),
                                            .memory_count = 1,
                                            .bytes = problem->sizes[j][i] * 32,
                                            .align_bytes = 4};
        tasks[i] = (struct layout_task){.name = arena_format(arena, "task%zu", i),
                                        .needs = needs,
                                        .need_count = 2,
                                        .grants = grants};
        /* Far apart, so that each takes a slot. */
        for (; tasks[i].grant_count < mpu->slots - problem->slots[i]; tasks[i].grant_count++) {
            const uint64_t at = UINT64_C(0x40000000) + tasks[i].grant_count * 0x100000;
            grants[tasks[i].grant_count] =
                (struct layout_grant){LAYOUT_PERIPHERAL,
                                      arena_format(arena, "p%zu", tasks[i].grant_count),
                                      {at, at + 1024},
                                      11,
                                      LAYOUT_CACHE_DEFAULT};
        }
    }
    request.memories = memories;
    request.memory_count = 2;
    request.tasks = tasks;
    request.task_count = problem->count;
    return request;
}

static void check_model(const struct mpu *mpu, uint64_t seed, size_t problems)
{
    struct arena *tables = arena_create(no_memory);
    const struct brute brute = make_brute(mpu, tables);
    for (size_t i = 0; i < problems; i++) {
        struct arena *arena = arena_create(no_memory);
        struct generator generator = {seed + i, arena};
        struct diag_list diags = diag_list_in(arena);
        const struct small_problem problem = make_problem(&generator, 1 + i % TASKS_MOST);
        const struct layout_request request = make_request(&generator, mpu, &problem);
        uint32_t shares[2][TASKS_MOST];
        const uint64_t least = 32 * (uint64_t)optimum(&brute, &problem, shares, 0);
        struct layout layout;
        assert_true(layout_solve(&request, arena, &layout, &diags));
        assert_true(layout_verify(&request, &layout, &diags));
        uint64_t used = 0;
        for (size_t j = 0; j < 2; j++)
            used += layout.memories[j].end -
                    (request.memories[j].base + request.memories[j].skip_bytes);
        if (used != least)
            fprintf(stderr, "seed %zu: used %zu, optimum %zu\n", (size_t)seed + i, (size_t)used,
                    (size_t)least);
        assert_true(used == least);
        assert_true(layout.bound_bytes <= least);
        arena_destroy(arena);
    }
    arena_destroy(tables);
}

static void test_subregions(void **state)
{
    (void)state;
    check_model(&(struct mpu){.model = MPU_PMSAV7, .slots = 8, .subregions = true}, 100, 120);
}

static void test_plain(void **state)
{
    (void)state;
    check_model(&(struct mpu){.model = MPU_PMSAV7, .slots = 8}, 300, 120);
}

static void test_any(void **state)
{
    (void)state;
    check_model(&(struct mpu){.model = MPU_PMSAV8, .slots = 8}, 500, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_subregions),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_any),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
