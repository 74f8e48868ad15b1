#include "cli/plan/plan_slot.h"

#include "cli/plan/mcuboot_room.h"

static struct plan_slot slot_of(const struct manifest *manifest, const struct manifest_image *image,
                                struct arena *arena)
{
    const struct manifest_memory *memories = manifest_image_memories(manifest, image, arena);
    return (struct plan_slot){
        .manifest = manifest,
        .image = image,
        .memories = mcuboot_room_reserve(manifest, memories, arena),
        .name = image == NULL ? "" : image->name.text,
    };
}

void plan_slots(const struct manifest *manifest, struct arena *arena, struct plan_slot **ret,
                size_t *ret_count)
{
    struct plan_slot *slots = ARENA_ARRAY(arena, struct plan_slot, manifest->image_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < manifest->image_count; i++) {
        if (manifest->images[i].is_built)
            slots[count++] = slot_of(manifest, &manifest->images[i], arena);
    }
    if (count == 0)
        slots[count++] = slot_of(manifest, NULL, arena);
    *ret = slots;
    *ret_count = count;
}
