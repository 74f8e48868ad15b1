#include "linker/elf/elf_file.h"

#include "base/checked.h"
#include "linker/elf/elf_records.h"

#include <elf.h>
#include <string.h>

bool elf_file_is_elf(struct span bytes)
{
    return bytes.bytes >= SELFMAG && memcmp(bytes.data, ELFMAG, SELFMAG) == 0;
}

/* ---- decoding ---- */

static struct span entry_of(struct span table, size_t i, size_t entry_bytes)
{
    return (struct span){table.data + i * entry_bytes, entry_bytes};
}

/* A NUL-terminated string in a table of strings; "" when it is not there. */
static const char *text_at(struct span table, uint32_t offset)
{
    if (offset >= table.bytes || memchr(table.data + offset, '\0', table.bytes - offset) == NULL)
        return "";
    return (const char *)table.data + offset;
}

static struct elf_section decode_section(const struct elf_file *file, size_t i)
{
    Elf32_Shdr raw;
    elf_records_decode(entry_of(file->section_table, i, sizeof raw), ELF_RECORD_SECTION, &raw);
    return (struct elf_section){
        .name = text_at(file->section_names, raw.sh_name),
        .type = raw.sh_type,
        .flags = raw.sh_flags,
        .addr = raw.sh_addr,
        .offset = raw.sh_offset,
        .bytes = raw.sh_size,
        .align_bytes = raw.sh_addralign == 0 ? 1 : raw.sh_addralign,
        .link = raw.sh_link,
        .info = raw.sh_info,
        .entry_bytes = raw.sh_entsize,
    };
}

static bool has_contents(const struct elf_section *section)
{
    return section->type != SHT_NOBITS && section->type != SHT_NULL;
}

struct elf_section elf_file_section(const struct elf_file *file, size_t i)
{
    struct elf_section section = decode_section(file, i);
    if (has_contents(&section) &&
        !span_part(file->bytes, section.offset, section.bytes, &section.contents))
        section.contents = (struct span){0};
    return section;
}

static Elf32_Phdr decode_segment(const struct elf_file *file, size_t i)
{
    Elf32_Phdr raw;
    elf_records_decode(entry_of(file->segment_table, i, sizeof raw), ELF_RECORD_SEGMENT, &raw);
    return raw;
}

struct elf_segment elf_file_segment(const struct elf_file *file, size_t i)
{
    const Elf32_Phdr raw = decode_segment(file, i);
    struct elf_segment segment = {
        .type = raw.p_type,
        .flags = raw.p_flags,
        .vaddr = raw.p_vaddr,
        .paddr = raw.p_paddr,
        .memory_bytes = raw.p_memsz,
        .offset = raw.p_offset,
    };
    if (!span_part(file->bytes, segment.offset, raw.p_filesz, &segment.contents))
        segment.contents = (struct span){0};
    return segment;
}

struct elf_symbol elf_file_symbol(const struct elf_file *file, size_t i)
{
    Elf32_Sym raw;
    elf_records_decode(entry_of(file->symbols, i, sizeof raw), ELF_RECORD_SYMBOL, &raw);
    return (struct elf_symbol){
        .name = text_at(file->symbol_names, raw.st_name),
        .value = raw.st_value,
        .bytes = raw.st_size,
        .type = ELF32_ST_TYPE(raw.st_info),
        .binding = ELF32_ST_BIND(raw.st_info),
        .section_index = raw.st_shndx,
    };
}

/* ---- checking ---- */

static const char *check_identity(struct span bytes)
{
    if (!elf_file_is_elf(bytes))
        return "it is not an ELF file";
    if (bytes.bytes < sizeof(Elf32_Ehdr))
        return "it is cut off in the ELF header";
    if (bytes.data[EI_CLASS] != ELFCLASS32)
        return "it is not a 32-bit ELF file";
    if (bytes.data[EI_DATA] != ELFDATA2LSB)
        return "it is not a little-endian ELF file";
    return NULL;
}

/* Files with very many sections keep the count in section 0. */
static size_t count_sections(const struct elf_file *file, const Elf32_Ehdr *header)
{
    struct span first;
    Elf32_Shdr section;
    if (header->e_shnum != 0 || header->e_shoff == 0 ||
        !span_part(file->bytes, header->e_shoff, sizeof section, &first))
        return header->e_shnum;
    elf_records_decode(first, ELF_RECORD_SECTION, &section);
    return section.sh_size;
}

static const char *find_section_table(struct elf_file *file, const Elf32_Ehdr *header)
{
    const size_t count = count_sections(file, header);
    if (count == 0)
        return NULL;
    if (header->e_shentsize != sizeof(Elf32_Shdr) ||
        !span_part(file->bytes, header->e_shoff, (uint64_t)count * sizeof(Elf32_Shdr),
                   &file->section_table))
        return "its table of sections does not lie in the file";
    file->section_count = count;
    return NULL;
}

static const char *find_segment_table(struct elf_file *file, const Elf32_Ehdr *header)
{
    const size_t count = header->e_phnum;
    if (count == 0)
        return NULL;
    if (header->e_phentsize != sizeof(Elf32_Phdr) ||
        !span_part(file->bytes, header->e_phoff, count * sizeof(Elf32_Phdr), &file->segment_table))
        return "its table of segments does not lie in the file";
    file->segment_count = count;
    return NULL;
}

static void find_section_names(struct elf_file *file, const Elf32_Ehdr *header)
{
    size_t index = header->e_shstrndx;
    if (index == SHN_XINDEX && file->section_count > 0)
        index = decode_section(file, 0).link;
    if (index != SHN_UNDEF && index < file->section_count)
        file->section_names = elf_file_section(file, index).contents;
}

static const char *check_sections(const struct elf_file *file)
{
    for (size_t i = 1; i < file->section_count; i++) {
        const struct elf_section section = decode_section(file, i);
        struct span contents;
        if (has_contents(&section) &&
            !span_part(file->bytes, section.offset, section.bytes, &contents))
            return "a section does not lie in the file";
        if (!is_power_of_two(section.align_bytes))
            return "a section's alignment is not a power of two";
    }
    return NULL;
}

static const char *check_segments(const struct elf_file *file)
{
    for (size_t i = 0; i < file->segment_count; i++) {
        const uint64_t bytes = decode_segment(file, i).p_filesz;
        const struct elf_segment segment = elf_file_segment(file, i);
        if (segment.type == PT_LOAD && bytes > segment.memory_bytes)
            return "a segment has more bytes in the file than in memory";
        if (segment.contents.bytes != bytes)
            return "a segment does not lie in the file";
        if (segment.vaddr + segment.memory_bytes > UINT64_C(1) << 32 ||
            segment.paddr + bytes > UINT64_C(1) << 32)
            return "a segment reaches beyond the end of the address space";
    }
    return NULL;
}

static const char *find_symbols(struct elf_file *file)
{
    for (size_t i = 1; i < file->section_count; i++) {
        const struct elf_section section = elf_file_section(file, i);
        if (section.type != SHT_SYMTAB)
            continue;
        if (section.link >= file->section_count || section.entry_bytes != sizeof(Elf32_Sym))
            return "its table of symbols is malformed";
        file->symbols = section.contents;
        file->symbol_count = section.contents.bytes / sizeof(Elf32_Sym);
        file->symbol_names = elf_file_section(file, section.link).contents;
        return NULL;
    }
    return NULL;
}

static const char *read_tables(struct elf_file *file, const Elf32_Ehdr *header)
{
    const char *problem = find_section_table(file, header);
    if (problem == NULL)
        problem = find_segment_table(file, header);
    if (problem != NULL)
        return problem;
    find_section_names(file, header);
    problem = check_sections(file);
    if (problem == NULL)
        problem = check_segments(file);
    if (problem == NULL)
        problem = find_symbols(file);
    return problem;
}

bool elf_file_open(struct span bytes, struct elf_file *ret, const char **ret_problem)
{
    const char *problem = check_identity(bytes);
    if (problem != NULL) {
        *ret_problem = problem;
        return false;
    }
    Elf32_Ehdr header;
    elf_records_decode(bytes, ELF_RECORD_HEADER, &header);
    struct elf_file file = {
        .bytes = bytes,
        .type = header.e_type,
        .machine = header.e_machine,
        .flags = header.e_flags,
        .entry = header.e_entry,
    };
    problem = read_tables(&file, &header);
    if (problem != NULL) {
        *ret_problem = problem;
        return false;
    }
    *ret = file;
    return true;
}

/* ---- looking up ---- */

bool elf_file_find_section(const struct elf_file *file, const char *name, struct elf_section *ret)
{
    for (size_t i = 1; i < file->section_count; i++) {
        const struct elf_section section = elf_file_section(file, i);
        if (strcmp(section.name, name) == 0) {
            *ret = section;
            return true;
        }
    }
    return false;
}

bool elf_file_find_symbol(const struct elf_file *file, const char *name, struct elf_symbol *ret)
{
    for (size_t i = 1; i < file->symbol_count; i++) {
        const struct elf_symbol symbol = elf_file_symbol(file, i);
        if (symbol.binding != STB_LOCAL && symbol.section_index != SHN_UNDEF &&
            strcmp(symbol.name, name) == 0) {
            *ret = symbol;
            return true;
        }
    }
    return false;
}
