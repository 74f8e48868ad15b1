/* Reading 32-bit little-endian ELF files that are not trusted. Nothing is allocated: a file is
 * checked once, whole, and its tables are then decoded entry by entry.
 */
#ifndef LINKER_ELF_ELF_FILE_H
#define LINKER_ELF_ELF_FILE_H

#include "base/span.h"

/* The names and constants of elf.h are used with these. */
struct elf_section {
    const char *name;
    uint32_t type, flags;
    uint64_t addr, offset, bytes, align_bytes; /* align_bytes: at least 1, a power of two */
    uint32_t link, info, entry_bytes;
    struct span contents; /* empty where the file holds none: NOBITS */
};

struct elf_segment {
    uint32_t type, flags;
    uint64_t vaddr, paddr, memory_bytes;
    uint64_t offset;
    struct span contents;
};

struct elf_symbol {
    const char *name;
    uint64_t value, bytes;
    uint8_t type, binding;  /* STT_…, STB_… */
    uint16_t section_index; /* SHN_UNDEF, SHN_ABS, … */
};

struct elf_file {
    struct span bytes;
    uint16_t type, machine;
    uint32_t flags;
    uint64_t entry;
    struct span section_table, segment_table; /* whole entries */
    size_t section_count, segment_count;
    struct span section_names;
    struct span symbols, symbol_names; /* of the symbol table; empty when stripped */
    size_t symbol_count;
};

/* Whether bytes begin like an ELF file of any kind. */
bool elf_file_is_elf(struct span bytes);

/* Checks a file. On failure *ret_problem says in words what is wrong, and *ret is untouched.
 * Shape:  bytes must outlive *ret.
 * Source: System V gABI 4.1 chapters 4 and 5. */
bool elf_file_open(struct span bytes, struct elf_file *ret, const char **ret_problem);

/* Entry i of a table of an opened file; i must be below the table's count. */
struct elf_section elf_file_section(const struct elf_file *file, size_t i);
struct elf_segment elf_file_segment(const struct elf_file *file, size_t i);
struct elf_symbol elf_file_symbol(const struct elf_file *file, size_t i);

/* Whether a section has this name; *ret is the first such. */
bool elf_file_find_section(const struct elf_file *file, const char *name, struct elf_section *ret);

/* Whether a symbol is global (or weak), has this name, and is defined; *ret is it. */
bool elf_file_find_symbol(const struct elf_file *file, const char *name, struct elf_symbol *ret);

#endif
