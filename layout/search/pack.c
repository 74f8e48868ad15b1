#include "layout/search/pack.h"

#include "layout/search/local.h"
#include "layout/search/optimum.h"

enum {
    WIDEN_BLOCKS_MOST = 64, /* in one memory; many blocks come near the bound anyway */
    WIDEN_WORK_MOST = 40000 /* places that a wider beam may be expected to ask for */
};

/* How far above the bound a packing may be, as the bound's part, before beams of another width are
 * tried. */
static const struct widening {
    uint32_t factor;
    uint64_t part;
} WIDENINGS[] = {{4, 5000}, {16, 1000}};

static bool is_widening_worth(const struct planner *planner)
{
    if (planner->is_weighted || planner->problem->cover.kind != COVER_EIGHTHS)
        return false;
    for (size_t i = 0; i < planner->stage_count; i++)
        if (planner->stages[i].block_count > WIDEN_BLOCKS_MOST)
            return false;
    return true;
}

static struct ordering better_of(struct ordering a, struct ordering b)
{
    return b.units < a.units ? b : a;
}

/* An order without waste in one memory, taken as it was found, may leave slots that make it hard to
 * find one in the next: a beam looks at several. */
static struct ordering plan_without_dives(struct planner *planner, struct ordering plan)
{
    if (ordering_is_close(planner, &plan) || !ordering_may_search_on(planner))
        return plan;
    planner->is_diving = false;
    return better_of(plan, ordering_improve(planner, ordering_first(planner)));
}

/* A block with few slots wants an aligned place, which only some sets of blocks before it reach: a
 * wider beam holds more of them. Plain regions stay too far above their bound for it to say when to
 * stop. first_work: what beams of the usual width asked for. */
static struct ordering widen(struct planner *planner, struct ordering plan, uint64_t first_work)
{
    if (!is_widening_worth(planner))
        return plan;
    plan = plan_without_dives(planner, plan);
    for (size_t i = 0; i < sizeof WIDENINGS / sizeof *WIDENINGS; i++) {
        if ((plan.units - planner->least_units) * WIDENINGS[i].part <= planner->least_units ||
            first_work * WIDENINGS[i].factor > WIDEN_WORK_MOST)
            break;
        planner->widening = WIDENINGS[i].factor;
        const struct ordering wider = ordering_improve(planner, ordering_first(planner));
        if (wider.units >= plan.units)
            break;
        plan = wider;
    }
    return plan;
}

/* More blocks than LOCAL_BLOCKS_MOST come near the bound anyway, and each change would take long to
 * try. */
enum {
    LOCAL_BLOCKS_MOST = 512,
    LOCAL_PLACES = 150000,     /* blocks that a local search of the usual effort may place, */
    LOCAL_FEW_BLOCKS = 52,     /* and twice as many for no more blocks than that, */
    LOCAL_PLACES_SQUARE = 1000 /* but for very few no more than that, times their number's square */
};

static struct local_plan local_plan_of(const struct planner *planner, const struct ordering *plan)
{
    const struct problem *problem = planner->problem;
    struct local_plan local = local_plan_new(problem, planner->arena);
    for (size_t i = 0; i < problem->block_count; i++)
        local.memories[i] = problem->blocks[i].memory;
    for (size_t i = 0; i < planner->stage_count; i++) {
        const struct stage *stage = &planner->stages[i];
        local.order_counts[stage->memory] = stage->block_count;
        for (size_t j = 0; j < stage->block_count; j++) {
            const size_t block = stage->blocks[plan->steps[i][j].item];
            local.orders[stage->memory][j] = (uint32_t)block;
            local.slots[block] = plan->steps[i][j].slots;
        }
    }
    return local;
}

static bool has_choices(const struct problem *problem)
{
    for (size_t i = 0; i < problem->block_count; i++)
        if (!problem->blocks[i].is_pinned && problem->blocks[i].memory_count > 1)
            return true;
    return false;
}

static bool overflows(const struct planner *planner, const struct ordering *plan)
{
    for (size_t i = 0; i < planner->stage_count; i++)
        if (plan->ends[i] > planner->problem->memories[planner->stages[i].memory].room_end)
            return true;
    return false;
}

/* How many blocks a local search of the usual effort may place. */
static uint64_t places_for(const struct problem *problem)
{
    uint64_t count = 0;
    for (size_t i = 0; i < problem->block_count; i++)
        count += !problem->blocks[i].is_pinned;
    const uint64_t few = LOCAL_PLACES_SQUARE * count * count;
    const uint64_t many = LOCAL_PLACES * (count <= LOCAL_FEW_BLOCKS ? 2 : 1);
    return few < many ? few : many;
}

/* How many blocks a local search may place; 0: there is nothing to gain. */
static uint64_t local_budget(const struct planner *planner, const struct ordering *plan)
{
    const struct problem *problem = planner->problem;
    const bool is_over = overflows(planner, plan);
    if ((!is_over && plan->units <= planner->least_units) ||
        problem->block_count > LOCAL_BLOCKS_MOST)
        return 0;
    if (!is_over && !has_choices(problem) && ordering_is_close(planner, plan))
        return 0;
    return problem->effort == 0 ? 0
                                : places_for(problem) * (is_over || has_choices(problem) ? 2 : 1);
}

/* Fills the packing with what local search makes of a plan. */
static void settle(const struct planner *planner, struct problem *problem,
                   const struct ordering *plan, struct local_job job, struct packing *packing)
{
    struct local_plan local = local_plan_of(planner, plan);
    job.problem = problem;
    job.plan = &local;
    job.least_units = planner->least_units;
    local_search(&job, planner->arena, packing->blocks);
    if (problem->effort > 1) { /* on from there: more effort is never worse */
        job.budget *= problem->effort - 1;
        job.seed = ~job.seed;
        local_search(&job, planner->arena, packing->blocks);
    }
    for (size_t i = 0; i < problem->block_count; i++)
        problem->blocks[i].memory = local.memories[i];
}

struct packing pack_blocks(struct problem *problem, const uint32_t *weights, uint32_t attempt,
                           struct arena *arena)
{
    struct planner planner = planner_create(problem, weights, arena);
    struct ordering plan = ordering_first(&planner);
    const uint64_t first_work = memo_asked(planner.memo);
    plan = optimum_find(&planner, ordering_improve(&planner, plan));
    plan = widen(&planner, plan, first_work);
    struct packing packing = {.blocks =
                                  ARENA_ARRAY(arena, struct layout_range, problem->block_count),
                              .memories = ARENA_ARRAY(arena, size_t, problem->block_count),
                              .least_units = planner.least_units};
    const uint64_t budget = local_budget(&planner, &plan);
    if (budget > 0)
        settle(&planner, problem, &plan, (struct local_job){.budget = budget, .seed = attempt},
               &packing);
    else
        for (size_t i = 0; i < planner.stage_count; i++)
            ordering_decode(&planner, &planner.stages[i], plan.steps[i], packing.blocks);
    for (size_t i = 0; i < problem->block_count; i++) {
        if (problem->blocks[i].is_pinned)
            packing.blocks[i] = problem->blocks[i].pinned;
        packing.memories[i] = problem->blocks[i].memory;
    }
    return packing;
}
