#include "manifests/model/manifest.h"

/* Holes are addresses: those that the moved memory does not contain are not its holes. */
static void keep_holes_inside(struct manifest_memory *memory, struct arena *arena)
{
    const uint64_t end = memory->base.value + memory->size.value;
    struct manifest_hole *holes = ARENA_ARRAY(arena, struct manifest_hole, memory->hole_count);
    size_t count = 0;
    for (size_t i = 0; i < memory->hole_count; i++) {
        if (memory->holes[i].base >= memory->base.value &&
            memory->holes[i].base + memory->holes[i].size <= end)
            holes[count++] = memory->holes[i];
    }
    memory->holes = holes;
    memory->hole_count = count;
}

const struct manifest_memory *manifest_image_memories(const struct manifest *manifest,
                                                      const struct manifest_image *image,
                                                      struct arena *arena)
{
    struct manifest_memory *memories =
        ARENA_ARRAY(arena, struct manifest_memory, manifest->memory_count);
    for (size_t i = 0; i < manifest->memory_count; i++)
        memories[i] = manifest->memories[i];
    if (image == NULL)
        return memories;
    for (size_t i = 0; i < image->memory_count; i++) {
        const struct manifest_image_memory *moved = &image->memories[i];
        struct manifest_memory *memory = &memories[moved->memory.index];
        if (moved->base.is_given)
            memory->base = moved->base;
        if (moved->size.is_given)
            memory->size = moved->size;
        keep_holes_inside(memory, arena);
    }
    return memories;
}
