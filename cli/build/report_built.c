#include "cli/build/report_built.h"

#include "base/path.h"
#include "base/shown_text.h"
#include "cli/report/report_plan.h"
#include "linker/link/symbol_sizes.h"
#include "sign/image/image_id.h"

#include <stdlib.h>
#include <string.h>

enum { MAP_BYTES_MOST = 512 << 20 };

/* One program whose bytes are being attributed. */
struct dividing {
    struct build *build;
    const struct built_program *built;
    const struct build_program *program;
    const struct section_sizes *sizes; /* as built->linked.sections */
    bool has_map;
};

/* ---- names of objects ---- */

/* The part of a path after a folder that contains it; NULL when the folder does not. */
static const char *inside(const char *path, const char *folder)
{
    const size_t length = strlen(folder);
    const bool is_in = length > 0 && strncmp(path, folder, length) == 0 && path[length] == '/';
    return is_in ? path + length + 1 : NULL;
}

/* A path that is the same wherever a build runs: relative to the manifest's folder, or to the
 * folder that a variable (-D build=…) names. Other files, such as a compiler's own libraries, by
 * name only. */
static const char *portable_path(const struct build *build, const char *path)
{
    const struct manifest *manifest = build->manifest;
    if (inside(path, build->work_folder) != NULL)
        return path_name(path);
    const char *folder = path_folder(build->arena, manifest->files.items[0]);
    const char *name = inside(path, folder);
    name = name == NULL ? path : name;
    for (size_t i = 0; i < manifest->variable_count; i++) {
        const char *rest = inside(name, manifest->variables[i].value);
        if (rest != NULL)
            return rest;
    }
    return name[0] == '/' ? path_name(name) : name;
}

/* "…/libuser.a(start.o)": the member is kept as it is. */
static const char *object_name(const struct build *build, const char *file)
{
    const char *member = strrchr(file, '(');
    const size_t length = strlen(file);
    if (member == NULL || member == file || file[length - 1] != ')')
        return shown_text(build->arena, portable_path(build, file));
    const char *library = arena_copy_text(build->arena, file, (size_t)(member - file));
    return shown_text(build->arena,
                      arena_format(build->arena, "%s%s", portable_path(build, library), member));
}

/* ---- rows of a section ---- */

/* A row of the section, with the object that it comes from. */
struct row {
    struct report_symbol symbol;
    enum report_object_kind kind;
    const char *file; /* as the linker names it; "" */
};

static enum report_object_kind object_kind(const struct dividing *dividing,
                                           const struct symbol_size *size)
{
    if (!dividing->has_map)
        return REPORT_OBJECT_UNKNOWN;
    if (size->piece == NULL)
        return REPORT_OBJECT_NONE;
    switch (size->piece->origin) {
    case LINK_MAP_FILE:
        return REPORT_OBJECT_FILE;
    case LINK_MAP_LINKER:
        return REPORT_OBJECT_LINKER;
    case LINK_MAP_JOINED:
        return REPORT_OBJECT_MERGED;
    }
    return REPORT_OBJECT_UNKNOWN;
}

static enum report_symbol_kind symbol_kind(enum symbol_size_kind kind)
{
    switch (kind) {
    case SYMBOL_SIZE_FUNCTION:
        return REPORT_SYMBOL_FUNCTION;
    case SYMBOL_SIZE_DATA:
        return REPORT_SYMBOL_DATA;
    case SYMBOL_SIZE_LABEL:
        return REPORT_SYMBOL_LABEL;
    case SYMBOL_SIZE_UNNAMED:
        return REPORT_SYMBOL_UNNAMED;
    case SYMBOL_SIZE_FILL:
        return REPORT_SYMBOL_FILL;
    case SYMBOL_SIZE_SPACE:
        return REPORT_SYMBOL_SPACE;
    }
    return REPORT_SYMBOL_UNNAMED;
}

static const char *name_of(const struct dividing *dividing, const struct linked_section *section,
                           const struct symbol_size *size)
{
    struct arena *arena = dividing->build->arena;
    if (size->name != NULL)
        return shown_text(arena, size->name);
    if (size->kind == SYMBOL_SIZE_FILL)
        return "";
    return shown_text(arena, size->piece != NULL ? size->piece->section : section->name);
}

/* The part of a row that lies in [from, to) of its section; false: none. */
static bool row_within(const struct dividing *dividing, const struct linked_section *section,
                       const struct symbol_size *size, struct layout_range window, struct row *ret)
{
    const uint64_t end = size->addr + size->bytes;
    const uint64_t first = size->addr > window.start ? size->addr : window.start;
    const uint64_t last = end < window.end ? end : window.end;
    if (size->addr >= window.end || (size->bytes == 0 ? size->addr < window.start : last <= first))
        return false;
    *ret = (struct row){
        .symbol = {.name = name_of(dividing, section, size),
                   .addr = first,
                   .bytes = last - first,
                   .kind = symbol_kind(size->kind),
                   .is_size_guessed = size->is_guessed},
        .kind = object_kind(dividing, size),
        .file = dividing->has_map && size->piece != NULL ? size->piece->file : "",
    };
    return true;
}

/* By object; rows of one object keep their order, as all are in one array. */
static int compare_rows(const void *left, const void *right)
{
    const struct row *a = *(const struct row *const *)left;
    const struct row *b = *(const struct row *const *)right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    const int order = strcmp(a->file, b->file);
    return order != 0 ? order : (a > b) - (a < b);
}

static int compare_objects(const void *left, const void *right)
{
    const struct report_object *a = left;
    const struct report_object *b = right;
    const uint64_t first = a->symbols[0].addr;
    const uint64_t second = b->symbols[0].addr;
    if (first != second)
        return first < second ? -1 : 1;
    return a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) : strcmp(a->name, b->name);
}

static bool is_same_object(const struct row *a, const struct row *b)
{
    return a->kind == b->kind && strcmp(a->file, b->file) == 0;
}

/* Gathers the rows of each object. */
static void set_objects(const struct dividing *dividing, const struct row *rows, size_t count,
                        struct report_section *section)
{
    struct arena *arena = dividing->build->arena;
    const struct row **order = ARENA_ARRAY(arena, const struct row *, count);
    for (size_t i = 0; i < count; i++)
        order[i] = &rows[i];
    if (count > 1)
        qsort(order, count, sizeof *order, compare_rows);
    struct report_object *objects = ARENA_ARRAY(arena, struct report_object, count);
    struct report_symbol *symbols = ARENA_ARRAY(arena, struct report_symbol, count);
    for (size_t i = 0; i < count; i++) {
        const struct row *row = order[i];
        if (i == 0 || !is_same_object(row, order[i - 1]))
            objects[section->object_count++] =
                (struct report_object){.name = object_name(dividing->build, row->file),
                                       .kind = row->kind,
                                       .symbols = &symbols[i]};
        struct report_object *object = &objects[section->object_count - 1];
        symbols[i] = row->symbol;
        object->bytes += row->symbol.bytes;
        object->symbol_count++;
    }
    if (section->object_count > 1)
        qsort(objects, section->object_count, sizeof *objects, compare_objects);
    section->objects = objects;
}

/* ---- sections of a block ---- */

/* A section, or a section's load image, that lies in a block. */
struct part {
    size_t section; /* of linked.sections */
    uint64_t addr;
    enum report_section_kind kind;
};

static int compare_parts(const void *left, const void *right)
{
    const struct part *a = left;
    const struct part *b = right;
    if (a->addr != b->addr)
        return a->addr < b->addr ? -1 : 1;
    return (a->section > b->section) - (a->section < b->section);
}

static enum report_section_kind kind_at_run_time(const struct linked_section *section)
{
    if (!section->is_loaded)
        return REPORT_SECTION_UNLOADED;
    return section->load_addr == section->addr ? REPORT_SECTION_LOADED : REPORT_SECTION_COPIED;
}

static bool is_in_place(const struct program_place *place, uint64_t addr)
{
    return addr >= place->base && addr - place->base < place->size;
}

static struct part *parts_in(const struct dividing *dividing, size_t memory, size_t *ret_count)
{
    const struct linked *linked = &dividing->built->linked;
    struct part *parts =
        ARENA_ARRAY(dividing->build->arena, struct part, 2 * linked->section_count);
    size_t count = 0;
    for (size_t i = 0; i < linked->section_count; i++) {
        const struct linked_section *section = &linked->sections[i];
        const enum report_section_kind kind = kind_at_run_time(section);
        if (section->memory == memory)
            parts[count++] = (struct part){i, section->addr, kind};
        if (kind == REPORT_SECTION_COPIED &&
            is_in_place(&dividing->built->places[memory], section->load_addr))
            parts[count++] = (struct part){i, section->load_addr, REPORT_SECTION_LOAD_IMAGE};
    }
    if (count > 1)
        qsort(parts, count, sizeof *parts, compare_parts);
    *ret_count = count;
    return parts;
}

/* The bytes of a part in [start, end), as a section of the report. */
static struct report_section section_of(const struct dividing *dividing, const struct part *part,
                                        struct layout_range range)
{
    const struct linked_section *linked = &dividing->built->linked.sections[part->section];
    const struct section_sizes *sizes = &dividing->sizes[part->section];
    const struct layout_range window = {linked->addr + (range.start - part->addr),
                                        linked->addr + (range.end - part->addr)};
    struct row *rows = ARENA_ARRAY(dividing->build->arena, struct row, sizes->count);
    size_t count = 0;
    for (size_t i = 0; i < sizes->count; i++) {
        if (!row_within(dividing, linked, &sizes->items[i], window, &rows[count]))
            continue;
        rows[count].symbol.addr = rows[count].symbol.addr - linked->addr + part->addr;
        count++;
    }
    struct report_section section = {
        .name = shown_text(dividing->build->arena, linked->name),
        .kind = part->kind,
        .addr = range.start,
        .bytes = range.end - range.start,
    };
    set_objects(dividing, rows, count, &section);
    return section;
}

static struct report_section fill_of(struct arena *arena, struct layout_range range)
{
    const uint64_t bytes = range.end - range.start;
    struct report_symbol *symbol = ARENA_NEW(arena, struct report_symbol);
    struct report_object *object = ARENA_NEW(arena, struct report_object);
    *symbol = (struct report_symbol){"", range.start, bytes, REPORT_SYMBOL_FILL, false};
    *object = (struct report_object){"", REPORT_OBJECT_NONE, bytes, symbol, 1};
    return (struct report_section){"", REPORT_SECTION_FILL, range.start, bytes, object, 1};
}

/* Tiles the linked bytes of a block with the sections that lie there. */
static void set_sections(const struct dividing *dividing, size_t memory, struct report_block *block)
{
    struct arena *arena = dividing->build->arena;
    size_t count;
    const struct part *parts = parts_in(dividing, memory, &count);
    struct report_section *sections = ARENA_ARRAY(arena, struct report_section, 2 * count + 1);
    const uint64_t end = block->base + block->linked_bytes;
    uint64_t at = block->base;
    for (size_t i = 0; i < count; i++) {
        const uint64_t part_end =
            parts[i].addr + dividing->built->linked.sections[parts[i].section].bytes;
        const uint64_t start = parts[i].addr > at ? parts[i].addr : at;
        const uint64_t stop = part_end < end ? part_end : end;
        if (stop <= start)
            continue; /* an overlay of the one before it */
        if (start > at)
            sections[block->section_count++] = fill_of(arena, (struct layout_range){at, start});
        sections[block->section_count++] =
            section_of(dividing, &parts[i], (struct layout_range){start, stop});
        at = stop;
    }
    if (at < end)
        sections[block->section_count++] = fill_of(arena, (struct layout_range){at, end});
    block->sections = sections;
}

/* ---- programs ---- */

/* An unreadable map is treated as missing. */
static bool read_map(struct build *build, const char *path, struct link_map *ret)
{
    struct file_stamp stamp;
    struct span text;
    return path != NULL && file_look(path, &stamp) &&
           file_read(build->arena, path, MAP_BYTES_MOST, NOWHERE, &text, build->diags) &&
           link_map_read(build->arena, text, ret);
}

static void divide_block(const struct dividing *dividing, struct report_block *block)
{
    for (size_t i = 0; i < dividing->built->linked.memory_count; i++) {
        if (dividing->program->memories[i] != block->memory)
            continue;
        block->linked_bytes = dividing->built->linked.memories[i].bytes;
        set_sections(dividing, i, block);
    }
}

static void set_program(struct build *build, const struct built_slot *slot, size_t index,
                        struct report_program *program)
{
    struct link_map map;
    struct dividing dividing = {
        .build = build, .built = &slot->built[index], .program = &slot->programs.items[index]};
    dividing.has_map = read_map(build, dividing.built->map_path, &map);
    dividing.sizes = symbol_sizes_of(build->arena, dividing.built->elf, &dividing.built->linked,
                                     dividing.has_map ? &map : NULL);
    struct report_block *blocks = arena_grow(build->arena, program->blocks, program->block_count,
                                             program->block_count, sizeof *blocks);
    for (size_t i = 0; i < program->block_count; i++)
        divide_block(&dividing, &blocks[i]);
    program->blocks = blocks;
}

struct report report_of_built(struct build *build, const struct built_slot *built)
{
    struct report report = report_of_plan(built->slot, &built->plan, build->arena);
    struct report_program *programs =
        arena_grow(build->arena, report.programs, report.program_count, report.program_count,
                   sizeof *programs);
    for (size_t i = 0; i < report.program_count; i++)
        set_program(build, built, i, &programs[i]);
    report.programs = programs;
    report.id = image_id_text(built->id, build->arena);
    return report;
}
