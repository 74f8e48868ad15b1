#include "cli/build/slot_build.h"

#include "base/path.h"
#include "linker/elf/symbols.h"
#include "linker/link/not_allocated.h"
#include "linker/link/program_toolchain.h"

#include <string.h>

/* ---- reading what was linked ---- */

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

bool slot_build_read(struct slot_build *slot, size_t program, const char *path,
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

/* ---- preparing a link ---- */

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

struct link_step slot_build_link_step(struct slot_build *slot, size_t program,
                                      const struct slot_link *link)
{
    const struct toolchain toolchain =
        toolchain_of_program(&slot->build->toolchain, &slot->programs.items[program].program);
    struct link_request request = {
        .toolchain = &toolchain,
        .program = &slot->programs.items[program].program,
        .folder = path_folder(slot->build->arena, link->output_path),
        .output_path = link->output_path,
        /* the report uses it to say what a program is made of */
        .wants_map = link->purpose == SLOT_LINK_TO_KEEP,
        .tables_path = link->tables_path,
        .places = link->places,
    };
    request.symbols = symbols_of(slot, program, link->image_range, &request.symbol_count);
    return link_prepare(slot->build->arena, &request);
}

/* ---- measuring ---- */

static bool is_named_section(const struct program *program, const char *name)
{
    for (size_t i = 0; i < program->section_count; i++) {
        if (name[0] == '.' && strcmp(name + 1, program->sections[i].name) == 0)
            return true;
    }
    return false;
}

/* The buffers of a program's own sections in a memory that other bus masters use: each must fit in
 * one region. */
static void set_uncut(struct slot_build *slot, size_t program, const struct built_program *built,
                      size_t memory, struct plan_size *size)
{
    const struct build_program *item = &slot->programs.items[program];
    const struct linked *linked = &built->linked;
    if (!slot->slot->memories[item->memories[memory]].dma)
        return;
    struct layout_range *uncut =
        ARENA_ARRAY(slot->build->arena, struct layout_range, linked->section_count);
    for (size_t i = 0; i < linked->section_count; i++) {
        const struct linked_section *section = &linked->sections[i];
        if (section->memory != memory || section->bytes == 0 ||
            !is_named_section(&item->program, section->name))
            continue;
        const uint64_t start = section->addr - built->places[memory].base;
        uncut[size->uncut_count++] = (struct layout_range){start, start + section->bytes};
    }
    size->uncut = uncut;
}

struct plan_program_sizes slot_build_sizes(struct slot_build *slot, size_t program,
                                           const struct built_program *built)
{
    const struct build_program *item = &slot->programs.items[program];
    const struct linked *linked = &built->linked;
    struct plan_size *sizes =
        ARENA_ARRAY(slot->build->arena, struct plan_size, linked->memory_count);
    size_t count = 0;
    for (size_t i = 0; i < linked->memory_count; i++) {
        const struct linked_memory *memory = &linked->memories[i];
        if (memory->bytes == 0)
            continue;
        sizes[count] = (struct plan_size){.memory = item->memories[i],
                                          .bytes = memory->bytes,
                                          .align_bytes = memory->align_bytes};
        set_uncut(slot, program, built, i, &sizes[count++]);
    }
    return (struct plan_program_sizes){sizes, count};
}
