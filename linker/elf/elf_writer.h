/* Writing 32-bit little-endian ELF files: header, segments, contents of sections in the order in
 * which they are added, table of sections. Equal calls give equal bytes.
 */
#ifndef LINKER_ELF_ELF_WRITER_H
#define LINKER_ELF_ELF_WRITER_H

#include "linker/elf/elf_file.h"

#include "base/buffer.h"

struct elf_writer {
    struct buffer file;
    struct buffer sections; /* encoded entries */
    struct buffer names;
    uint16_t section_count;
    uint16_t segment_count, segments_added;
};

/* A table of symbols under construction; local symbols first. */
struct elf_symbols {
    struct buffer entries;
    struct buffer names;
    uint32_t local_count;
};

/* Starts a file with room for segment_count segments. type is ET_REL or ET_EXEC. */
struct elf_writer elf_writer_start(struct arena *arena, uint16_t type, uint16_t machine,
                                   uint32_t flags, uint64_t entry, uint16_t segment_count);

/* Adds a section; its offset and bytes are set from its contents. Returns its index. */
uint16_t elf_writer_section(struct elf_writer *writer, const struct elf_section *section);

/* Adds a PT_LOAD segment of the section that was added last, loaded where it runs. */
void elf_writer_segment(struct elf_writer *writer, uint32_t flags);

struct elf_symbols elf_symbols_in(struct arena *arena);
void elf_symbols_add(struct elf_symbols *symbols, const struct elf_symbol *symbol);

/* Adds .symtab and .strtab; returns the index of .symtab. */
uint16_t elf_writer_symbols(struct elf_writer *writer, const struct elf_symbols *symbols);

/* Adds the names of the sections and their table. */
struct span elf_writer_finish(struct elf_writer *writer);

#endif
