#include "cli/mcuboot_room.h"

/* The holes before the tail, the last of them cut there, and the tail. */
static void set_holes(struct manifest_memory *memory, const struct manifest_hole *tail,
                      struct arena *arena)
{
    struct manifest_hole *holes = ARENA_ARRAY(arena, struct manifest_hole, memory->hole_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < memory->hole_count && memory->holes[i].base < tail->base; i++) {
        holes[count] = memory->holes[i];
        if (holes[count].size > tail->base - holes[count].base)
            holes[count].size = tail->base - holes[count].base;
        count++;
    }
    holes[count++] = *tail;
    memory->holes = holes;
    memory->hole_count = count;
}

const struct manifest_memory *mcuboot_room_reserve(const struct manifest *manifest,
                                                   const struct manifest_memory *memories,
                                                   struct arena *arena)
{
    const struct manifest_mcuboot *mcuboot = &manifest->mcuboot;
    if (!mcuboot->is_given)
        return memories;
    struct manifest_memory *reserved = arena_grow(arena, memories, manifest->memory_count,
                                                  manifest->memory_count, sizeof *reserved);
    struct manifest_memory *memory = &reserved[manifest->kernel.program.code_memory];
    const uint64_t bytes = manifest_mcuboot_tail_bytes(mcuboot);
    const uint64_t end = memory->base.value + memory->size.value;
    const struct manifest_hole tail = {end - bytes, bytes, mcuboot->pos};
    set_holes(memory, &tail, arena);
    memory->skip.value += mcuboot->header.value;
    return reserved;
}
