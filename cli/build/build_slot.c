#include "cli/build/build_slot.h"

#include "base/path.h"
#include "cli/build/build_stage.h"
#include "cli/build/check_linked.h"
#include "cli/image/image_identity.h"
#include "cli/plan/mcuboot_room.h"
#include "linker/elf/symbols.h"
#include "linker/link/not_allocated.h"
#include "linker/link/program_toolchain.h"

enum { ID_OFFSET = 8 };

/* ---- shared by the stages ---- */

/* If a program defines a symbol of the build, the linker silently uses the program's: it would see
 * a different number from the kernel's. */
static bool check_own_symbols(struct slot_build *slot, size_t program, struct span elf)
{
    const struct task_symbols *symbols = &slot->symbols[program];
    const struct program *described = &slot->programs.items[program].program;
    bool ok = true;
    for (size_t i = 0; i < symbols->count; i++) {
        const struct task_symbol *symbol = &symbols->items[i];
        uint64_t value;
        if (!symbols_find(elf, symbol->linker_name, &value) || value == (uint32_t)symbol->value)
            continue;
        ok =
            diag_error(slot->build->diags, "symbol-taken", symbol->pos,
                       "%s defines %s, which the build sets", described->name, symbol->linker_name);
        diag_hint(slot->build->diags, "declare it extern, or rename it");
    }
    return ok;
}

bool stage_read(struct slot_build *slot, size_t program, const char *path,
                const struct program_place *places, struct built_program *ret)
{
    struct build *build = slot->build;
    const struct build_program *item = &slot->programs.items[program];
    const size_t count = item->program.memory_count;
    /* a copy: the slot's places change if the layout runs again */
    struct built_program built = {
        .places = arena_grow(build->arena, places, count, count, sizeof *places)};
    if (!file_read(build->arena, path, FILE_LIMIT_BYTES, NOWHERE, &built.elf, build->diags) ||
        !not_allocated_check_linked(build->arena, &item->program, built.elf, build->diags) ||
        !linked_read(build->arena, built.elf, path, &item->program, places, &built.linked,
                     build->diags))
        return false;
    if (!check_own_symbols(slot, program, built.elf))
        return false;
    *ret = built;
    return true;
}

/* The program's symbols, plus the image's bounds if the program refers to them: other programs need
 * no new link when only the image's end moved. */
static const struct program_symbol *symbols_of(struct slot_build *slot, size_t program,
                                               const struct layout_range *image_range,
                                               size_t *ret_count)
{
    const struct task_symbols *from = &slot->symbols[program];
    struct program_symbol *symbols =
        ARENA_ARRAY(slot->build->arena, struct program_symbol, from->count + 2);
    size_t count = 0;
    for (; count < from->count; count++)
        symbols[count] =
            (struct program_symbol){from->items[count].linker_name, from->items[count].value};
    if (slot->wants_image_range[program]) {
        symbols[count++] = (struct program_symbol){"__image_base", image_range->start};
        symbols[count++] = (struct program_symbol){"__image_end", image_range->end};
    }
    *ret_count = count;
    return symbols;
}

struct link_step stage_link_step(struct slot_build *slot, size_t program,
                                 const struct program_place *places,
                                 const struct layout_range *image_range, enum stage_purpose purpose,
                                 const char *output_path, const char *tables_path)
{
    const struct program *linked = &slot->programs.items[program].program;
    const struct toolchain toolchain = toolchain_of_program(&slot->build->toolchain, linked);
    struct link_request request = {
        .toolchain = &toolchain,
        .program = linked,
        .folder = path_folder(slot->build->arena, output_path),
        .output_path = output_path,
        .wants_map =
            purpose == STAGE_TO_KEEP, /* the report uses it to say what a program is made of */
        .tables_path = tables_path,
        .places = places,
    };
    request.symbols = symbols_of(slot, program, image_range, &request.symbol_count);
    return link_prepare(slot->build->arena, &request);
}

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
    const struct plan_program_sizes linked = stage_sizes(slot, program, &slot->built[program]);
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
        stage_sizes(slot, KERNEL_PROGRAM, &slot->built[KERNEL_PROGRAM]);
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
    if (!set_up(&slot) || !stage_trial(&slot) ||
        !mcuboot_room_check_header(plan_slot->manifest, plan_slot->memories, &slot.sizes.kernel,
                                   build->diags) ||
        !check_linked_kernel_fits_start(&slot) || !stage_final(&slot) || !check_linked(&slot) ||
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
