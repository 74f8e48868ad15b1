/* How much a lock moves when one task grows.
 *
 *     bench_stability [BOARDS [EDITS [SEED]]]
 *
 * Each of BOARDS random boards (65) of 6 to 33 tasks is locked as it is laid out from scratch, with
 * the row's headroom; then one task after the other grows by 1 to 5% of one of its blocks, EDITS
 * times (20), each time from the same lock. Moved: other blocks that do not lie where they did;
 * boundaries: regions of unchanged tasks that begin or end elsewhere; extra: bytes beyond a layout
 * from scratch with the same headroom, in percent of what the tasks need.
 */
#include "layout/model/used.h"
#include "layout/stability/lock.h"
#include "tests/property/layout/generator.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum { BUDGET_PER_MILLE = 20 };

struct totals {
    uint64_t edits, others, moved, moved_most, fresh;
    double extra, extra_most, milliseconds, milliseconds_most;
};

static void no_memory(void)
{
    fprintf(stderr, "out of memory\n");
    abort();
}

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static uint64_t need_bytes(const struct layout *layout)
{
    uint64_t need = 0;
    for (size_t i = 0; i < layout->memory_count; i++)
        need += layout->memories[i].need_bytes;
    return need;
}

/* The request with one task's block grown by 1 to 5%. */
static struct layout_request grown(struct generator *generator,
                                   const struct layout_request *request, size_t task)
{
    struct layout_task *tasks = arena_grow(generator->arena, request->tasks, request->task_count,
                                           request->task_count, sizeof *tasks);
    struct layout_need *needs =
        arena_grow(generator->arena, tasks[task].needs, tasks[task].need_count,
                   tasks[task].need_count, sizeof *needs);
    struct layout_need *need = &needs[generator_below(generator, tasks[task].need_count)];
    need->bytes += 1 + need->bytes * (1 + generator_below(generator, 5)) / 100;
    tasks[task].needs = needs;
    struct layout_request other = *request;
    other.tasks = tasks;
    return other;
}

static void count(const struct layout_moves *moves, size_t task, struct totals *totals)
{
    uint64_t moved = 0;
    for (size_t i = 0; i < moves->count; i++) {
        if (moves->items[i].task == task)
            continue;
        totals->others++;
        moved += moves->items[i].kind != LAYOUT_KEPT;
    }
    totals->moved += moved;
    totals->moved_most = moved > totals->moved_most ? moved : totals->moved_most;
}

static bool edit(struct generator *generator, const struct layout_request *request, size_t task,
                 const struct layout_locked_block *locked, size_t locked_count,
                 const struct layout_lock_policy *policy, struct totals *totals)
{
    struct diag_list diags = diag_list_in(generator->arena);
    const struct layout_request other = grown(generator, request, task);
    struct layout layout, fresh;
    struct layout_moves moves;
    const double start = now_ms();
    if (!layout_solve_locked(&other, locked, locked_count, policy, generator->arena, &layout,
                             &moves, &diags))
        return false;
    const double took = now_ms() - start;
    if (!layout_verify(&other, &layout, &diags) ||
        !layout_try_with_headroom(&other, policy->headroom_per_mille, generator->arena, &fresh))
        return false;
    const double extra = 100 * ((double)used_bytes(&layout) - (double)used_bytes(&fresh)) /
                         (double)need_bytes(&layout);
    totals->edits++;
    totals->extra += extra;
    totals->extra_most = extra > totals->extra_most ? extra : totals->extra_most;
    totals->milliseconds += took;
    totals->milliseconds_most = took > totals->milliseconds_most ? took : totals->milliseconds_most;
    totals->fresh += moves.step == LAYOUT_STEP_SCRATCH;
    count(&moves, task, totals);
    return true;
}

static bool run_board(const struct generator_shape *asked, uint64_t seed, size_t edits,
                      const struct layout_lock_policy *policy, struct totals *totals)
{
    struct arena *arena = arena_create(no_memory);
    struct generator generator = {seed, arena};
    struct generator_shape shape = *asked;
    shape.task_count = 6 + generator_below(&generator, 28);
    const struct layout_request request = generator_request(&generator, &shape);
    struct layout layout;
    size_t locked_count;
    bool good = layout_try_with_headroom(&request, policy->headroom_per_mille, arena, &layout);
    const struct layout_locked_block *locked =
        good ? layout_lock(&layout, arena, &locked_count) : NULL;
    for (size_t i = 0; i < edits && good; i++)
        good = edit(&generator, &request, i % request.task_count, locked, locked_count, policy,
                    totals);
    arena_destroy(arena);
    return good;
}

static bool run(const char *name, bool subregions, uint64_t headroom, size_t boards, size_t edits,
                uint64_t seed)
{
    const struct generator_shape shape = {.model = MPU_PMSAV7,
                                          .subregions = subregions,
                                          .slots = 8,
                                          .memory_count = 2,
                                          .largest_bytes = 32768,
                                          .odds = WITH_GRANTS};
    const struct layout_lock_policy policy = {.budget_per_mille = BUDGET_PER_MILLE,
                                              .headroom_per_mille = headroom};
    struct totals totals = {0};
    bool good = true;
    for (size_t i = 0; i < boards; i++)
        good = run_board(&shape, seed + i, edits, &policy, &totals) && good;
    printf("%-10s %7.1f%% %6" PRIu64 " %7.2f%% %6" PRIu64 " %8.3f%% %8.3f%% %8.1f %8.1f %6" PRIu64
           "\n",
           name, (double)headroom / 10, totals.edits,
           100 * (double)totals.moved / (double)totals.others, totals.moved_most,
           totals.extra / (double)totals.edits, totals.extra_most,
           totals.milliseconds / (double)totals.edits, totals.milliseconds_most, totals.fresh);
    fflush(stdout);
    return good;
}

int main(int argc, char **argv)
{
    const size_t boards = argc > 1 ? strtoul(argv[1], NULL, 10) : 65;
    const size_t edits = argc > 2 ? strtoul(argv[2], NULL, 10) : 20;
    const uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    bool good = true;
    printf("%-10s %8s %6s %8s %6s %9s %9s %8s %8s %6s\n", "subregions", "headroom", "edits",
           "moved", "most", "extra", "worst", "CPU ms", "worst", "anew");
    for (unsigned headroom = 0; headroom <= 30; headroom += 30) {
        good = run("on", true, headroom, boards, edits, seed) && good;
        good = run("off", false, headroom, boards, edits, seed) && good;
    }
    return good ? 0 : 1;
}
