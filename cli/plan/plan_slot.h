/* The image slots of a board, each of which gets a layout of its own. */
#ifndef CLI_PLAN_PLAN_SLOT_H
#define CLI_PLAN_PLAN_SLOT_H

#include "manifests/model/manifest.h"

/* One image slot to lay out. */
struct plan_slot {
    const struct manifest *manifest;
    const struct manifest_image *image;     /* NULL: the only one, unnamed */
    const struct manifest_memory *memories; /* as in this slot, less what MCUboot uses */
    const char *name;                       /* "" without image slots */
};

/* The image slots that the board builds, in the manifest's order; one unnamed slot if it names
 * none.
 * Shape:  *ret: `*ret_count` slots in `arena`, at least one. */
void plan_slots(const struct manifest *manifest, struct arena *arena, struct plan_slot **ret,
                size_t *ret_count);

#endif
