#include "cli/build/build_slot.h"

#include "base/path.h"
#include "cli/build/build_final.h"
#include "cli/build/build_trial.h"
#include "cli/build/check_linked.h"
#include "cli/image/image_identity.h"
#include "cli/plan/mcuboot_room.h"
#include "linker/elf/symbols.h"

enum { ID_OFFSET = 8 };

/* ---- setting up ---- */

static bool set_up_program(struct slot_build *slot, size_t program)
{
    struct build *build = slot->build;
    const char *slot_name = slot->slot->name[0] == '\0' ? "image" : slot->slot->name;
    const struct build_program *item = &slot->programs.items[program];
    const char *kind = item->task == MANIFEST_NONE ? "" : "task-";
    slot->folders[program] = arena_format(build->arena, "%s/%s/%s%s", build->work_folder, slot_name,
                                          kind, item->program.name);
    const char *trial = path_join(build->arena, slot->folders[program], "trial");
    const char *final = path_join(build->arena, slot->folders[program], "final");
    if (!folder_create(build->arena, trial, build->diags) ||
        !folder_create(build->arena, final, build->diags))
        return false;
    file_remove_leftovers(build->arena, trial);
    file_remove_leftovers(build->arena, final);
    const size_t count = item->program.memory_count;
    slot->places[program] = ARENA_ARRAY(build->arena, struct program_place, count);
    slot->wants_image_range[program] = true; /* until the trial link tells */
    return item->task == MANIFEST_NONE
               ? task_symbols_of_kernel(slot->slot, build->arena, &slot->symbols[program],
                                        build->diags)
               : task_symbols_of(slot->slot, (size_t)item->task, build->arena,
                                 &slot->symbols[program], build->diags);
}

static bool set_up(struct slot_build *slot)
{
    struct arena *arena = slot->build->arena;
    const size_t count = slot->programs.count;
    slot->folders = ARENA_ARRAY(arena, const char *, count);
    slot->symbols = ARENA_ARRAY(arena, struct task_symbols, count);
    slot->wants_image_range = ARENA_ARRAY(arena, bool, count);
    slot->trial_places = ARENA_ARRAY(arena, struct program_place *, count);
    slot->places = ARENA_ARRAY(arena, struct program_place *, count);
    slot->trial = ARENA_ARRAY(arena, struct built_program, count);
    slot->built = ARENA_ARRAY(arena, struct built_program, count);
    slot->sizes.tasks =
        ARENA_ARRAY(arena, struct plan_program_sizes, slot->slot->manifest->task_count);
    bool ok = true;
    for (size_t i = 0; i < count; i++)
        ok = set_up_program(slot, i) && ok;
    return ok;
}

/* ---- the image ---- */

static bool find_header(struct slot_build *slot, uint64_t *ret)
{
    if (symbols_find(slot->built[KERNEL_PROGRAM].elf, "imgbuild_image", ret))
        return true;
    diag_error(slot->build->diags, "kernel-no-header", slot->slot->manifest->kernel.pos,
               "the linked kernel has no symbol imgbuild_image");
    diag_hint(slot->build->diags, "add KEEP(*(.imgbuild.image)) to the kernel's own linker script");
    return false;
}

/* The info block, with the values of --info. */
static bool fill_info(const struct slot_build *slot, uint64_t bytes, struct span *ret)
{
    const struct build *build = slot->build;
    const struct manifest *manifest = slot->slot->manifest;
    const struct info_facts facts = {(uint32_t)manifest->major, (uint32_t)manifest->minor,
                                     (uint32_t)manifest->patch, manifest->board.text};
    return info_fill_make(&build->info, bytes, &facts, build->arena, ret, build->diags);
}

static bool collect_image(struct slot_build *slot, struct built_slot *ret)
{
    struct build *build = slot->build;
    const size_t count = slot->programs.count;
    const struct layout_range info = slot->plan.layout.info;
    struct image_source *sources = ARENA_ARRAY(build->arena, struct image_source, count + 1);
    for (size_t i = 0; i < count; i++)
        sources[i] = (struct image_source){.owner = slot->programs.items[i].program.name,
                                           .linked = &slot->built[i].linked};
    struct image_request request = {.sources = sources, .source_count = count, .has_header = true};
    if (info.end > info.start) {
        struct image_source *block = &sources[request.source_count++];
        block->owner = "info";
        block->addr = info.start;
        if (!fill_info(slot, info.end - info.start, &block->bytes))
            return false;
        ret->info = info;
    }
    struct layout_range *code = ARENA_ARRAY(build->arena, struct layout_range, count);
    for (size_t i = 0; i < count; i++) {
        const struct manifest_memory *memory =
            &slot->slot->memories[slot->programs.items[i].memories[PROGRAM_CODE]];
        code[i] =
            (struct layout_range){memory->base.value, memory->base.value + memory->size.value};
    }
    request.code = code;
    request.code_count = count;
    return find_header(slot, &request.header_addr) &&
           image_collect(build->arena, &request, &ret->image, build->diags) &&
           mcuboot_room_check_base(slot->slot->manifest, slot->slot->memories, ret->image.base,
                                   build->diags);
}

/* Writes the ID into the image and into the kernel's own ELF. */
static bool set_id(struct slot_build *slot, struct built_slot *ret)
{
    struct build *build = slot->build;
    if (!image_identity_compute(&ret->image, &ret->info, build->arena, ret->id, build->diags))
        return false;
    const struct span id = {ret->id, sizeof ret->id};
    const uint64_t addr = ret->image.header_addr + ID_OFFSET;
    struct built_program *kernel = &slot->built[KERNEL_PROGRAM];
    if (!image_patch(&ret->image, addr, id))
        return diag_error(build->diags, "kernel-no-header", slot->slot->manifest->kernel.pos,
                          "the header of the image is not loaded with the kernel");
    return image_patch_elf(build->arena, kernel->elf, "kernel.elf", addr, id, &kernel->elf,
                           build->diags);
}

/* A task that is larger at its final address than measured, but still fits, needs what it has. */
static void show_task_need(struct slot_build *slot, size_t program, struct layout_block *block)
{
    struct layout *layout = &slot->plan.layout;
    const struct plan_program_sizes linked = slot_build_sizes(slot, program, &slot->built[program]);
    for (size_t i = 0; i < linked.count; i++) {
        if (linked.items[i].memory != block->memory || linked.items[i].bytes <= block->need_bytes)
            continue;
        struct layout_memory_answer *memories =
            arena_grow(slot->build->arena, layout->memories, layout->memory_count,
                       layout->memory_count, sizeof *memories);
        const uint64_t more = linked.items[i].bytes - block->need_bytes;
        block->need_bytes += more;
        memories[block->memory].need_bytes += more;
        memories[block->memory].padding_bytes -= more;
        layout->memories = memories;
    }
}

static void show_task_needs(struct slot_build *slot)
{
    struct arena *arena = slot->build->arena;
    struct layout *layout = &slot->plan.layout;
    struct layout_task_answer *tasks =
        arena_grow(arena, layout->tasks, layout->task_count, layout->task_count, sizeof *tasks);
    for (size_t i = 0; i < layout->task_count; i++) {
        struct layout_block *blocks = arena_grow(arena, tasks[i].blocks, tasks[i].block_count,
                                                 tasks[i].block_count, sizeof *blocks);
        for (size_t k = 0; k < tasks[i].block_count; k++)
            show_task_need(slot, i + 1, &blocks[k]);
        tasks[i].blocks = blocks;
    }
    layout->tasks = tasks;
}

/* The kernel's need is its linked size, whatever was reserved for it. */
static void show_kernel_need(struct slot_build *slot)
{
    struct layout *layout = &slot->plan.layout;
    struct layout_kernel_answer *kernel =
        arena_grow(slot->build->arena, layout->kernel, layout->kernel_count, layout->kernel_count,
                   sizeof *kernel);
    const struct plan_program_sizes linked =
        slot_build_sizes(slot, KERNEL_PROGRAM, &slot->built[KERNEL_PROGRAM]);
    for (size_t i = 0; i < layout->kernel_count; i++) {
        for (size_t k = 0; k < linked.count; k++) {
            if (linked.items[k].memory == kernel[i].memory)
                kernel[i].need_bytes = linked.items[k].bytes;
        }
    }
    layout->kernel = kernel;
}

bool build_slot(struct build *build, const struct plan_slot *plan_slot, struct built_slot *ret)
{
    struct slot_build slot = {.build = build,
                              .slot = plan_slot,
                              .programs = build_programs_copy(&build->programs, build->arena)};
    struct built_slot built = {.slot = plan_slot};
    if (!set_up(&slot) || !build_trial(&slot) ||
        !mcuboot_room_check_header(plan_slot->manifest, plan_slot->memories, &slot.sizes.kernel,
                                   build->diags) ||
        !check_linked_kernel_fits_start(&slot) || !build_final(&slot) || !check_linked(&slot) ||
        !collect_image(&slot, &built) || !set_id(&slot, &built))
        return false;
    show_kernel_need(&slot);
    show_task_needs(&slot);
    built.plan = slot.plan;
    built.programs = slot.programs;
    built.built = slot.built;
    *ret = built;
    return true;
}
