#include "linker/link/constructors.h"

#include <elf.h>
#include <string.h>

/* Whether a symbol is a bound of the section: __init_array_start, __CTOR_LIST__, or what a script
 * of the user calls it. */
static bool is_bound_of(const char *section, const char *symbol)
{
    if (strcmp(section, ".preinit_array") == 0)
        return strstr(symbol, "preinit") != NULL;
    if (strcmp(section, ".init_array") == 0 && strstr(symbol, "init_array") != NULL)
        return strstr(symbol, "preinit") == NULL;
    return strstr(symbol, "ctor") != NULL || strstr(symbol, "CTOR") != NULL;
}

/* A relocation of 8 bytes, or of 12 with an addend, starts with offset and info. */
static uint32_t relocated_symbol(struct span relocations, size_t at)
{
    return ELF32_R_SYM(span_u32(relocations, at + offsetof(Elf32_Rel, r_info)));
}

static bool relocates_bound(const struct elf_file *object, const struct elf_section *relocations,
                            const char *section)
{
    const size_t step = relocations->type == SHT_RELA ? sizeof(Elf32_Rela) : sizeof(Elf32_Rel);
    const size_t bytes = relocations->contents.bytes;
    bool found = false;
    for (size_t at = 0; at + step <= bytes && !found; at += step) {
        const uint32_t symbol = relocated_symbol(relocations->contents, at);
        found = symbol < object->symbol_count &&
                is_bound_of(section, elf_file_symbol(object, symbol).name);
    }
    return found;
}

/* Whether code of a file that is in the program uses a bound. */
static bool uses_bound(const struct linked *linked, const struct link_map *map,
                       const struct linked_file *file, const char *section)
{
    const struct elf_file *object = &file->object;
    bool found = false;
    for (size_t i = 1; i < object->section_count && !found; i++) {
        const struct elf_section relocations = elf_file_section(object, i);
        if ((relocations.type != SHT_REL && relocations.type != SHT_RELA) ||
            relocations.info >= object->section_count)
            continue;
        const struct elf_section target = elf_file_section(object, relocations.info);
        found = (target.flags & SHF_ALLOC) != 0 && relocates_bound(object, &relocations, section) &&
                linked_files_has_section(map, linked, file->name, target.name);
    }
    return found;
}

static bool has_symbol(const struct elf_file *elf, const char *section)
{
    bool found = false;
    for (size_t i = 1; i < elf->symbol_count && !found; i++) {
        const struct elf_symbol symbol = elf_file_symbol(elf, i);
        found = symbol.type != STT_SECTION && symbol.type != STT_FILE &&
                is_bound_of(section, symbol.name);
    }
    return found;
}

static bool is_looked_at(const struct elf_file *elf, const struct linked *linked,
                         const struct link_map *map, const struct linked_files *files,
                         const char *section)
{
    if (!has_symbol(elf, section))
        return false;
    if (map == NULL || !files->is_whole)
        return true;
    bool found = false;
    for (size_t i = 0; i < files->count && !found; i++)
        found = uses_bound(linked, map, &files->items[i], section);
    return found;
}

const char *constructors_not_run(const struct elf_file *elf, const struct linked *linked,
                                 const struct link_map *map, const struct linked_files *files)
{
    static const char *const sections[] = {".preinit_array", ".init_array", ".ctors"};
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        struct elf_section section;
        if (elf_file_find_section(elf, sections[i], &section) && section.bytes > 0 &&
            !is_looked_at(elf, linked, map, files, sections[i]))
            return sections[i];
    }
    return NULL;
}
