/* The solver against a simulated annealer, kind by kind of what is hard.
 *
 *     bench_annealed [PROBLEMS [CHANGES [SEED [KIND]]]]
 *
 * Each row is PROBLEMS random requests (100) of one kind, of which the annealer tries CHANGES
 * changes each (1,000,000). Waste is in percent of what the tasks need, over all memories;
 * difference: what the solver uses beyond the annealer, in percent of what the annealer uses. The
 * same seed gives the same problems and the same answers on every machine; times are CPU time of
 * layout_solve.
 */
#include "tests/bench/anneal.h"
#include "tests/property/layout/generator.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SLOTS = 8, RESERVED = 1, MEMORIES = 3, KERNEL_BYTES = 2048 };

/* What a kind of problem has. */
struct kind {
    const char *name;
    size_t least_tasks, most_tasks; /* log-uniform */
    size_t obstacles_most;          /* holes, and blocks pinned to an address, in all */
    bool has_choices;               /* data in one of two memories, some with limits, and tight */
};

static const struct kind KINDS[] = {
    {"plain, 9 to 26 tasks", 9, 26, 0, false},     {"plain, 33 tasks", 33, 33, 0, false},
    {"obstacles, 5 to 60 tasks", 5, 60, 4, false}, {"choices, 2 to 8 tasks", 2, 8, 0, true},
    {"choices, 9 to 40 tasks", 9, 40, 0, true},
};

static void no_memory(void)
{
    fprintf(stderr, "out of memory\n");
    abort();
}

/* ---- problems ---- */

static uint64_t log_uniform(struct generator *generator, double least, double most)
{
    const double share = (double)(generator_next(generator) >> 11) / (double)(UINT64_C(1) << 53);
    return (uint64_t)(least * pow(most / least, share));
}

static struct layout_need make_need(struct generator *generator, size_t memory, uint64_t most)
{
    return (struct layout_need){.memories = generator_indices(generator, memory, 1),
                                .memory_count = 1,
                                .bytes = log_uniform(generator, 64, (double)most),
                                .align_bytes = 4};
}

/* Lets a block of data lie in either memory; one in four may need no more of one than it does not
 * have. */
static void give_choice(struct generator *generator, struct layout_need *need)
{
    need->memories = generator_indices(generator, 1, 2);
    need->memory_count = 2;
    if (!generator_one_in(generator, 4))
        return;
    uint64_t *limits = ARENA_ARRAY(generator->arena, uint64_t, 2);
    limits[generator_below(generator, 2)] = need->bytes > 64 ? need->bytes - 32 : 32;
    need->limits = limits;
}

static void make_task(struct generator *generator, const struct kind *kind, size_t index,
                      struct layout_need *needs, struct layout_task *task)
{
    struct layout_grant *grants = ARENA_ARRAY(generator->arena, struct layout_grant, 4);
    needs[0] = make_need(generator, 0, 16384);
    needs[1] = make_need(generator, 1, 8192);
    if (kind->has_choices)
        give_choice(generator, &needs[1]);
    *task = (struct layout_task){.name = arena_format(generator->arena, "task%zu", index),
                                 .needs = needs,
                                 .need_count = 2,
                                 .grants = grants,
                                 .grant_count = generator_below(generator, 5)};
    for (size_t i = 0; i < task->grant_count; i++) /* far apart, so that each takes a slot */
        grants[i] = (struct layout_grant){
            .kind = LAYOUT_PERIPHERAL,
            .name = arena_format(generator->arena, "p%zu", i),
            .range = {0xe0000000 + i * 0x1000000, 0xe0000000 + i * 0x1000000 + 1024},
            .attributes = 11};
}

static uint64_t need_of(const struct layout_request *request, size_t need)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < request->task_count; i++)
        bytes += (request->tasks[i].needs[need].bytes + 31) / 32 * 32;
    return bytes;
}

/* A request that is being made. */
struct draft {
    struct layout_request request;
    struct layout_memory *memories;
    struct layout_need *needs; /* two for each task */
};

/* Puts a hole or a pinned block somewhere into the first three quarters of what tasks need. */
static void add_obstacle(struct generator *generator, struct draft *draft, size_t number)
{
    enum { STEP = 1024 };
    const size_t index = generator_below(generator, 2);
    struct layout_memory *memory = &draft->memories[index];
    const uint64_t span = need_of(&draft->request, index) * 3 / 4 + STEP;
    const uint64_t at =
        memory->base + KERNEL_BYTES + generator_below(generator, span) / STEP * STEP;
    if (number < draft->request.task_count && generator_one_in(generator, 2)) {
        struct layout_need *need = &draft->needs[2 * number + index];
        need->bytes = need->bytes > STEP ? STEP : need->bytes;
        need->is_pinned = true;
        need->one_region = true;
        need->pinned_addr = at;
    } else if (memory->hole_count == 0) {
        struct layout_range *hole = ARENA_NEW(generator->arena, struct layout_range);
        *hole = (struct layout_range){at, at + 256 * (1 + generator_below(generator, 8))};
        memory->holes = hole;
        memory->hole_count = 1;
    }
}

static struct layout_request make_request(struct generator *generator, const struct kind *kind,
                                          const struct mpu *mpu)
{
    static const size_t flash[] = {0}, ram[] = {1}, other[] = {2};
    struct layout_request request = {.mpu = *mpu, .memory_count = kind->has_choices ? 3 : 2};
    struct layout_memory *memories = ARENA_ARRAY(generator->arena, struct layout_memory, MEMORIES);
    struct layout_need *kernel = ARENA_ARRAY(generator->arena, struct layout_need, MEMORIES);
    request.task_count =
        (size_t)log_uniform(generator, (double)kind->least_tasks, (double)kind->most_tasks + 0.99);
    struct layout_task *tasks =
        ARENA_ARRAY(generator->arena, struct layout_task, request.task_count);
    struct layout_need *needs =
        ARENA_ARRAY(generator->arena, struct layout_need, 2 * request.task_count);
    for (size_t i = 0; i < request.task_count; i++)
        make_task(generator, kind, i, &needs[2 * i], &tasks[i]);
    request.tasks = tasks;
    memories[0] = (struct layout_memory){
        .name = "flash", .base = 0x08000000, .size = 1 << 22, .attributes = 5};
    memories[1] =
        (struct layout_memory){.name = "ram", .base = 0x20000000, .size = 1 << 22, .attributes = 3};
    memories[2] = (struct layout_memory){
        .name = "other", .base = 0x30000000, .size = 1 << 22, .attributes = 3};
    if (kind->has_choices) {
        const uint64_t both = need_of(&request, 1) * (105 + generator_below(generator, 60)) / 100;
        memories[1].size = KERNEL_BYTES + both * (30 + generator_below(generator, 40)) / 100;
        memories[1].size = (memories[1].size + 255) / 256 * 256;
        memories[2].size = (both + 2 * KERNEL_BYTES - memories[1].size + 511) / 256 * 256;
    }
    kernel[0] = (struct layout_need){
        .memories = flash, .memory_count = 1, .bytes = KERNEL_BYTES, .align_bytes = 32};
    kernel[1] = (struct layout_need){
        .memories = ram, .memory_count = 1, .bytes = KERNEL_BYTES, .align_bytes = 32};
    kernel[2] =
        (struct layout_need){.memories = other, .memory_count = 1, .bytes = 256, .align_bytes = 32};
    request.memories = memories;
    request.kernel = kernel;
    request.kernel_count = request.memory_count;
    struct draft draft = {request, memories, needs};
    const size_t obstacles = generator_below(generator, kind->obstacles_most + 1);
    for (size_t i = 0; i < obstacles; i++)
        add_obstacle(generator, &draft, i);
    return request;
}

/* ---- results ---- */

struct results {
    double *waste, *annealed, *difference, *milliseconds;
    size_t count;    /* of problems that both solve */
    size_t optimal;  /* of these, where the solver proves that none is better */
    size_t refused;  /* by the solver alone */
    size_t unsolved; /* by both */
};

static double used_bytes_of(const struct layout *layout)
{
    double bytes = 0;
    for (size_t i = 0; i < layout->memory_count; i++)
        bytes += (double)(layout->memories[i].need_bytes + layout->memories[i].padding_bytes +
                          layout->memories[i].gap_bytes);
    return bytes;
}

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* Whether two pinned blocks or a hole meet: no request then, but the next seed's. */
static bool is_possible(const struct diag_list *diags)
{
    for (size_t i = 0; i < diags->count; i++)
        if (strcmp(diags->items[i].code, "layout-pin") == 0)
            return false;
    return true;
}

static bool run_one(const struct kind *kind, const struct mpu *mpu, uint64_t seed, uint64_t changes,
                    struct results *results)
{
    struct arena *arena = arena_create(no_memory);
    struct generator generator = {seed, arena};
    struct diag_list diags = diag_list_in(arena);
    const struct layout_request request = make_request(&generator, kind, mpu);
    struct layout layout;
    const double start = now_ms();
    const bool solved = layout_solve(&request, arena, &layout, &diags);
    const double took = now_ms() - start;
    bool good = !solved || layout_verify(&request, &layout, &diags);
    if (solved || is_possible(&diags)) {
        const struct annealed annealed = anneal(&request, changes, seed, arena);
        if (solved && annealed.fits) {
            const double need = (double)(need_of(&request, 0) + need_of(&request, 1));
            const double used = used_bytes_of(&layout);
            const double other = (double)annealed.used_bytes;
            results->waste[results->count] = 100 * (used - need) / need;
            results->annealed[results->count] = 100 * (other - need) / need;
            results->difference[results->count] = 100 * (used - other) / other;
            results->milliseconds[results->count++] = took;
            results->optimal += (uint64_t)used == layout.bound_bytes;
            if (used - other > 0.003 * other || other < (double)layout.bound_bytes)
                fprintf(stderr,
                        "seed %" PRIu64 ": %zu tasks, %.0f bytes, annealed %.0f, bound %" PRIu64
                        "\n",
                        seed, request.task_count, used, other, layout.bound_bytes);
            good = good && other >= (double)layout.bound_bytes;
        } else if (annealed.fits) {
            results->refused++;
            fprintf(stderr, "seed %" PRIu64 ": refused\n", seed);
        } else {
            results->unsolved += !solved;
        }
    }
    arena_destroy(arena);
    return good;
}

static int compare_doubles(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The median and the worst. */
static void put(double *values, size_t count, const char *unit)
{
    qsort(values, count, sizeof *values, compare_doubles);
    printf(" %8.3f%s %8.3f%s", count == 0 ? 0 : values[count / 2], unit,
           count == 0 ? 0 : values[count - 1], unit);
}

static bool run(const struct kind *kind, const char *model, const struct mpu *mpu, size_t problems,
                uint64_t changes, uint64_t seed)
{
    struct arena *arena = arena_create(no_memory);
    struct results results = {.waste = ARENA_ARRAY(arena, double, problems),
                              .annealed = ARENA_ARRAY(arena, double, problems),
                              .difference = ARENA_ARRAY(arena, double, problems),
                              .milliseconds = ARENA_ARRAY(arena, double, problems)};
    bool good = true;
    for (size_t i = 0; i < problems; i++)
        good = run_one(kind, mpu, seed + i, changes, &results) && good;
    printf("%-25s %-7s %5zu %5zu %5zu %5zu", kind->name, model, results.count, results.optimal,
           results.refused, results.unsolved);
    put(results.waste, results.count, "%");
    put(results.annealed, results.count, "%");
    put(results.difference, results.count, "%");
    put(results.milliseconds, results.count, "");
    printf("\n");
    fflush(stdout);
    arena_destroy(arena);
    return good;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        struct mpu mpu;
    } models[] = {
        {"on", {.model = MPU_PMSAV7, .slots = SLOTS, .reserved = RESERVED, .subregions = true}},
        {"off", {.model = MPU_PMSAV7, .slots = SLOTS, .reserved = RESERVED}},
    };
    const size_t problems = argc > 1 ? strtoul(argv[1], NULL, 10) : 100;
    const uint64_t changes = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
    const uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    bool good = true;
    printf("%-25s %-7s %5s %5s %5s %5s %19s %19s %19s %17s\n", "", "sub-", "", "opti-", "re-",
           "un-", "ours", "annealed", "difference", "CPU ms");
    printf("%-25s %-7s %5s %5s %5s %5s %9s %9s %9s %9s %9s %9s %8s %8s\n", "kind", "regions",
           "count", "mal", "fused", "known", "median", "worst", "median", "worst", "median",
           "worst", "median", "worst");
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        if (argc > 4 && strtoul(argv[4], NULL, 10) != i)
            continue;
        for (size_t j = 0; j < sizeof models / sizeof *models; j++)
            good = run(&KINDS[i], models[j].name, &models[j].mpu, problems, changes, seed) && good;
    }
    return good ? 0 : 1;
}
