#include "cli/plan/mcuboot_room.h"

#include "base/checked.h"

#include <inttypes.h>
#include <string.h>

/* The holes before the tail, the last one cut short there, and the tail. */
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

void mcuboot_room_note(const struct manifest *manifest, const struct manifest_memory *memories,
                       struct diag_list *diags, size_t first)
{
    const struct manifest_mcuboot *mcuboot = &manifest->mcuboot;
    bool is_told = !mcuboot->is_given;
    for (size_t i = first; i < diags->count && !is_told; i++) {
        if (strcmp(diags->items[i].code, "layout-no-fit") != 0)
            continue;
        diag_add(diags, DIAG_NOTE, "mcuboot-room", mcuboot->pos,
                 "of %s, MCUboot's header takes %" PRIu64
                 " bytes, and its records and trailer take "
                 "the last %" PRIu64,
                 memories[manifest->kernel.program.code_memory].name.text, mcuboot->header.value,
                 manifest_mcuboot_tail_bytes(mcuboot));
        is_told = true;
    }
}

/* ---- what follows the header ---- */

static uint64_t code_start(const struct manifest *manifest, const struct manifest_memory *memories)
{
    const struct manifest_memory *memory = &memories[manifest->kernel.program.code_memory];
    return memory->base.value + memory->skip.value;
}

bool mcuboot_room_check_header(const struct manifest *manifest,
                               const struct manifest_memory *memories,
                               const struct plan_program_sizes *kernel, struct diag_list *diags)
{
    const struct manifest_mcuboot *mcuboot = &manifest->mcuboot;
    const uint64_t start = code_start(manifest, memories);
    uint64_t align = 1;
    for (size_t i = 0; i < kernel->count; i++) {
        if (kernel->items[i].memory == manifest->kernel.program.code_memory)
            align = kernel->items[i].align_bytes;
    }
    if (!mcuboot->is_given || start % align == 0)
        return true;
    diag_error(diags, "mcuboot-header-size", mcuboot->header.pos,
               "after MCUboot's header the kernel, with its vectors, would start at 0x%08" PRIx64
               ", but needs a multiple of %" PRIu64,
               start, align);
    diag_hint(diags, "set header: 0x%" PRIx64,
              mcuboot->header.value + round_up(start, align) - start);
    return false;
}

bool mcuboot_room_check_base(const struct manifest *manifest,
                             const struct manifest_memory *memories, uint64_t image_base,
                             struct diag_list *diags)
{
    if (!manifest->mcuboot.is_given || image_base == code_start(manifest, memories))
        return true;
    diag_error(diags, "mcuboot-base", manifest->mcuboot.pos,
               "the image starts at 0x%08" PRIx64 ", but MCUboot starts an image at 0x%08" PRIx64,
               image_base, code_start(manifest, memories));
    diag_hint(diags, "put the vectors at the beginning of CODE in your own linker script");
    return false;
}
