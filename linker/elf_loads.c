#include "linker/elf_loads.h"

#include "linker/elf_file.h"

#include <elf.h>

bool elf_loads_read(struct arena *arena, struct span elf, struct elf_loads *ret,
                    const char **ret_problem)
{
    struct elf_file file;
    if (!elf_file_open(elf, &file, ret_problem))
        return false;
    struct elf_load *items = ARENA_ARRAY(arena, struct elf_load, file.segment_count);
    size_t count = 0;
    for (size_t i = 0; i < file.segment_count; i++) {
        const struct elf_segment segment = elf_file_segment(&file, i);
        if (segment.type == PT_LOAD && segment.contents.bytes > 0)
            items[count++] = (struct elf_load){segment.paddr, segment.contents};
    }
    *ret = (struct elf_loads){items, count};
    return true;
}
