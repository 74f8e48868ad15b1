/* The exact search's answer as a plan. */
#ifndef LAYOUT_SEARCH_OPTIMUM_H
#define LAYOUT_SEARCH_OPTIMUM_H

#include "layout/search/ordering.h"

/* For few tasks, in at most two memories with several blocks: the best plan of all, else the plan
 * that was given. Raises planner->least_units where that plan is proven to be the best. */
struct ordering optimum_find(struct planner *planner, struct ordering plan);

#endif
