#include "linker/debug_lines.h"

#include "linker/debug_internal.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>
#include <string.h>

enum {
    UNITS_MOST = 1 << 18,
    RANGES_MOST = 1 << 20,
    FRAMES_MOST = 64,       /* functions inlined into each other */
    DEPTH_MOST = 128,       /* of namespaces, and of blocks */
    STEPS_MOST = 1 << 22,   /* entries looked at for one question */
    LOOK_BACK_RANGES = 256, /* overlapping ranges are looked at so far back */
};

/* Part of the code of a unit, or of a function. */
struct code {
    uint64_t start, end;
    size_t owner; /* index of a unit; of a function in its unit */
};

struct code_list {
    struct code *items;
    size_t count, capacity;
};

struct unit {
    Dwarf_Die die;
    bool is_indexed;
    struct code_list code; /* of its functions */
    Dwarf_Die *functions;
    size_t function_count, function_capacity;
};

struct debug_units {
    struct debug_file *file;
    struct arena *arena;
    struct unit *units;
    size_t count, capacity;
    struct code_list code;
    size_t steps; /* left for the question at hand */
};

/* ---- lists ---- */

static void add_code(struct code_list *list, struct arena *arena, struct code code)
{
    if (list->count == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
        list->items = arena_grow(arena, list->items, list->count, capacity, sizeof *list->items);
        list->capacity = capacity;
    }
    list->items[list->count++] = code;
}

/* The wider one first: the search from the end then meets the narrowest. */
static int compare_code(const void *left, const void *right)
{
    const struct code *a = left, *b = right;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->end != b->end)
        return a->end > b->end ? -1 : 1;
    return (a->owner > b->owner) - (a->owner < b->owner);
}

static void sort_code(struct code_list *list)
{
    if (list->count > 1)
        qsort(list->items, list->count, sizeof *list->items, compare_code);
}

static const struct code *find_code(const struct code_list *list, uint64_t addr)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (list->items[middle].start <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    const size_t least = low > LOOK_BACK_RANGES ? low - LOOK_BACK_RANGES : 0;
    for (size_t i = low; i-- > least;)
        if (addr < list->items[i].end)
            return &list->items[i];
    return NULL;
}

/* Adds the code of an entry. What the linker left out keeps its debug information, with addresses
 * near 0: code has to lie where the file has instructions. */
static void add_ranges(struct debug_units *units, struct code_list *list, Dwarf_Die *die,
                       size_t owner)
{
    Dwarf_Addr base, start, end;
    ptrdiff_t offset = 0;
    while (list->count < RANGES_MOST &&
           (offset = dwarf_ranges(die, offset, &base, &start, &end)) > 0)
        if (start < end && debug_file_is_code(units->file, start))
            add_code(list, units->arena, (struct code){start, end, owner});
}

/* ---- units and their functions ---- */

static struct unit *add_unit(struct debug_units *units)
{
    if (units->count == units->capacity) {
        const size_t capacity = units->capacity == 0 ? 16 : 2 * units->capacity;
        units->units =
            arena_grow(units->arena, units->units, units->count, capacity, sizeof *units->units);
        units->capacity = capacity;
    }
    return &units->units[units->count++];
}

static struct debug_units *collect_units(struct debug_file *file)
{
    struct arena *arena = debug_file_arena(file);
    struct debug_units *units = ARENA_NEW(arena, struct debug_units);
    units->file = file;
    units->arena = arena;
    Dwarf_CU *cu = NULL;
    Dwarf_Die die;
    uint8_t type;
    /* The entry of a split unit, the last argument, is not asked for: it would be looked for in
     * another file. */
    while (units->count < UNITS_MOST &&
           dwarf_get_units(debug_file_dwarf(file), cu, &cu, NULL, &type, &die, NULL) == 0) {
        if (type != DW_UT_compile && type != DW_UT_skeleton)
            continue;
        add_unit(units)->die = die;
        add_ranges(units, &units->code, &die, units->count - 1);
    }
    sort_code(&units->code);
    return units;
}

static void add_function(struct debug_units *units, struct unit *unit, Dwarf_Die *die)
{
    const size_t before = unit->code.count;
    add_ranges(units, &unit->code, die, unit->function_count);
    if (unit->code.count == before)
        return;
    if (unit->function_count == unit->function_capacity) {
        const size_t capacity = unit->function_capacity == 0 ? 16 : 2 * unit->function_capacity;
        unit->functions = arena_grow(units->arena, unit->functions, unit->function_count, capacity,
                                     sizeof *unit->functions);
        unit->function_capacity = capacity;
    }
    unit->functions[unit->function_count++] = *die;
}

static bool holds_functions(int tag)
{
    return tag == DW_TAG_namespace || tag == DW_TAG_module || tag == DW_TAG_class_type ||
           tag == DW_TAG_structure_type || tag == DW_TAG_union_type ||
           tag == DW_TAG_enumeration_type;
}

static bool take_step(struct debug_units *units)
{
    if (units->steps == 0)
        return false;
    units->steps--;
    return true;
}

static void collect_functions(struct debug_units *units, struct unit *unit, Dwarf_Die *parent,
                              unsigned depth)
{
    Dwarf_Die die;
    if (depth > DEPTH_MOST || dwarf_child(parent, &die) != 0)
        return;
    do {
        const int tag = dwarf_tag(&die);
        if (tag == DW_TAG_subprogram)
            add_function(units, unit, &die);
        else if (holds_functions(tag))
            collect_functions(units, unit, &die, depth + 1);
    } while (take_step(units) && dwarf_siblingof(&die, &die) == 0);
}

static void index_unit(struct debug_units *units, struct unit *unit)
{
    if (unit->is_indexed)
        return;
    unit->is_indexed = true;
    collect_functions(units, unit, &unit->die, 0);
    sort_code(&unit->code);
}

/* ---- names ---- */

/* Without "." and ".." parts where that can be said of the text alone. */
static const char *simplify(const char *path, struct arena *arena)
{
    if (strstr(path, "/.") == NULL && strstr(path, "./") == NULL && strstr(path, "//") == NULL)
        return arena_copy_text(arena, path, strlen(path));
    char *out = arena_copy_text(arena, path, strlen(path));
    size_t bytes = 0; /* of out */
    const bool is_absolute = path[0] == '/';
    while (*path != '\0') {
        const size_t part = strcspn(path, "/");
        const bool is_up = part == 2 && path[0] == '.' && path[1] == '.';
        size_t last = bytes; /* where the last part of out begins */
        while (last > 0 && out[last - 1] != '/')
            last--;
        const bool can_go_up =
            bytes > last && !(bytes - last == 2 && out[last] == '.' && out[last + 1] == '.');
        if (is_up && can_go_up) {
            bytes = last > 0 ? last - 1 : 0;
        } else if (part > 0 && !(part == 1 && path[0] == '.')) {
            if (bytes > 0 || is_absolute)
                out[bytes++] = '/';
            memmove(out + bytes, path, part);
            bytes += part;
        }
        path += part + (path[part] == '/' ? 1 : 0);
    }
    out[bytes] = '\0';
    return out;
}

/* Libdw leaves a path relative where the folder of the compilation is itself relative, as it is
 * when the compiler was told to forget where it ran. */
static const char *copy_path(struct unit *unit, const char *path, struct arena *arena)
{
    Dwarf_Attribute attribute;
    if (path == NULL)
        return NULL;
    const char *folder = dwarf_formstring(dwarf_attr(&unit->die, DW_AT_comp_dir, &attribute));
    const size_t bytes = folder == NULL ? 0 : strlen(folder);
    if (path[0] == '/' || bytes == 0 || (strncmp(path, folder, bytes) == 0 && path[bytes] == '/'))
        return simplify(path, arena);
    return simplify(arena_format(arena, "%s/%s", folder, path), arena);
}

static const char *function_name(Dwarf_Die *die, struct arena *arena)
{
    Dwarf_Attribute attribute;
    const unsigned kinds[] = {DW_AT_linkage_name, DW_AT_MIPS_linkage_name, DW_AT_name};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *name = dwarf_formstring(dwarf_attr_integrate(die, kinds[i], &attribute));
        if (name != NULL)
            return arena_copy_text(arena, name, strlen(name));
    }
    return NULL;
}

/* ---- one address ---- */

/* The functions around an address, outermost first. */
struct chain {
    Dwarf_Die frames[FRAMES_MOST];
    size_t count;
};

/* Whether code of the entry lies at an address, or may: blocks without addresses have inner ones.
 */
static bool may_hold(Dwarf_Die *die, int tag, uint64_t addr)
{
    if (dwarf_haspc(die, addr) == 1)
        return true;
    return tag == DW_TAG_lexical_block && !dwarf_hasattr(die, DW_AT_low_pc) &&
           !dwarf_hasattr(die, DW_AT_ranges);
}

static bool descend(struct debug_units *units, Dwarf_Die *parent, uint64_t addr, unsigned depth,
                    struct chain *chain)
{
    Dwarf_Die die;
    if (depth > DEPTH_MOST || dwarf_child(parent, &die) != 0)
        return false;
    do {
        const int tag = dwarf_tag(&die);
        const bool is_inlined = tag == DW_TAG_inlined_subroutine;
        if ((!is_inlined && tag != DW_TAG_lexical_block) || !may_hold(&die, tag, addr))
            continue;
        if (is_inlined && chain->count < FRAMES_MOST)
            chain->frames[chain->count++] = die;
        if (descend(units, &die, addr, depth + 1, chain) || is_inlined)
            return true;
    } while (take_step(units) && dwarf_siblingof(&die, &die) == 0);
    return false;
}

static void set_line(struct unit *unit, uint64_t addr, uint64_t function_start, struct arena *arena,
                     struct debug_position *position)
{
    Dwarf_Line *line = dwarf_getsrc_die(&unit->die, addr);
    Dwarf_Addr line_addr;
    int number;
    /* A row before the function is one of a function that the linker left out. */
    if (line == NULL || dwarf_lineaddr(line, &line_addr) != 0 || line_addr < function_start)
        return;
    position->file = copy_path(unit, dwarf_linesrc(line, NULL, NULL), arena);
    if (dwarf_lineno(line, &number) == 0 && number > 0)
        position->line = (uint32_t)number;
}

static void set_call(struct unit *unit, Dwarf_Die *inlined, struct arena *arena,
                     struct debug_position *position)
{
    Dwarf_Attribute attribute;
    Dwarf_Word number;
    Dwarf_Files *files;
    size_t file_count;
    if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &number) == 0 &&
        number <= UINT32_MAX)
        position->line = (uint32_t)number;
    if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &number) == 0 &&
        dwarf_getsrcfiles(&unit->die, &files, &file_count) == 0 && number < file_count)
        position->file = copy_path(unit, dwarf_filesrc(files, number, NULL, NULL), arena);
}

static size_t positions_of(struct unit *unit, struct chain *chain, uint64_t addr,
                           uint64_t function_start, struct arena *arena,
                           const struct debug_position **ret)
{
    const size_t count = chain->count > 0 ? chain->count : 1;
    struct debug_position *positions = ARENA_ARRAY(arena, struct debug_position, count);
    set_line(unit, addr, function_start, arena, &positions[0]);
    for (size_t i = 0; i < chain->count; i++) {
        Dwarf_Die *frame = &chain->frames[chain->count - 1 - i];
        positions[i].function = function_name(frame, arena);
        positions[i].is_inlined = i + 1 < chain->count;
        if (positions[i].is_inlined)
            set_call(unit, frame, arena, &positions[i + 1]);
    }
    *ret = positions;
    return chain->count == 0 && positions[0].file == NULL ? 0 : count;
}

size_t debug_lines_at(struct debug_file *file, uint64_t addr, struct arena *arena,
                      const struct debug_position **ret)
{
    if (debug_file_dwarf(file) == NULL)
        return 0;
    struct debug_units **kept = debug_file_units(file);
    if (*kept == NULL)
        *kept = collect_units(file);
    struct debug_units *units = *kept;
    const struct code *in_unit = find_code(&units->code, addr);
    if (in_unit == NULL)
        return 0;
    struct unit *unit = &units->units[in_unit->owner];
    units->steps = STEPS_MOST;
    index_unit(units, unit);
    const struct code *in_function = find_code(&unit->code, addr);
    struct chain chain;
    chain.count = 0;
    uint64_t start = 0;
    if (in_function != NULL) {
        chain.frames[chain.count++] = unit->functions[in_function->owner];
        start = in_function->start;
        descend(units, &unit->functions[in_function->owner], addr, 0, &chain);
    }
    return positions_of(unit, &chain, addr, start, arena, ret);
}
