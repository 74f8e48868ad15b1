/* In which memory a block lies when its need leaves a choice. */
#ifndef LAYOUT_SEARCH_CHOOSE_H
#define LAYOUT_SEARCH_CHOOSE_H

#include "layout/search/problem.h"

/* Sets the memory of every block that has a choice: the largest first, each into the first of its
 * memories that has room, and none where its task has a block already. kept_free[memory]: units to
 * leave free there, beyond what blocks need at least. */
void choose_memories(struct problem *problem, const uint64_t *kept_free, struct arena *arena);

#endif
