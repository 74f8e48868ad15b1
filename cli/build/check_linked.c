#include "cli/build/check_linked.h"

#include "base/checked.h"
#include "linker/link/constructors.h"
#include "linker/link/kernel_start.h"
#include "linker/link/linked_files.h"

#include <inttypes.h>

enum { MAP_LIMIT_BYTES = 256 << 20 };

/* One program of a slot. */
struct looking {
    struct slot_build *slot;
    const struct program *program;
    const struct built_program *built;
    struct elf_file elf;
    bool has_map;
    struct link_map map;
    struct linked_files files;
};

/* A map is for people, and the flags may have it written elsewhere. */
static bool read_map(struct build *build, const char *path, struct link_map *ret)
{
    struct file_stamp stamp;
    struct span text;
    return path != NULL && file_look(path, &stamp) &&
           file_read(build->arena, path, MAP_LIMIT_BYTES, NOWHERE, &text, build->diags) &&
           link_map_read(build->arena, text, ret);
}

static bool open_program(struct slot_build *slot, size_t index, struct linked_archives *archives,
                         struct looking *ret)
{
    struct build *build = slot->build;
    const char *problem;
    struct looking looking = {.slot = slot,
                              .program = &slot->programs.items[index].program,
                              .built = &slot->built[index]};
    if (!elf_file_open(looking.built->elf, &looking.elf, &problem))
        return diag_error(build->diags, "linked-malformed", looking.program->pos, "%s: %s",
                          looking.program->name, problem);
    looking.has_map = read_map(build, looking.built->map_path, &looking.map);
    if (looking.has_map)
        linked_files_open(build->arena, archives, &looking.map, &looking.built->linked,
                          &looking.files);
    *ret = looking;
    return true;
}

/* Objects were looked at before any link. Of an archive only those members count that are linked.
 * What has no file any more is judged by the program as a whole. */
static bool check_processor(const struct looking *looking)
{
    struct build *build = looking->slot->build;
    bool good = true;
    for (size_t i = 0; i < looking->files.count; i++) {
        const struct linked_file *file = &looking->files.items[i];
        if (file->is_member)
            good = processor_check(build->arena, &build->rules, looking->program, file->name,
                                   &file->object, build->diags) &&
                   good;
    }
    return good && processor_check(build->arena, &build->rules, looking->program, "the linked code",
                                   &looking->elf, build->diags);
}

static bool check_constructors(const struct looking *looking)
{
    const struct build *build = looking->slot->build;
    const char *section =
        constructors_not_run(&looking->elf, &looking->built->linked,
                             looking->has_map ? &looking->map : NULL, &looking->files);
    enum diag_level level;
    if (section == NULL ||
        !manifest_check_is_on(build->manifest, "constructors-not-run", DIAG_WARNING, &level))
        return true;
    diag_add(build->diags, level, "constructors-not-run", looking->program->pos,
             "%s %s has constructors in `%s`, but no code runs them",
             looking->program->kind == PROGRAM_KERNEL ? "the" : "task", looking->program->name,
             section);
    diag_hint(build->diags,
              "before main(), let its start code call each function between __%s_start and "
              "__%s_end, or call __libc_init_array()",
              section + 1, section + 1);
    return level != DIAG_ERROR;
}

static bool check_program(const struct looking *looking)
{
    const bool good = check_processor(looking);
    return check_constructors(looking) && good;
}

/* ---- the kernel ---- */

static const struct manifest_memory *kernel_code(const struct slot_build *slot)
{
    return &slot->slot->memories[slot->slot->manifest->kernel.program.code_memory];
}

bool check_linked_kernel_fits_start(const struct slot_build *slot)
{
    const struct manifest_memory *memory = kernel_code(slot);
    const struct plan_program_sizes *sizes = &slot->sizes.kernel;
    const uint64_t start = memory->base.value + memory->skip.value;
    uint64_t align = 1;
    for (size_t i = 0; i < sizes->count; i++) {
        if (sizes->items[i].memory == slot->slot->manifest->kernel.program.code_memory)
            align = sizes->items[i].align_bytes;
    }
    if (start % align == 0)
        return true;
    const uint64_t above = round_up(start, align) - memory->base.value;
    struct diag_list *diags = slot->build->diags;
    diag_error(diags, "kernel-moved",
               memory->skip.pos.file == NULL ? memory->pos : memory->skip.pos,
               "the kernel is started at 0x%08" PRIx64 ", but its vector table and code must begin "
               "at a multiple of %" PRIu64,
               start, align);
    if (above - memory->skip.value < align && above >= align && above - align < memory->skip.value)
        diag_hint(diags,
                  "set `skip:` to 0x%" PRIx64 " or 0x%" PRIx64 ", and the boot loader's size",
                  above - align, above);
    else
        diag_hint(diags, "set `skip:` to 0x%" PRIx64, above);
    return false;
}

/* The memories that the kernel writes to: of its program, and those that the manifest gives it. */
static size_t find_writable(const struct slot_build *slot, struct program_place *ret)
{
    const struct build_program *item = &slot->programs.items[KERNEL_PROGRAM];
    const struct layout *layout = &slot->plan.layout;
    size_t count = 0;
    for (size_t i = 0; i < slot->slot->manifest->memory_count; i++) {
        const struct manifest_memory *memory = &slot->slot->memories[i];
        bool is_own = false;
        for (size_t k = 0; k < item->program.memory_count && !is_own; k++)
            is_own = item->memories[k] == i;
        for (size_t k = 0; k < layout->kernel_count && !is_own; k++)
            is_own = layout->kernel[k].memory == i;
        if (is_own && memory->writable)
            ret[count++] = (struct program_place){memory->base.value, memory->size.value};
    }
    return count;
}

static bool check_kernel(struct slot_build *slot)
{
    struct program_place *writable =
        ARENA_ARRAY(slot->build->arena, struct program_place, slot->slot->manifest->memory_count);
    const struct kernel_start start = {
        .program = &slot->programs.items[KERNEL_PROGRAM].program,
        .linked = &slot->built[KERNEL_PROGRAM].linked,
        .code = slot->places[KERNEL_PROGRAM][PROGRAM_CODE],
        .writable = writable,
        .writable_count = find_writable(slot, writable),
    };
    return kernel_start_check(&start, slot->build->diags);
}

bool check_linked(struct slot_build *slot)
{
    struct linked_archives archives = {0};
    bool good = check_kernel(slot);
    for (size_t i = 0; i < slot->programs.count; i++) {
        struct looking looking;
        good = open_program(slot, i, &archives, &looking) && check_program(&looking) && good;
    }
    return good;
}
