#include "linker/link/symbol_sizes.h"

#include "linker/elf/elf_file.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* A symbol of one section. */
struct symbol {
    const char *name;
    uint64_t start, end; /* end equal to start: no size given */
    enum symbol_size_kind kind;
    unsigned rank; /* of equal symbols the lowest has the bytes: global, weak, local */
};

/* A section being divided. */
struct dividing {
    struct arena *arena;
    const struct linked_section *section;
    const struct symbol *symbols; /* of the section, in order */
    size_t symbol_count;
    const struct link_map_piece **pieces; /* of the section, ascending */
    size_t piece_count;
    bool has_map;
    const struct symbol **open; /* symbols that contain the current address, the innermost last */
    size_t open_count;
    struct symbol_size *items;
    size_t count, capacity;
};

/* ---- symbols ---- */

/* $a, $t, $d of Arm and $x of RISC-V say what follows is; .L names are the compiler's own. */
static bool is_marker(const char *name)
{
    const bool is_mapping = name[0] == '$' && name[1] != '\0' && strchr("atdx", name[1]) != NULL &&
                            (name[2] == '\0' || name[2] == '.' || name[1] == 'x');
    return is_mapping || strncmp(name, ".L", 2) == 0;
}

static bool is_counted(const struct elf_symbol *symbol, const struct link_map *map)
{
    const bool has_type = symbol->type == STT_FUNC || symbol->type == STT_OBJECT ||
                          symbol->type == STT_NOTYPE || symbol->type == STT_GNU_IFUNC;
    return has_type && symbol->name[0] != '\0' && !is_marker(symbol->name) &&
           !(symbol->bytes == 0 && map != NULL && link_map_is_assigned(map, symbol->name));
}

static enum symbol_size_kind kind_of(uint8_t type)
{
    if (type == STT_OBJECT)
        return SYMBOL_SIZE_DATA;
    return type == STT_NOTYPE ? SYMBOL_SIZE_LABEL : SYMBOL_SIZE_FUNCTION;
}

static unsigned rank_of(uint8_t binding)
{
    if (binding == STB_GLOBAL)
        return 0;
    return binding == STB_WEAK ? 1 : 2;
}

/* A symbol as far as it lies in its section; false when it lies elsewhere. */
static bool clip(const struct elf_file *file, const struct elf_symbol *from,
                 const struct linked_section *section, struct symbol *ret)
{
    const bool is_thumb = file->machine == EM_ARM && from->type == STT_FUNC;
    const uint64_t start = is_thumb ? from->value & ~UINT64_C(1) : from->value;
    if (start < section->addr || start - section->addr >= section->bytes)
        return false;
    const uint64_t room = section->bytes - (start - section->addr);
    *ret = (struct symbol){
        .name = from->name,
        .start = start,
        .end = start + (from->bytes < room ? from->bytes : room),
        .kind = kind_of(from->type),
        .rank = rank_of(from->binding),
    };
    return true;
}

/* By address, then the longest first. */
static int compare_symbols(const void *left, const void *right)
{
    const struct symbol *a = left;
    const struct symbol *b = right;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->end != b->end)
        return a->end > b->end ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* The index that a section of `linked` has in the file; 0: none. */
static size_t index_of(const struct elf_file *file, const struct linked_section *section)
{
    for (size_t i = 1; i < file->section_count; i++) {
        const struct elf_section found = elf_file_section(file, i);
        if ((found.flags & SHF_ALLOC) != 0 && found.addr == section->addr &&
            found.bytes == section->bytes && strcmp(found.name, section->name) == 0)
            return i;
    }
    return 0;
}

/* Symbols of all sections, as linked->sections. */
struct symbol_table {
    struct symbol **symbols;
    size_t *counts;
};

static struct symbol_table collect(struct arena *arena, const struct elf_file *file,
                                   const struct linked *linked, const struct link_map *map)
{
    const size_t none = linked->section_count;
    struct symbol_table table = {ARENA_ARRAY(arena, struct symbol *, none),
                                 ARENA_ARRAY(arena, size_t, none)};
    size_t *section_of = ARENA_ARRAY(arena, size_t, file->section_count);
    size_t *room = ARENA_ARRAY(arena, size_t, none);
    for (size_t i = 0; i < file->section_count; i++)
        section_of[i] = none;
    for (size_t i = 0; i < none; i++) {
        const size_t index = index_of(file, &linked->sections[i]);
        if (index != 0)
            section_of[index] = i;
    }
    for (size_t i = 1; i < file->symbol_count; i++) {
        const uint16_t index = elf_file_symbol(file, i).section_index;
        if (index < file->section_count && section_of[index] != none)
            room[section_of[index]]++;
    }
    for (size_t i = 0; i < none; i++)
        table.symbols[i] = ARENA_ARRAY(arena, struct symbol, room[i]);
    for (size_t i = 1; i < file->symbol_count; i++) {
        const struct elf_symbol symbol = elf_file_symbol(file, i);
        const size_t at =
            symbol.section_index < file->section_count ? section_of[symbol.section_index] : none;
        if (at != none && is_counted(&symbol, map) &&
            clip(file, &symbol, &linked->sections[at], &table.symbols[at][table.counts[at]]))
            table.counts[at]++;
    }
    for (size_t i = 0; i < none; i++) {
        if (table.counts[i] > 1)
            qsort(table.symbols[i], table.counts[i], sizeof **table.symbols, compare_symbols);
    }
    return table;
}

/* ---- pieces ---- */

static int compare_pieces(const void *left, const void *right)
{
    const struct link_map_piece *const *a = left;
    const struct link_map_piece *const *b = right;
    if ((*a)->addr != (*b)->addr)
        return (*a)->addr < (*b)->addr ? -1 : 1;
    return (*a > *b) - (*a < *b); /* as the map has them */
}

static void find_pieces(struct dividing *dividing, const struct link_map *map)
{
    const struct linked_section *section = dividing->section;
    size_t most = 0;
    for (size_t i = 0; i < map->output_count; i++) {
        if (strcmp(map->outputs[i].name, section->name) == 0)
            most += map->outputs[i].piece_count;
    }
    dividing->pieces = ARENA_ARRAY(dividing->arena, const struct link_map_piece *, most);
    for (size_t i = 0; i < map->output_count; i++) {
        const struct link_map_output *output = &map->outputs[i];
        if (strcmp(output->name, section->name) != 0)
            continue;
        for (size_t k = 0; k < output->piece_count; k++) {
            const struct link_map_piece *piece = &map->pieces[output->first_piece + k];
            if (piece->addr >= section->addr && piece->addr - section->addr < section->bytes)
                dividing->pieces[dividing->piece_count++] = piece;
        }
    }
    if (dividing->piece_count > 1)
        qsort(dividing->pieces, dividing->piece_count, sizeof(struct link_map_piece *),
              compare_pieces);
}

/* ---- dividing a section ---- */

static void add_item(struct dividing *dividing, struct symbol_size item)
{
    if (dividing->count == dividing->capacity) {
        dividing->capacity = dividing->capacity == 0 ? 64 : 2 * dividing->capacity;
        dividing->items = arena_grow(dividing->arena, dividing->items, dividing->count,
                                     dividing->capacity, sizeof *dividing->items);
    }
    dividing->items[dividing->count++] = item;
}

static enum symbol_size_kind kind_without_symbol(const struct dividing *dividing,
                                                 const struct link_map_piece *piece)
{
    if (piece != NULL || !dividing->has_map)
        return SYMBOL_SIZE_UNNAMED;
    return dividing->piece_count == 0 ? SYMBOL_SIZE_SPACE : SYMBOL_SIZE_FILL;
}

/* Gives [at, to) to the symbols that are open there, and to none where none is. */
static uint64_t give_until(struct dividing *dividing, const struct link_map_piece *piece,
                           uint64_t at, uint64_t to)
{
    while (at < to) {
        while (dividing->open_count > 0 && dividing->open[dividing->open_count - 1]->end <= at)
            dividing->open_count--;
        struct symbol_size item = {.piece = piece, .addr = at, .bytes = to - at};
        if (dividing->open_count == 0) {
            item.kind = kind_without_symbol(dividing, piece);
        } else {
            const struct symbol *symbol = dividing->open[dividing->open_count - 1];
            item.kind = symbol->kind;
            item.name = symbol->name;
            item.bytes = (symbol->end < to ? symbol->end : to) - at;
        }
        add_item(dividing, item);
        at += item.bytes;
    }
    return at;
}

/* Whether an open symbol contains an address. */
static bool is_inside(const struct dividing *dividing, uint64_t addr)
{
    bool found = false;
    for (size_t i = dividing->open_count; i > 0 && !found; i--)
        found = dividing->open[i - 1]->end > addr;
    return found;
}

static void add_name(struct dividing *dividing, const struct link_map_piece *piece,
                     const struct symbol *symbol, uint64_t bytes)
{
    add_item(dividing, (struct symbol_size){.kind = symbol->kind,
                                            .name = symbol->name,
                                            .piece = piece,
                                            .addr = symbol->start,
                                            .bytes = bytes,
                                            .is_guessed = bytes != 0});
}

/* Where the next symbol behind an address starts, at most `end`. */
static uint64_t start_after(const struct dividing *dividing, size_t next, uint64_t addr,
                            uint64_t end)
{
    while (next < dividing->symbol_count && dividing->symbols[next].start == addr)
        next++;
    const bool is_near = next < dividing->symbol_count && dividing->symbols[next].start < end;
    return is_near ? dividing->symbols[next].start : end;
}

/* Divides [at, end), the bytes of one piece or of none, among the symbols that start there:
 * symbols[*next] on. A symbol ends with its piece. */
static void divide_range(struct dividing *dividing, const struct link_map_piece *piece, uint64_t at,
                         uint64_t end, size_t *next)
{
    dividing->open_count = 0;
    while (*next < dividing->symbol_count && dividing->symbols[*next].start < end) {
        const struct symbol *symbol = &dividing->symbols[(*next)++];
        const bool is_second = dividing->open_count > 0 &&
                               dividing->open[dividing->open_count - 1]->start == symbol->start;
        const bool has_size = symbol->end > symbol->start;
        if (at > symbol->start || is_second || (!has_size && is_inside(dividing, symbol->start))) {
            add_name(dividing, piece, symbol, 0);
            continue;
        }
        at = give_until(dividing, piece, at, symbol->start);
        if (has_size) {
            dividing->open[dividing->open_count++] = symbol;
        } else {
            const uint64_t stop = start_after(dividing, *next, symbol->start, end);
            add_name(dividing, piece, symbol, stop - at);
            at = stop;
        }
    }
    give_until(dividing, piece, at, end);
}

/* By address; names without bytes behind what has the bytes. */
static int compare_items(const void *left, const void *right)
{
    const struct symbol_size *a = left;
    const struct symbol_size *b = right;
    if (a->addr != b->addr)
        return a->addr < b->addr ? -1 : 1;
    if ((a->bytes == 0) != (b->bytes == 0))
        return a->bytes == 0 ? 1 : -1;
    return a->bytes == 0 ? strcmp(a->name, b->name) : 0;
}

static struct section_sizes divide(struct dividing *dividing)
{
    const struct linked_section *section = dividing->section;
    const uint64_t end = section->addr + section->bytes;
    uint64_t at = section->addr;
    size_t next = 0;
    for (size_t i = 0; i < dividing->piece_count; i++) {
        const struct link_map_piece *piece = dividing->pieces[i];
        const uint64_t start = piece->addr > at ? piece->addr : at;
        const uint64_t room = end - piece->addr;
        const uint64_t stop = piece->addr + (piece->bytes < room ? piece->bytes : room);
        if (stop <= start)
            continue; /* it lies under the one before it */
        if (start > at)
            divide_range(dividing, NULL, at, start, &next);
        divide_range(dividing, piece, start, stop, &next);
        at = stop;
    }
    if (at < end)
        divide_range(dividing, NULL, at, end, &next);
    if (dividing->count > 1)
        qsort(dividing->items, dividing->count, sizeof *dividing->items, compare_items);
    return (struct section_sizes){dividing->items, dividing->count};
}

const struct section_sizes *symbol_sizes_of(struct arena *arena, struct span elf,
                                            const struct linked *linked, const struct link_map *map)
{
    struct section_sizes *sizes = ARENA_ARRAY(arena, struct section_sizes, linked->section_count);
    struct elf_file file = {0};
    const char *problem;
    if (!elf_file_open(elf, &file, &problem))
        file = (struct elf_file){0}; /* nobody has read it before: rows without names */
    const struct symbol_table table = collect(arena, &file, linked, map);
    for (size_t i = 0; i < linked->section_count; i++) {
        struct dividing dividing = {
            .arena = arena,
            .section = &linked->sections[i],
            .symbols = table.symbols[i],
            .symbol_count = table.counts[i],
            .has_map = map != NULL,
            .open = ARENA_ARRAY(arena, const struct symbol *, table.counts[i]),
        };
        if (map != NULL)
            find_pieces(&dividing, map);
        sizes[i] = divide(&dividing);
    }
    return sizes;
}
