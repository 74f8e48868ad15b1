#include "layout/stability/rebuild.h"

#include "layout/search/answer.h"
#include "layout/search/bound.h"
#include "layout/search/problem_create.h"

static size_t *first_places(const struct layout_request *request, struct arena *arena,
                            size_t *ret_count)
{
    size_t *first = ARENA_ARRAY(arena, size_t, request->task_count);
    *ret_count = 0;
    for (size_t i = 0; i < request->task_count; i++) {
        first[i] = *ret_count;
        *ret_count += request->tasks[i].need_count;
    }
    return first;
}

static size_t place_index(const struct problem *problem, const size_t *first, size_t index)
{
    const struct problem_block *block = &problem->blocks[index];
    return first[problem->tasks[block->task].index] + block->need;
}

struct rebuild_place *rebuild_places_of(const struct problem *problem,
                                        const struct packing *packing, struct arena *arena)
{
    const uint32_t unit_log2 = problem->cover.unit_log2;
    size_t count;
    const size_t *first = first_places(problem->request, arena, &count);
    struct rebuild_place *places = ARENA_ARRAY(arena, struct rebuild_place, count);
    for (size_t i = 0; i < problem->block_count; i++)
        places[place_index(problem, first, i)] = (struct rebuild_place){
            problem->blocks[i].memory,
            {packing->blocks[i].start << unit_log2, packing->blocks[i].end << unit_log2}};
    return places;
}

struct rebuild_place *rebuild_places_in(const struct layout *layout, struct arena *arena)
{
    size_t count = 0;
    for (size_t i = 0; i < layout->task_count; i++)
        count += layout->tasks[i].block_count;
    struct rebuild_place *places = ARENA_ARRAY(arena, struct rebuild_place, count);
    size_t at = 0;
    for (size_t i = 0; i < layout->task_count; i++)
        for (size_t j = 0; j < layout->tasks[i].block_count; j++)
            places[at++] = (struct rebuild_place){layout->tasks[i].blocks[j].memory,
                                                  layout->tasks[i].blocks[j].range};
    return places;
}

/* A pinned block that lies otherwise than the solver would have it leaves its task other slots, and
 * so another bound. */
static void move_pin(struct problem *problem, struct problem_block *block,
                     struct layout_range range)
{
    struct problem_task *task = &problem->tasks[block->task];
    const uint32_t had = place_count(problem->cover, &block->piece, block->pinned);
    const uint32_t takes = place_count(problem->cover, &block->piece, range);
    if (had > takes)
        task->slots += had - takes;
    block->pinned = range;
}

bool rebuild_layout(const struct layout_request *request, const struct rebuild_place *places,
                    struct arena *arena, struct layout *ret)
{
    struct diag_list ignored = diag_list_in(arena);
    struct problem problem;
    if (!problem_create(request, arena, &problem, &ignored))
        return false;
    const uint32_t unit_log2 = problem.cover.unit_log2;
    size_t count;
    const size_t *first = first_places(request, arena, &count);
    struct packing packing = {.blocks =
                                  ARENA_ARRAY(arena, struct layout_range, problem.block_count)};
    for (size_t i = 0; i < problem.block_count; i++) {
        const struct rebuild_place *place = &places[place_index(&problem, first, i)];
        packing.blocks[i] =
            (struct layout_range){place->range.start >> unit_log2, place->range.end >> unit_log2};
        problem.blocks[i].memory = place->memory;
        if (problem.blocks[i].is_pinned)
            move_pin(&problem, &problem.blocks[i], packing.blocks[i]);
    }
    for (size_t i = 0; i < request->memory_count; i++)
        problem_find_space(&problem, i, arena);
    bound_blocks(&problem, arena);
    packing.least_units = bound_of_all(&problem, arena);
    struct layout_range info;
    if (!answer_place_info(&problem, &packing, &info))
        return false;
    *ret = answer_build(&problem, &packing, info, arena);
    return true;
}
