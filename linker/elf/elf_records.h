/* Records of 32-bit little-endian ELF files, to and from the structures of elf.h. The user of
 * libelf's translation; bounds are its callers' to check. */
#ifndef LINKER_ELF_ELF_RECORDS_H
#define LINKER_ELF_ELF_RECORDS_H

#include "base/buffer.h"

enum elf_record {
    ELF_RECORD_HEADER,  /* Elf32_Ehdr */
    ELF_RECORD_SECTION, /* Elf32_Shdr */
    ELF_RECORD_SEGMENT, /* Elf32_Phdr */
    ELF_RECORD_SYMBOL   /* Elf32_Sym */
};

/* The bytes of one record. */
size_t elf_records_bytes(enum elf_record record);

/* Decodes the record at the beginning of `raw`, which must hold it, into the structure at `ret`. */
void elf_records_decode(struct span raw, enum elf_record record, void *ret);

/* Appends the structure at `from` to a file. */
void elf_records_append(struct buffer *file, enum elf_record record, const void *from);

/* Writes the structure at `from` over the bytes at an offset of a file, which must reach that far.
 */
void elf_records_put(struct buffer *file, size_t offset, enum elf_record record, const void *from);

#endif
