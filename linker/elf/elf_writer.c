#include "linker/elf/elf_writer.h"

#include "linker/elf/elf_records.h"

#include <assert.h>
#include <elf.h>
#include <string.h>

static Elf32_Ehdr make_header(uint16_t type, uint16_t machine, uint32_t flags, uint64_t entry,
                              uint16_t segment_count)
{
    return (Elf32_Ehdr){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
        .e_type = type,
        .e_machine = machine,
        .e_version = EV_CURRENT,
        .e_entry = (uint32_t)entry,
        .e_phoff = segment_count == 0 ? 0 : sizeof(Elf32_Ehdr),
        .e_flags = flags,
        .e_ehsize = sizeof(Elf32_Ehdr),
        .e_phentsize = segment_count == 0 ? 0 : sizeof(Elf32_Phdr),
        .e_phnum = segment_count,
        .e_shentsize = sizeof(Elf32_Shdr),
        /* e_shoff, e_shnum and e_shstrndx are known at the end */
    };
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
    const Elf32_Ehdr header = make_header(type, machine, flags, entry, segment_count);
    elf_records_append(&writer.file, ELF_RECORD_HEADER, &header);
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
    const Elf32_Shdr entry = {
        .sh_name = add_name(&writer->names, section->name),
        .sh_type = section->type,
        .sh_flags = section->flags,
        .sh_addr = (uint32_t)section->addr,
        .sh_offset = (uint32_t)offset,
        .sh_size = (uint32_t)section->contents.bytes,
        .sh_link = section->link,
        .sh_info = section->info,
        .sh_addralign = (uint32_t)section->align_bytes,
        .sh_entsize = section->entry_bytes,
    };
    elf_records_append(&writer->sections, ELF_RECORD_SECTION, &entry);
    return writer->section_count++;
}

static Elf32_Shdr section_at(const struct elf_writer *writer, size_t index)
{
    const struct span all = buffer_span(&writer->sections);
    Elf32_Shdr section;
    elf_records_decode((struct span){all.data + index * sizeof section, sizeof section},
                       ELF_RECORD_SECTION, &section);
    return section;
}

void elf_writer_segment(struct elf_writer *writer, uint32_t flags)
{
    assert(writer->segments_added < writer->segment_count);
    const Elf32_Shdr last = section_at(writer, writer->section_count - 1u);
    const Elf32_Phdr segment = {
        .p_type = PT_LOAD,
        .p_offset = last.sh_offset,
        .p_vaddr = last.sh_addr,
        .p_paddr = last.sh_addr,
        .p_filesz = last.sh_size,
        .p_memsz = last.sh_size,
        .p_flags = flags,
        .p_align = last.sh_addralign,
    };
    const size_t at = sizeof(Elf32_Ehdr) + (size_t)writer->segments_added++ * sizeof segment;
    elf_records_put(&writer->file, at, ELF_RECORD_SEGMENT, &segment);
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
    const Elf32_Sym entry = {
        .st_name = add_name(&symbols->names, symbol->name),
        .st_value = (uint32_t)symbol->value,
        .st_size = (uint32_t)symbol->bytes,
        .st_info = (uint8_t)ELF32_ST_INFO(symbol->binding, symbol->type),
        .st_other = STV_DEFAULT,
        .st_shndx = symbol->section_index,
    };
    elf_records_append(&symbols->entries, ELF_RECORD_SYMBOL, &entry);
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
    Elf32_Shdr entry = section_at(writer, index);
    entry.sh_name = (uint32_t)(writer->names.bytes - sizeof ".shstrtab"); /* put in last */
    elf_records_put(&writer->sections, index * sizeof entry, ELF_RECORD_SECTION, &entry);
    buffer_fill(file, 0, (4 - file->bytes % 4) % 4);

    Elf32_Ehdr header;
    elf_records_decode(buffer_span(file), ELF_RECORD_HEADER, &header);
    header.e_shoff = (uint32_t)file->bytes;
    header.e_shnum = writer->section_count;
    header.e_shstrndx = index;
    elf_records_put(file, 0, ELF_RECORD_HEADER, &header);
    buffer_append_span(file, buffer_span(&writer->sections));
    return buffer_span(file);
}
