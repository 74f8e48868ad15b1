/* A request becomes a problem: the kernel placed, slots counted, pinned blocks set. */
#ifndef LAYOUT_SEARCH_PROBLEM_CREATE_H
#define LAYOUT_SEARCH_PROBLEM_CREATE_H

#include "layout/search/problem.h"

/* Errors: as layout_solve. */
MUST_CHECK bool problem_create(const struct layout_request *request, struct arena *arena,
                               struct problem *ret, struct diag_list *diags);

#endif
