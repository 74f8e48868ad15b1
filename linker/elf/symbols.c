#include "linker/elf/symbols.h"

#include "linker/elf/elf_file.h"

#include <elf.h>
#include <string.h>

bool symbols_find(struct span elf, const char *name, uint64_t *ret_value)
{
    struct elf_file file;
    const char *problem;
    struct elf_symbol symbol;
    if (!elf_file_open(elf, &file, &problem) || !elf_file_find_symbol(&file, name, &symbol))
        return false;
    *ret_value = symbol.value;
    return true;
}

bool symbols_refer_to(struct span elf, const char *name)
{
    struct elf_file file;
    const char *problem;
    if (!elf_file_open(elf, &file, &problem))
        return false;
    for (size_t i = 1; i < file.symbol_count; i++) {
        const struct elf_symbol symbol = elf_file_symbol(&file, i);
        const bool is_given = symbol.section_index == SHN_UNDEF || symbol.section_index == SHN_ABS;
        if (is_given && symbol.binding != STB_LOCAL && strcmp(symbol.name, name) == 0)
            return true;
    }
    return false;
}
