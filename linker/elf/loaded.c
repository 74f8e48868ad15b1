#include "linker/elf/loaded.h"

#include "linker/elf/elf_file.h"

#include <elf.h>

struct span loaded_bytes_from(struct span elf, uint64_t addr)
{
    struct elf_file file;
    const char *problem;
    struct span found = {0};
    if (!elf_file_open(elf, &file, &problem))
        return found;
    for (size_t i = 0; i < file.segment_count; i++) {
        const struct elf_segment segment = elf_file_segment(&file, i);
        if (segment.type != PT_LOAD || addr < segment.vaddr ||
            addr - segment.vaddr >= segment.contents.bytes)
            continue;
        const uint64_t offset = addr - segment.vaddr;
        if (span_part(segment.contents, offset, segment.contents.bytes - offset, &found))
            break;
    }
    return found;
}
