/* Blocks whose base address the request fixes. */
#ifndef LAYOUT_SEARCH_PIN_H
#define LAYOUT_SEARCH_PIN_H

#include "layout/search/problem.h"

/* Places every pinned block, takes its slots from its task and its room from the memory.
 * Errors: layout-pin. */
MUST_CHECK bool pin_blocks(struct problem *problem, struct arena *arena, struct diag_list *diags);

#endif
