#include "layout/search/pack.h"

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

struct packing pack_blocks(const struct problem *problem, const uint32_t *weights,
                           struct arena *arena)
{
    struct planner planner = planner_create(problem, weights, arena);
    struct ordering plan = ordering_first(&planner);
    const uint64_t first_work = memo_asked(planner.memo);
    plan = optimum_find(&planner, ordering_improve(&planner, plan));
    plan = widen(&planner, plan, first_work);
    struct packing packing = {.blocks =
                                  ARENA_ARRAY(arena, struct layout_range, problem->block_count),
                              .least_units = planner.least_units};
    for (size_t i = 0; i < problem->block_count; i++)
        if (problem->blocks[i].is_pinned)
            packing.blocks[i] = problem->blocks[i].pinned;
    for (size_t i = 0; i < planner.stage_count; i++)
        ordering_decode(&planner, &planner.stages[i], plan.steps[i], packing.blocks);
    return packing;
}
