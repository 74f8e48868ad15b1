#include "layout/answer.h"

#include <inttypes.h>

static bool check_fit(const struct problem *problem, const struct packing *packing,
                      struct diag_list *diags)
{
    bool fits = true;
    for (size_t i = 0; i < problem->request->memory_count; i++) {
        const struct problem_memory *memory = &problem->memories[i];
        const uint64_t end = answer_memory_end(problem, packing, i);
        if (end > memory->end && end != memory->start)
            fits = diag_error(diags, "layout-no-fit", NOWHERE,
                              "%s overflows by %" PRIu64 " bytes", problem->request->memories[i].name,
                              (end - memory->end) << problem->cover.unit_log2);
    }
    return fits;
}

bool layout_solve(const struct layout_request *request, struct arena *arena, struct layout *ret,
                  struct diag_list *diags)
{
    struct problem problem;
    if (!problem_create(request, arena, &problem, diags))
        return false;
    const struct packing packing = pack_blocks(&problem, arena);
    if (!check_fit(&problem, &packing, diags))
        return false;
    struct layout_range info;
    if (!answer_place_info(&problem, &packing, &info))
        return diag_error(diags, "layout-no-fit", NOWHERE,
                          "the info block of %" PRIu64 " bytes does not fit behind the blocks of %s",
                          request->info_bytes, request->memories[request->info_memory].name);
    *ret = answer_build(&problem, &packing, info, arena);
    return true;
}
