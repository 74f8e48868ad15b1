/* How good layouts are, over many random problems: what they waste, how far they are above the
 * solver's own proven bound, and, of few tasks, above the exact optimum.
 *
 * A problem: 2 to 200 tasks, few as frequent as many (log-uniform), each with a block of code and
 * one of data of 64 bytes to 256 KiB (log-uniform) and 0 to 5 slots taken by peripherals; in every
 * second problem the memories begin at a multiple of their size, else anywhere. The same seed gives
 * the same problems on every machine.
 *
 * The optimum of up to 5 tasks: every order in each memory and every sharing of slots, each block
 * placed at the lowest end that it can have, for which the search shares place.h with the solver
 * and nothing else.
 */
#include "layout/search/place.h"
#include "tests/property/layout/generator.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { EXACT_TASKS = 5, MEMORIES = 2, FIXED_MOST = 5, SLOTS = 8, RESERVED = 1 };

static const double LEAST_BYTES = 64, MOST_BYTES = 262144, LEAST_TASKS = 2, MOST_TASKS = 200;

static void no_memory(void)
{
    fprintf(stderr, "out of memory\n");
    abort();
}

/* ---- problems ---- */

static double log_uniform(struct generator *generator, double least, double most)
{
    const double share = (double)(generator_next(generator) >> 11) / (double)(UINT64_C(1) << 53);
    return least * pow(most / least, share);
}

static void make_memory(struct generator *generator, bool is_aligned, size_t index,
                        struct layout_memory *memory, struct layout_need *kernel)
{
    const uint64_t size = UINT64_C(1) << 30;
    *memory = (struct layout_memory){.name = index == 0 ? "flash" : "ram",
                                     .base = index << 31,
                                     .size = size,
                                     .attributes = index == 0 ? 5 : 3};
    if (!is_aligned)
        memory->base += 32 * generator_below(generator, 1 << 15);
    *kernel = (struct layout_need){.memories = generator_indices(generator, index, 1),
                                   .memory_count = 1,
                                   .bytes = 1 + generator_below(generator, 32768),
                                   .align_bytes = 32};
}

static void make_task(struct generator *generator, size_t index, struct layout_task *task)
{
    struct layout_need *needs = ARENA_ARRAY(generator->arena, struct layout_need, MEMORIES);
    struct layout_grant *grants = ARENA_ARRAY(generator->arena, struct layout_grant, FIXED_MOST);
    *task = (struct layout_task){.name = arena_format(generator->arena, "task%zu", index),
                                 .needs = needs,
                                 .need_count = MEMORIES,
                                 .grants = grants,
                                 .grant_count = generator_below(generator, FIXED_MOST + 1)};
    for (size_t i = 0; i < MEMORIES; i++)
        needs[i] =
            (struct layout_need){.memories = generator_indices(generator, i, 1),
                                 .memory_count = 1,
                                 .bytes = (uint64_t)log_uniform(generator, LEAST_BYTES, MOST_BYTES),
                                 .align_bytes = 4};
    for (size_t i = 0; i < task->grant_count; i++) /* far apart, so that each takes a slot */
        grants[i] = (struct layout_grant){
            .kind = LAYOUT_PERIPHERAL,
            .name = arena_format(generator->arena, "p%zu", i),
            .range = {0xe0000000 + i * 0x1000000, 0xe0000000 + i * 0x1000000 + 1024},
            .attributes = 11};
}

static struct layout_request make_request(struct generator *generator, const struct mpu *mpu)
{
    struct layout_request request = {.mpu = *mpu};
    struct layout_memory *memories = ARENA_ARRAY(generator->arena, struct layout_memory, MEMORIES);
    struct layout_need *kernel = ARENA_ARRAY(generator->arena, struct layout_need, MEMORIES);
    const bool is_aligned = generator_one_in(generator, 2);
    request.task_count = (size_t)log_uniform(generator, LEAST_TASKS, MOST_TASKS + 1);
    struct layout_task *tasks =
        ARENA_ARRAY(generator->arena, struct layout_task, request.task_count);
    for (size_t i = 0; i < MEMORIES; i++)
        make_memory(generator, is_aligned, i, &memories[i], &kernel[i]);
    for (size_t i = 0; i < request.task_count; i++)
        make_task(generator, i, &tasks[i]);
    request.memories = memories;
    request.memory_count = MEMORIES;
    request.kernel = kernel;
    request.kernel_count = MEMORIES;
    request.tasks = tasks;
    return request;
}

/* ---- the optimum ---- */

struct exact {
    struct cover cover;
    size_t count;
    struct piece pieces[MEMORIES][EXACT_TASKS];
    uint32_t slots[EXACT_TASKS];
    struct layout_range free[MEMORIES]; /* behind the kernel, in units */
};

static struct exact make_exact(const struct layout_request *request)
{
    struct exact exact = {.cover = cover_of(&request->mpu), .count = request->task_count};
    const uint64_t unit = UINT64_C(1) << exact.cover.unit_log2;
    for (size_t m = 0; m < MEMORIES; m++) {
        const struct layout_memory *memory = &request->memories[m];
        const uint64_t kernel_end = memory->base + (request->kernel[m].bytes + 31) / 32 * 32;
        exact.free[m] = (struct layout_range){(kernel_end + unit - 1) / unit,
                                              (memory->base + memory->size) / unit};
        for (size_t i = 0; i < exact.count; i++)
            exact.pieces[m][i] =
                (struct piece){.size = (request->tasks[i].needs[m].bytes + unit - 1) / unit,
                               .alignment = 1,
                               .unit_log2 = exact.cover.unit_log2};
    }
    for (size_t i = 0; i < exact.count; i++)
        exact.slots[i] =
            (uint32_t)(request->mpu.slots - request->mpu.reserved - request->tasks[i].grant_count);
    return exact;
}

/* The lowest end of all tasks in one memory, with these slots: for each set of tasks that are
 * placed, the lowest frontier is all that matters. */
static uint64_t lowest_end(const struct exact *exact, size_t memory, const uint32_t *slots)
{
    uint64_t ends[1 << EXACT_TASKS];
    const struct space space = {&exact->free[memory], 1};
    ends[0] = exact->free[memory].start;
    for (size_t set = 1; set < (size_t)1 << exact->count; set++) {
        ends[set] = UINT64_MAX;
        for (size_t i = 0; i < exact->count; i++) {
            struct layout_range block;
            if ((set >> i & 1) == 0 || ends[set ^ (size_t)1 << i] == UINT64_MAX)
                continue;
            if (place_first(exact->cover, &space, &exact->pieces[memory][i], slots[i],
                            ends[set ^ (size_t)1 << i], exact->free[memory].end, &block) &&
                block.end < ends[set])
                ends[set] = block.end;
        }
    }
    return ends[((size_t)1 << exact->count) - 1];
}

/* The least units over every sharing of slots from task `index` on. */
static uint64_t optimum(const struct exact *exact, uint32_t shares[MEMORIES][EXACT_TASKS],
                        size_t index)
{
    uint64_t best = UINT64_MAX;
    if (index == exact->count) {
        const uint64_t first = lowest_end(exact, 0, shares[0]);
        const uint64_t second = lowest_end(exact, 1, shares[1]);
        return first == UINT64_MAX || second == UINT64_MAX
                   ? UINT64_MAX
                   : first - exact->free[0].start + second - exact->free[1].start;
    }
    for (uint32_t k = 1; k < exact->slots[index]; k++) {
        shares[0][index] = k;
        shares[1][index] = exact->slots[index] - k;
        const uint64_t units = optimum(exact, shares, index + 1);
        best = units < best ? units : best;
    }
    return best;
}

/* Bytes from where blocks can begin to the last block's end, over all memories. */
static uint64_t optimum_bytes(const struct layout_request *request)
{
    const struct exact exact = make_exact(request);
    uint32_t shares[MEMORIES][EXACT_TASKS];
    uint64_t bytes = optimum(&exact, shares, 0) << exact.cover.unit_log2;
    for (size_t m = 0; m < MEMORIES; m++) /* of the front, as the layout counts it */
        bytes += (exact.free[m].start << exact.cover.unit_log2) - request->memories[m].base -
                 (request->kernel[m].bytes + 31) / 32 * 32;
    return bytes;
}

/* ---- results ---- */

struct shares_of { /* in percent of the need */
    double *waste, *above_bound, *above_optimum;
    size_t count, exact_count, optimal_count;
};

static bool run_one(const struct mpu *mpu, uint64_t seed, struct shares_of *shares)
{
    struct arena *arena = arena_create(no_memory);
    struct generator generator = {seed, arena};
    struct diag_list diags = diag_list_in(arena);
    const struct layout_request request = make_request(&generator, mpu);
    struct layout layout;
    const bool solved =
        layout_solve(&request, arena, &layout, &diags) && layout_verify(&request, &layout, &diags);
    if (solved) {
        uint64_t need = 0;
        uint64_t used = 0;
        for (size_t i = 0; i < MEMORIES; i++) {
            const struct layout_memory_answer *memory = &layout.memories[i];
            need += memory->need_bytes;
            used += memory->need_bytes + memory->padding_bytes + memory->gap_bytes;
        }
        shares->waste[shares->count] = 100.0 * (double)(used - need) / (double)need;
        shares->above_bound[shares->count++] =
            100.0 * (double)(used - layout.bound_bytes) / (double)layout.bound_bytes;
        if (request.task_count <= EXACT_TASKS) {
            const uint64_t best = optimum_bytes(&request);
            shares->optimal_count += used == best;
            shares->above_optimum[shares->exact_count++] =
                100.0 * ((double)used - (double)best) / (double)best;
        }
    } else {
        for (size_t i = 0; i < diags.count; i++)
            fprintf(stderr, "seed %" PRIu64 ": [%s] %s\n", seed, diags.items[i].code,
                    diags.items[i].message);
    }
    arena_destroy(arena);
    return solved;
}

static int compare_doubles(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The median and the worst. */
static void put(double *values, size_t count)
{
    if (count == 0) {
        printf(" %9s %9s", "-", "-");
        return;
    }
    qsort(values, count, sizeof *values, compare_doubles);
    printf(" %8.3f%% %8.3f%%", values[count / 2], values[count - 1]);
}

static bool run(const char *name, const struct mpu *mpu, size_t problems, uint64_t seed)
{
    struct arena *arena = arena_create(no_memory);
    struct shares_of shares = {.waste = ARENA_ARRAY(arena, double, problems),
                               .above_bound = ARENA_ARRAY(arena, double, problems),
                               .above_optimum = ARENA_ARRAY(arena, double, problems)};
    bool ok = true;
    for (size_t i = 0; i < problems; i++)
        ok = run_one(mpu, seed + i, &shares) && ok;
    printf("%-22s %5zu", name, shares.count);
    put(shares.waste, shares.count);
    put(shares.above_bound, shares.count);
    printf(" %5zu %5zu", shares.exact_count, shares.optimal_count);
    put(shares.above_optimum, shares.exact_count);
    printf("\n");
    fflush(stdout);
    arena_destroy(arena);
    return ok;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        struct mpu mpu;
    } models[] = {
        {"pmsav7, subregions on",
         {.model = MPU_PMSAV7, .slots = SLOTS, .reserved = RESERVED, .subregions = true}},
        {"pmsav7, subregions off", {.model = MPU_PMSAV7, .slots = SLOTS, .reserved = RESERVED}},
        {"pmsav8", {.model = MPU_PMSAV8, .slots = SLOTS, .reserved = RESERVED}},
    };
    const size_t problems = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
    const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    bool ok = true;
    printf("%-22s %5s %19s %19s %5s %5s %19s\n", "", "", "waste", "above own bound", "up to", "at",
           "above the optimum");
    printf("%-22s %5s %9s %9s %9s %9s %5s %5s %9s %9s\n", "model", "count", "median", "worst",
           "median", "worst", "5", "best", "median", "worst");
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        ok = run(models[i].name, &models[i].mpu, problems, seed) && ok;
    return ok ? 0 : 1;
}
