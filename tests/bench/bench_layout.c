/* How much the solver wastes and how long it takes, on random problems of growing size.
 *
 * Waste: last byte used minus the kernel's end minus the needs, over the needs, in parts per
 * million, summed over the memories. The same seeds give the same problems on every machine; only
 * the times differ.
 */
#include "tests/property/layout/generator.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum { PROBLEMS_MOST = 40, MILLION = 1000000 };

struct result {
    uint64_t waste_ppm;
    uint64_t above_bound_ppm;
    uint64_t microseconds;
};

static void no_memory(void)
{
    fprintf(stderr, "out of memory\n");
    abort();
}

static uint64_t now_us(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * MILLION + (uint64_t)time.tv_nsec / 1000;
}

static int compare_numbers(const void *left, const void *right)
{
    const uint64_t a = *(const uint64_t *)left;
    const uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static bool run_one(const struct generator_shape *shape, uint64_t seed, struct result *ret)
{
    struct arena *arena = arena_create(no_memory);
    struct generator generator = {seed, arena};
    struct diag_list diags = diag_list_in(arena);
    const struct layout_request request = generator_request(&generator, shape);
    struct layout layout;
    const uint64_t start = now_us();
    bool solved = layout_solve(&request, arena, &layout, &diags);
    const uint64_t end = now_us();
    solved = solved && layout_verify(&request, &layout, &diags);
    if (solved) {
        uint64_t need = 0;
        uint64_t waste = 0;
        for (size_t i = 0; i < layout.memory_count; i++) {
            need += layout.memories[i].need_bytes;
            waste += layout.memories[i].padding_bytes + layout.memories[i].gap_bytes;
        }
        *ret = (struct result){waste * MILLION / need,
                               (need + waste - layout.bound_bytes) * MILLION / need, end - start};
    } else {
        for (size_t i = 0; i < diags.count; i++)
            fprintf(stderr, "[%s] %s\n", diags.items[i].code, diags.items[i].message);
    }
    arena_destroy(arena);
    return solved;
}

static void run(const char *name, struct generator_shape shape, size_t task_count, size_t problems)
{
    uint64_t waste[PROBLEMS_MOST];
    uint64_t above[PROBLEMS_MOST];
    uint64_t times[PROBLEMS_MOST];
    size_t count = 0;
    shape.task_count = task_count;
    for (size_t i = 0; i < problems; i++) {
        struct result result = {0};
        if (!run_one(&shape, task_count * 1000 + i, &result))
            continue;
        waste[count] = result.waste_ppm;
        above[count] = result.above_bound_ppm;
        times[count++] = result.microseconds;
    }
    if (count == 0)
        return;
    qsort(waste, count, sizeof *waste, compare_numbers);
    qsort(above, count, sizeof *above, compare_numbers);
    qsort(times, count, sizeof *times, compare_numbers);
    printf("%-18s %5zu %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64
           "\n",
           name, task_count, waste[count / 2], waste[count - 1], above[count / 2], above[count - 1],
           times[count / 2], times[count - 1]);
}

int main(void)
{
    static const size_t task_counts[] = {2, 4, 8, 12, 20, 33, 60, 100, 200};
    static const size_t large_counts[] = {1000, 4000};
    const struct {
        const char *name;
        struct generator_shape shape;
    } models[] = {
        {"pmsav7 subregions",
         {.model = MPU_PMSAV7,
          .subregions = true,
          .slots = 8,
          .memory_count = 2,
          .largest_bytes = 65536,
          .odds = WITH_GRANTS}},
        {"pmsav7 plain",
         {.model = MPU_PMSAV7,
          .slots = 8,
          .memory_count = 2,
          .largest_bytes = 65536,
          .odds = WITH_GRANTS}},
        {"pmsav8",
         {.model = MPU_PMSAV8,
          .slots = 8,
          .memory_count = 2,
          .largest_bytes = 65536,
          .odds = WITH_GRANTS}},
        {"pmp",
         {.model = MPU_PMP,
          .slots = 16,
          .memory_count = 2,
          .largest_bytes = 65536,
          .odds = WITH_GRANTS}},
    };
    printf("%-18s %5s %9s %9s %9s %9s %9s %9s\n", "model", "tasks", "waste ppm", "worst",
           "over bound", "worst", "us", "worst");
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        for (size_t j = 0; j < sizeof task_counts / sizeof *task_counts; j++)
            run(models[i].name, models[i].shape, task_counts[j],
                task_counts[j] <= 33 ? PROBLEMS_MOST : 8);
        struct generator_shape large = models[i].shape;
        large.largest_bytes = 16384;
        for (size_t j = 0; j < sizeof large_counts / sizeof *large_counts; j++)
            run(models[i].name, large, large_counts[j], 2);
    }
    return 0;
}
