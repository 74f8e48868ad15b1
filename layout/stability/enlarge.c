#include "layout/stability/enlarge.h"

#include "layout/stability/rebuild.h"

#include "base/checked.h"

#include <inttypes.h>
#include <string.h>

/* A need that no address space holds stays as it is: the solver says so. */
static uint64_t enlarged(uint64_t bytes, uint64_t per_mille, uint64_t step)
{
    uint64_t share;
    if (bytes > MPU_ADDRESS_END || !checked_multiply(bytes, per_mille, &share) ||
        share / 1000 > MPU_ADDRESS_END)
        return bytes;
    const uint64_t more = share / 1000 + (share % 1000 != 0);
    return more == 0 ? bytes : round_up(bytes + more, step);
}

static const struct layout_need *enlarge_needs(const struct layout_need *needs, size_t count,
                                               uint64_t per_mille, uint64_t step,
                                               struct arena *arena)
{
    struct layout_need *larger = ARENA_ARRAY(arena, struct layout_need, count);
    for (size_t i = 0; i < count; i++) {
        larger[i] = needs[i];
        if (!needs[i].is_pinned)
            larger[i].bytes = enlarged(needs[i].bytes, per_mille, step);
    }
    return larger;
}

void layout_with_headroom(const struct layout_request *request, uint64_t per_mille,
                          struct arena *arena, struct layout_request *ret)
{
    const uint64_t step = mpu_step_bytes(&request->mpu);
    struct layout_task *tasks = ARENA_ARRAY(arena, struct layout_task, request->task_count);
    for (size_t i = 0; i < request->task_count; i++) {
        tasks[i] = request->tasks[i];
        tasks[i].needs = enlarge_needs(tasks[i].needs, tasks[i].need_count, per_mille, step, arena);
    }
    struct layout_request larger = *request;
    larger.tasks = tasks;
    larger.kernel = enlarge_needs(request->kernel, request->kernel_count, per_mille, step, arena);
    *ret = larger;
}

/* The solver's errors, with a hint that says what would help here. */
static void report(const struct layout_request *request, const struct diag_list *found,
                   uint64_t per_mille, struct arena *arena, struct diag_list *diags)
{
    struct layout plain;
    const bool fits_without = layout_try(request, arena, &plain);
    for (size_t i = 0; i < found->count; i++) {
        const struct diag *diag = &found->items[i];
        diag_add(diags, diag->level, diag->code, diag->pos, "%s", diag->message);
        if (fits_without && strcmp(diag->code, "layout-no-fit") == 0)
            diag_hint(diags,
                      "it fits without headroom: ask for less than %" PRIu64 ".%" PRIu64 "%%",
                      per_mille / 10, per_mille % 10);
        else if (diag->hint != NULL)
            diag_hint(diags, "%s", diag->hint);
    }
}

bool layout_try_with_headroom(const struct layout_request *request, uint64_t per_mille,
                              struct arena *arena, struct layout *ret)
{
    struct layout_request larger;
    struct layout layout;
    layout_with_headroom(request, per_mille, arena, &larger);
    return layout_try(&larger, arena, &layout) &&
           rebuild_layout(request, rebuild_places_in(&layout, arena), arena, ret);
}

bool layout_solve_with_headroom(const struct layout_request *request, uint64_t per_mille,
                                struct arena *arena, struct layout *ret, struct diag_list *diags)
{
    struct layout_request larger;
    struct layout layout;
    struct diag_list found = diag_list_in(arena);
    if (layout_try_with_headroom(request, per_mille, arena, ret))
        return true;
    layout_with_headroom(request, per_mille, arena, &larger);
    if (layout_solve(&larger, arena, &layout, &found))
        return diag_error(diags, "layout-no-fit", NOWHERE,
                          "no room for the info block after the blocks");
    report(request, &found, per_mille, arena, diags);
    return false;
}
