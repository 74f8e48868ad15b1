#include "layout/pack.h"

#include "layout/optimum.h"

enum { WIDEN_BLOCKS_MOST = 64 /* in one memory; many blocks come near the bound anyway */ };

/* How far above the bound a packing may be, as the bound's part, before beams of another width are
 * tried. */
static const struct widening {
    uint32_t factor;
    uint64_t part;
} WIDENINGS[] = {{4, 5000}, {16, 1000}};

/* A block with few slots wants an aligned place, which only some sets of blocks before it reach: a
 * wider beam holds more of them. Plain regions stay too far above their bound for it to say when to
 * stop. */
static struct plan widen(struct planner *planner, struct plan plan)
{
    if (planner->is_weighted || planner->problem->cover.kind != COVER_EIGHTHS)
        return plan;
    for (size_t i = 0; i < planner->stage_count; i++)
        if (planner->stages[i].block_count > WIDEN_BLOCKS_MOST)
            return plan;
    for (size_t i = 0; i < sizeof WIDENINGS / sizeof *WIDENINGS; i++) {
        if ((plan.units - planner->least_units) * WIDENINGS[i].part <= planner->least_units)
            break;
        planner->widening = WIDENINGS[i].factor;
        const struct plan wider = plan_improve(planner, plan_first(planner));
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
    struct plan plan = plan_improve(&planner, plan_first(&planner));
    plan = widen(&planner, optimum_find(&planner, plan));
    struct packing packing = {.blocks =
                                  ARENA_ARRAY(arena, struct layout_range, problem->block_count),
                              .least_units = planner.least_units};
    for (size_t i = 0; i < problem->block_count; i++)
        if (problem->blocks[i].is_pinned)
            packing.blocks[i] = problem->blocks[i].pinned;
    for (size_t i = 0; i < planner.stage_count; i++)
        plan_decode(&planner, &planner.stages[i], plan.steps[i], packing.blocks);
    return packing;
}
