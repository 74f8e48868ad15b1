#include "layout/solve/nofit.h"

#include "layout/search/problem_create.h"

bool layout_solve(const struct layout_request *request, struct arena *arena, struct layout *ret,
                  struct diag_list *diags)
{
    struct problem problem;
    if (!problem_create(request, arena, &problem, diags))
        return false;
    const struct fit fit = fit_blocks(&problem, arena);
    if (!fit.is_fit)
        return nofit_report(&problem, &fit, arena, diags);
    *ret = answer_build(&problem, &fit.packing, fit.info, arena);
    return true;
}

bool layout_try(const struct layout_request *request, struct arena *arena, struct layout *ret)
{
    struct diag_list ignored = diag_list_in(arena);
    struct problem problem;
    if (!problem_create(request, arena, &problem, &ignored))
        return false;
    const struct fit fit = fit_blocks(&problem, arena);
    if (fit.is_fit)
        *ret = answer_build(&problem, &fit.packing, fit.info, arena);
    return fit.is_fit;
}

bool layout_overflowing(const struct layout_request *request, struct arena *arena,
                        struct layout *ret)
{
    struct diag_list ignored = diag_list_in(arena);
    struct problem problem;
    if (!problem_create(request, arena, &problem, &ignored))
        return false;
    const struct fit fit = fit_blocks(&problem, arena);
    *ret = answer_build(&problem, &fit.packing, fit.info, arena);
    return true;
}
