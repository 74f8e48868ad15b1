/* The slots that a task's peripherals and maps take, joined where one region grants several of
 * them. */
#ifndef LAYOUT_SEARCH_JOIN_H
#define LAYOUT_SEARCH_JOIN_H

#include "layout/model/layout.h"

struct joined {
    struct layout_fixed *fixed; /* ascending by start */
    size_t count;
    uint32_t slots;
};

/* Finds the fewest slots that grant each of the task's grants, and never a byte more: grants of the
 * same attributes share a region when the model has one for exactly their union. The fewest is
 * exact for up to ten grants of equal attributes; more are looked at ten by ten.
 * Errors: layout-grant-not-coverable, layout-grant-overlap. *ret is untouched on failure. */
MUST_CHECK bool join_grants(const struct mpu *mpu, const struct layout_task *task,
                            struct arena *arena, struct joined *ret, struct diag_list *diags);

#endif
