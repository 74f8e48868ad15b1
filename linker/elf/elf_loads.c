#include "linker/elf/elf_loads.h"

#include "linker/elf/elf_file.h"

#include <elf.h>

enum { COMPARISONS_MOST = 1 << 24 }; /* so that a hostile file does not take long */

static bool holds(const struct elf_segment *segment, const struct elf_section *section)
{
    return segment->type == PT_LOAD && section->offset >= segment->offset &&
           section->offset - segment->offset <= segment->contents.bytes &&
           section->bytes <= segment->contents.bytes - (section->offset - segment->offset) &&
           section->addr == segment->vaddr + (section->offset - segment->offset);
}

static bool is_in_a_segment(const struct elf_file *file, const struct elf_section *section)
{
    for (size_t i = 0; i < file->segment_count; i++) {
        const struct elf_segment segment = elf_file_segment(file, i);
        if (holds(&segment, section))
            return true;
    }
    return false;
}

static const char *sections_problem(const struct elf_file *file)
{
    if (file->segment_count > 0 && file->section_count > COMPARISONS_MOST / file->segment_count)
        return "it has too many sections and segments";
    for (size_t i = 0; i < file->section_count; i++) {
        const struct elf_section section = elf_file_section(file, i);
        const bool is_loaded = (section.flags & SHF_ALLOC) != 0 && section.type != SHT_NOBITS;
        if (is_loaded && section.bytes > 0 && !is_in_a_segment(file, &section))
            return "debuggers load a section of it that is no part of a segment";
    }
    return NULL;
}

bool elf_loads_read(struct arena *arena, struct span elf, struct elf_loads *ret,
                    const char **ret_problem)
{
    struct elf_file file;
    if (!elf_file_open(elf, &file, ret_problem))
        return false;
    const char *problem = sections_problem(&file);
    if (problem != NULL) {
        *ret_problem = problem;
        return false;
    }
    struct elf_load *items = ARENA_ARRAY(arena, struct elf_load, file.segment_count);
    size_t count = 0;
    for (size_t i = 0; i < file.segment_count; i++) {
        const struct elf_segment segment = elf_file_segment(&file, i);
        if (segment.type == PT_LOAD && segment.contents.bytes > 0)
            items[count++] = (struct elf_load){segment.paddr, segment.contents};
    }
    *ret = (struct elf_loads){items, count, file.machine, file.flags, file.entry};
    return true;
}
