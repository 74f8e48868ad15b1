#include "linker/debug/debug_file.h"

#include "linker/elf/elf_file.h"

#include <elfutils/libdw.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_BACK_SYMBOLS = 64 };

struct code_range {
    uint64_t start, end;
};

struct symbol {
    const char *name;
    uint64_t addr, end; /* end: of what belongs to it */
    uint64_t bytes;
    unsigned rank; /* the greater the better of two at one address */
};

struct debug_file {
    struct arena *arena;
    struct elf_file file; /* of a copy, which libelf may write into */
    Elf *elf;
    Dwarf *dwarf;
    unsigned lacks;
    struct symbol *symbols; /* ascending by addr, then rank */
    size_t symbol_count;
    struct code_range *code; /* sections of instructions, as in the file */
    size_t code_count;
    struct debug_units *units;
};

/* ---- symbols ---- */

/* Marks of the assembler between code and data: $a, $d, $t, $x; RISC-V's local labels. */
static bool is_mark(const char *name)
{
    return name[0] == '\0' || name[0] == '$' || strncmp(name, ".L", 2) == 0;
}

static bool names_something(const struct elf_symbol *symbol)
{
    const bool has_place =
        symbol->section_index != SHN_UNDEF && symbol->section_index < SHN_LORESERVE;
    const bool has_type =
        symbol->type == STT_FUNC || symbol->type == STT_OBJECT || symbol->type == STT_NOTYPE;
    return has_place && has_type && !is_mark(symbol->name);
}

static unsigned rank_of(const struct elf_symbol *symbol)
{
    return (symbol->type != STT_NOTYPE ? 4U : 0U) + (symbol->bytes != 0 ? 2U : 0U) +
           (symbol->binding != STB_LOCAL ? 1U : 0U);
}

static int compare_symbols(const void *left, const void *right)
{
    const struct symbol *a = left, *b = right;
    if (a->addr != b->addr)
        return a->addr < b->addr ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* Symbols without a size reach to the next one, in the section of their own. */
static void end_symbols(struct debug_file *file)
{
    for (size_t i = file->symbol_count; i-- > 0;) {
        struct symbol *symbol = &file->symbols[i];
        if (symbol->bytes != 0)
            continue;
        size_t next = i + 1;
        while (next < file->symbol_count && file->symbols[next].addr == symbol->addr)
            next++;
        if (next < file->symbol_count && file->symbols[next].addr < symbol->end)
            symbol->end = file->symbols[next].addr;
    }
}

static void add_symbol(struct debug_file *file, const struct elf_symbol *symbol)
{
    if (symbol->section_index >= file->file.section_count)
        return;
    const struct elf_section section = elf_file_section(&file->file, symbol->section_index);
    const bool is_thumb = symbol->type == STT_FUNC && file->file.machine == EM_ARM;
    const uint64_t addr = is_thumb ? symbol->value & ~(uint64_t)1 : symbol->value;
    if (!(section.flags & SHF_ALLOC))
        return;
    file->symbols[file->symbol_count++] = (struct symbol){
        .name = symbol->name,
        .addr = addr,
        .end = symbol->bytes != 0 ? addr + symbol->bytes : section.addr + section.bytes,
        .bytes = symbol->bytes,
        .rank = rank_of(symbol),
    };
}

static void collect_symbols(struct debug_file *file)
{
    file->symbols = ARENA_ARRAY(file->arena, struct symbol, file->file.symbol_count);
    for (size_t i = 0; i < file->file.symbol_count; i++) {
        const struct elf_symbol symbol = elf_file_symbol(&file->file, i);
        if (names_something(&symbol))
            add_symbol(file, &symbol);
    }
    if (file->symbol_count > 1)
        qsort(file->symbols, file->symbol_count, sizeof *file->symbols, compare_symbols);
    end_symbols(file);
    if (file->symbol_count == 0)
        file->lacks |= DEBUG_NO_SYMBOLS;
}

/* The number of symbols at or below an address. */
static size_t symbols_up_to(const struct debug_file *file, uint64_t addr)
{
    size_t low = 0, high = file->symbol_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (file->symbols[middle].addr <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool debug_file_symbol(const struct debug_file *file, uint64_t addr, struct debug_symbol *ret)
{
    const size_t end = symbols_up_to(file, addr);
    const size_t start = end > LOOK_BACK_SYMBOLS ? end - LOOK_BACK_SYMBOLS : 0;
    const struct symbol *best = NULL;
    for (size_t i = end; i-- > start;) {
        const struct symbol *symbol = &file->symbols[i];
        const bool is_better = best == NULL || (best->bytes == 0 && symbol->bytes != 0);
        if (addr < symbol->end && is_better)
            best = symbol;
        if (best != NULL && best->bytes != 0)
            break;
    }
    if (best == NULL)
        return false;
    *ret = (struct debug_symbol){best->name, best->addr, best->bytes};
    return true;
}

/* ---- code ---- */

static void collect_code(struct debug_file *file)
{
    file->code = ARENA_ARRAY(file->arena, struct code_range, file->file.section_count);
    for (size_t i = 0; i < file->file.section_count; i++) {
        const struct elf_section section = elf_file_section(&file->file, i);
        const bool is_code = (section.flags & SHF_ALLOC) && (section.flags & SHF_EXECINSTR);
        if (is_code && section.bytes > 0)
            file->code[file->code_count++] =
                (struct code_range){section.addr, section.addr + section.bytes};
    }
}

bool debug_file_is_code(const struct debug_file *file, uint64_t addr)
{
    for (size_t i = 0; i < file->code_count; i++)
        if (addr >= file->code[i].start && addr < file->code[i].end)
            return true;
    return false;
}

bool debug_file_is_loaded(const struct debug_file *file, uint64_t addr)
{
    for (size_t i = 0; i < file->file.segment_count; i++) {
        const struct elf_segment segment = elf_file_segment(&file->file, i);
        const bool runs = addr >= segment.vaddr && addr - segment.vaddr < segment.memory_bytes;
        const bool lies = addr >= segment.paddr && addr - segment.paddr < segment.contents.bytes;
        if (segment.type == PT_LOAD && (runs || lies))
            return true;
    }
    return false;
}

struct span debug_file_bytes(const struct debug_file *file, uint64_t addr)
{
    struct span found = {0};
    for (size_t i = 0; i < file->file.segment_count; i++) {
        const struct elf_segment segment = elf_file_segment(&file->file, i);
        const uint64_t offset = addr - segment.vaddr;
        if (segment.type == PT_LOAD && addr >= segment.vaddr && offset < segment.contents.bytes &&
            span_part(segment.contents, offset, segment.contents.bytes - offset, &found))
            break;
    }
    return found;
}

/* ---- debug information ---- */

/* The bytes that a compressed section holds, as its header says: an Elf32_Chdr, or "ZLIB" and eight
 * bytes, big-endian, in sections named .zdebug_…; 0 for others. */
static uint64_t unpacked_bytes(const struct elf_section *section)
{
    const struct span contents = section->contents;
    if ((section->flags & SHF_COMPRESSED) && contents.bytes >= sizeof(Elf32_Chdr))
        return span_u32(contents, offsetof(Elf32_Chdr, ch_size));
    if (strncmp(section->name, ".zdebug", 7) != 0 || contents.bytes < 12 ||
        memcmp(contents.data, "ZLIB", 4) != 0)
        return 0;
    uint64_t bytes = 0;
    for (size_t i = 4; i < 12; i++)
        bytes = bytes << 8 | contents.data[i];
    return bytes;
}

/* What libdw must not be given; the bits that it lacks then. */
static unsigned check_dwarf(const struct elf_file *file)
{
    uint64_t unpacked = 0;
    bool is_there = false;
    for (size_t i = 0; i < file->section_count; i++) {
        const struct elf_section section = elf_file_section(file, i);
        const uint64_t bytes = unpacked_bytes(&section);
        if (bytes > DEBUG_UNPACKED_BYTES_MOST || unpacked + bytes > DEBUG_UNPACKED_BYTES_MOST)
            return DEBUG_BAD_DWARF;
        unpacked += bytes;
        /* libdw would open the file that the section names, anywhere. */
        if (strcmp(section.name, ".gnu_debugaltlink") == 0)
            return DEBUG_DWARF_ELSEWHERE;
        is_there = is_there || strcmp(section.name, ".debug_info") == 0 ||
                   strcmp(section.name, ".zdebug_info") == 0 ||
                   strcmp(section.name, ".debug_line") == 0;
    }
    return is_there ? 0 : DEBUG_NO_DWARF;
}

static void open_dwarf(struct debug_file *file, char *copy)
{
    elf_version(EV_CURRENT);
    file->elf = elf_memory(copy, file->file.bytes.bytes);
    if (file->elf == NULL) {
        file->lacks |= DEBUG_BAD_DWARF;
        return;
    }
    const unsigned lacks = check_dwarf(&file->file);
    if (lacks == 0)
        file->dwarf = dwarf_begin_elf(file->elf, DWARF_C_READ, NULL);
    file->lacks |= lacks == 0 && file->dwarf == NULL ? (unsigned)DEBUG_BAD_DWARF : lacks;
}

bool debug_file_open(struct span elf, struct source_pos pos, struct arena *arena,
                     struct debug_file **ret, struct diag_list *diags)
{
    char *copy = ARENA_ARRAY(arena, char, elf.bytes);
    if (elf.bytes > 0)
        memcpy(copy, elf.data, elf.bytes);
    struct debug_file *file = ARENA_NEW(arena, struct debug_file);
    const char *problem;
    const struct span bytes = {(const uint8_t *)copy, elf.bytes};
    if (!elf_file_open(bytes, &file->file, &problem))
        return diag_error(diags, "debug-malformed", pos, "%s", problem);
    file->arena = arena;
    collect_symbols(file);
    collect_code(file);
    open_dwarf(file, copy);
    *ret = file;
    return true;
}

void debug_file_close(struct debug_file *file)
{
    if (file == NULL)
        return;
    if (file->dwarf != NULL)
        dwarf_end(file->dwarf);
    if (file->elf != NULL)
        elf_end(file->elf);
}

unsigned debug_file_lacks(const struct debug_file *file)
{
    return file->lacks;
}

enum debug_machine debug_file_machine(const struct debug_file *file)
{
    return file->file.machine == EM_ARM     ? DEBUG_ARM
           : file->file.machine == EM_RISCV ? DEBUG_RISCV
                                            : DEBUG_OTHER_MACHINE;
}

struct Dwarf *debug_file_dwarf(const struct debug_file *file)
{
    return file->dwarf;
}

struct Elf *debug_file_elf(const struct debug_file *file)
{
    return file->elf;
}

struct debug_units **debug_file_units(struct debug_file *file)
{
    return &file->units;
}

struct arena *debug_file_arena(const struct debug_file *file)
{
    return file->arena;
}
