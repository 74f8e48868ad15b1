#include "linker/elf_writer.h"

#include <assert.h>
#include <elf.h>
#include <string.h>

/* Fields are appended in the order of the structures in elf.h. */

static void append_header(struct buffer *file, uint16_t type, uint16_t machine, uint32_t flags,
                          uint64_t entry, uint16_t segment_count)
{
    static const uint8_t identity[EI_NIDENT] = {ELFMAG0,    ELFMAG1,     ELFMAG2,   ELFMAG3,
                                                ELFCLASS32, ELFDATA2LSB, EV_CURRENT};
    buffer_append(file, identity, sizeof identity);
    buffer_append_u16(file, type);
    buffer_append_u16(file, machine);
    buffer_append_u32(file, EV_CURRENT);
    buffer_append_u32(file, (uint32_t)entry);
    buffer_append_u32(file, segment_count == 0 ? 0 : sizeof(Elf32_Ehdr));
    buffer_append_u32(file, 0); /* e_shoff: known at the end */
    buffer_append_u32(file, flags);
    buffer_append_u16(file, sizeof(Elf32_Ehdr));
    buffer_append_u16(file, segment_count == 0 ? 0 : sizeof(Elf32_Phdr));
    buffer_append_u16(file, segment_count);
    buffer_append_u16(file, sizeof(Elf32_Shdr));
    buffer_append_u16(file, 0); /* e_shnum and e_shstrndx: known at the end */
    buffer_append_u16(file, 0);
}

static void put_u16(struct buffer *file, size_t offset, uint16_t value)
{
    file->data[offset] = (uint8_t)value;
    file->data[offset + 1] = (uint8_t)(value >> 8);
}

static void put_u32(struct buffer *file, size_t offset, uint64_t value)
{
    assert(value <= UINT32_MAX);
    put_u16(file, offset, (uint16_t)value);
    put_u16(file, offset + 2, (uint16_t)(value >> 16));
}

struct elf_writer elf_writer_start(struct arena *arena, uint16_t type, uint16_t machine,
                                   uint32_t flags, uint64_t entry, uint16_t segment_count)
{
    struct elf_writer writer = {
        .file = buffer_in(arena),
        .sections = buffer_in(arena),
        .names = buffer_in(arena),
        .segment_count = segment_count,
    };
    append_header(&writer.file, type, machine, flags, entry, segment_count);
    buffer_fill(&writer.file, 0, segment_count * sizeof(Elf32_Phdr));
    buffer_append_byte(&writer.names, 0);
    const struct elf_section none = {.name = "", .type = SHT_NULL};
    elf_writer_section(&writer, &none);
    return writer;
}

static uint32_t add_name(struct buffer *names, const char *name)
{
    if (*name == '\0')
        return 0;
    const uint32_t offset = (uint32_t)names->bytes;
    buffer_append(names, name, strlen(name) + 1);
    return offset;
}

uint16_t elf_writer_section(struct elf_writer *writer, const struct elf_section *section)
{
    struct buffer *file = &writer->file;
    size_t offset = 0;
    if (section->type != SHT_NULL) {
        buffer_fill(file, 0, (4 - file->bytes % 4) % 4);
        offset = file->bytes;
        buffer_append_span(file, section->contents);
    }
    struct buffer *entry = &writer->sections;
    buffer_append_u32(entry, add_name(&writer->names, section->name));
    buffer_append_u32(entry, section->type);
    buffer_append_u32(entry, section->flags);
    buffer_append_u32(entry, (uint32_t)section->addr);
    buffer_append_u32(entry, (uint32_t)offset);
    buffer_append_u32(entry, (uint32_t)section->contents.bytes);
    buffer_append_u32(entry, section->link);
    buffer_append_u32(entry, section->info);
    buffer_append_u32(entry, (uint32_t)section->align_bytes);
    buffer_append_u32(entry, section->entry_bytes);
    return writer->section_count++;
}

void elf_writer_segment(struct elf_writer *writer, uint32_t flags)
{
    assert(writer->segments_added < writer->segment_count);
    const struct span all = buffer_span(&writer->sections);
    const struct span last = {all.data + all.bytes - sizeof(Elf32_Shdr), sizeof(Elf32_Shdr)};
    const size_t at = sizeof(Elf32_Ehdr) + (size_t)writer->segments_added++ * sizeof(Elf32_Phdr);
    const uint32_t addr = span_u32(last, offsetof(Elf32_Shdr, sh_addr));
    const uint32_t bytes = span_u32(last, offsetof(Elf32_Shdr, sh_size));
    struct buffer *file = &writer->file;
    put_u32(file, at + offsetof(Elf32_Phdr, p_type), PT_LOAD);
    put_u32(file, at + offsetof(Elf32_Phdr, p_offset),
            span_u32(last, offsetof(Elf32_Shdr, sh_offset)));
    put_u32(file, at + offsetof(Elf32_Phdr, p_vaddr), addr);
    put_u32(file, at + offsetof(Elf32_Phdr, p_paddr), addr);
    put_u32(file, at + offsetof(Elf32_Phdr, p_filesz), bytes);
    put_u32(file, at + offsetof(Elf32_Phdr, p_memsz), bytes);
    put_u32(file, at + offsetof(Elf32_Phdr, p_flags), flags);
    put_u32(file, at + offsetof(Elf32_Phdr, p_align),
            span_u32(last, offsetof(Elf32_Shdr, sh_addralign)));
}

/* ---- symbols ---- */

struct elf_symbols elf_symbols_in(struct arena *arena)
{
    struct elf_symbols symbols = {.entries = buffer_in(arena), .names = buffer_in(arena)};
    buffer_append_byte(&symbols.names, 0);
    const struct elf_symbol none = {.name = ""};
    elf_symbols_add(&symbols, &none);
    return symbols;
}

void elf_symbols_add(struct elf_symbols *symbols, const struct elf_symbol *symbol)
{
    struct buffer *entry = &symbols->entries;
    buffer_append_u32(entry, add_name(&symbols->names, symbol->name));
    buffer_append_u32(entry, (uint32_t)symbol->value);
    buffer_append_u32(entry, (uint32_t)symbol->bytes);
    buffer_append_byte(entry, (uint8_t)ELF32_ST_INFO(symbol->binding, symbol->type));
    buffer_append_byte(entry, STV_DEFAULT);
    buffer_append_u16(entry, symbol->section_index);
    if (symbol->binding == STB_LOCAL)
        symbols->local_count++;
}

uint16_t elf_writer_symbols(struct elf_writer *writer, const struct elf_symbols *symbols)
{
    const struct elf_section table = {
        .name = ".symtab",
        .type = SHT_SYMTAB,
        .link = writer->section_count + 1u,
        .info = symbols->local_count,
        .align_bytes = 4,
        .entry_bytes = sizeof(Elf32_Sym),
        .contents = buffer_span(&symbols->entries),
    };
    const struct elf_section names = {
        .name = ".strtab",
        .type = SHT_STRTAB,
        .align_bytes = 1,
        .contents = buffer_span(&symbols->names),
    };
    const uint16_t index = elf_writer_section(writer, &table);
    elf_writer_section(writer, &names);
    return index;
}

struct span elf_writer_finish(struct elf_writer *writer)
{
    struct buffer *file = &writer->file;
    assert(writer->segments_added == writer->segment_count);
    add_name(&writer->names, ".shstrtab");
    const struct elf_section names = {
        .name = "",
        .type = SHT_STRTAB,
        .align_bytes = 1,
        .contents = buffer_span(&writer->names),
    };
    const uint16_t index = elf_writer_section(writer, &names);
    /* its own name was put in last */
    put_u32(&writer->sections, index * sizeof(Elf32_Shdr),
            writer->names.bytes - sizeof ".shstrtab");
    buffer_fill(file, 0, (4 - file->bytes % 4) % 4);
    put_u32(file, offsetof(Elf32_Ehdr, e_shoff), file->bytes);
    put_u16(file, offsetof(Elf32_Ehdr, e_shnum), writer->section_count);
    put_u16(file, offsetof(Elf32_Ehdr, e_shstrndx), index);
    buffer_append_span(file, buffer_span(&writer->sections));
    return buffer_span(file);
}
