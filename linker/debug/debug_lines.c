#include "linker/debug/debug_lines.h"

#include "linker/debug/debug_file.h"

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

/* A function that was inlined. */
struct inlined {
    size_t parent; /* index of the one that it was inlined into; NO_PARENT: the function itself */
    struct debug_position call; /* where, without the function's name */
    const char *name;
};

struct function {
    Dwarf_Die die;
    bool is_indexed;
    const char *name;
    struct inlined *inlined; /* each after the one it was inlined into */
    size_t inlined_count, inlined_capacity;
    struct code_list code; /* of the inlined functions */
};

/* What libdw says of a file, and the same without detours. */
struct path {
    const char *raw, *simple;
};

struct unit {
    Dwarf_Die die;
    bool is_indexed;
    struct code_list code; /* of its functions */
    struct function *functions;
    size_t function_count, function_capacity;
    struct path *paths;
    size_t path_count, path_capacity;
};

#define NO_PARENT SIZE_MAX

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

/* An assembler may leave the bit that says Thumb in the address of a function. */
static uint64_t without_thumb_bit(const struct debug_units *units, uint64_t addr)
{
    return debug_file_machine(units->file) == DEBUG_ARM ? addr & ~(uint64_t)1 : addr;
}

/* Adds the code of an entry. What the linker left out keeps its debug information, with addresses
 * near 0: code has to lie where the file has instructions. */
static void add_ranges(struct debug_units *units, struct code_list *list, Dwarf_Die *die,
                       size_t owner)
{
    Dwarf_Addr base, start, end;
    ptrdiff_t offset = 0;
    while (list->count < RANGES_MOST &&
           (offset = dwarf_ranges(die, offset, &base, &start, &end)) > 0) {
        start = without_thumb_bit(units, start);
        end = without_thumb_bit(units, end);
        if (start < end && debug_file_is_code(units->file, start))
            add_code(list, units->arena, (struct code){start, end, owner});
    }
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
    unit->functions[unit->function_count++] = (struct function){.die = *die};
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

/* A unit without addresses of its own: DWARF 2 has none for code in several sections. */
static void add_code_of_functions(struct debug_units *units, size_t number)
{
    struct unit *unit = &units->units[number];
    units->steps = STEPS_MOST;
    index_unit(units, unit);
    for (size_t i = 0; i < unit->code.count && units->code.count < RANGES_MOST; i++)
        add_code(&units->code, units->arena,
                 (struct code){unit->code.items[i].start, unit->code.items[i].end, number});
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
        const size_t before = units->code.count;
        add_unit(units)->die = die;
        add_ranges(units, &units->code, &die, units->count - 1);
        if (units->code.count == before)
            add_code_of_functions(units, units->count - 1);
    }
    sort_code(&units->code);
    return units;
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
static const char *make_path(struct unit *unit, const char *path, struct arena *arena)
{
    Dwarf_Attribute attribute;
    const char *folder = dwarf_formstring(dwarf_attr(&unit->die, DW_AT_comp_dir, &attribute));
    const size_t bytes = folder == NULL ? 0 : strlen(folder);
    if (path[0] == '/' || bytes == 0 || (strncmp(path, folder, bytes) == 0 && path[bytes] == '/'))
        return simplify(path, arena);
    return simplify(arena_format(arena, "%s/%s", folder, path), arena);
}

static const char *find_path(struct debug_units *units, struct unit *unit, const char *raw)
{
    if (raw == NULL)
        return NULL;
    for (size_t i = 0; i < unit->path_count; i++)
        if (unit->paths[i].raw == raw)
            return unit->paths[i].simple;
    if (unit->path_count == unit->path_capacity) {
        const size_t capacity = unit->path_capacity == 0 ? 8 : 2 * unit->path_capacity;
        unit->paths =
            arena_grow(units->arena, unit->paths, unit->path_count, capacity, sizeof *unit->paths);
        unit->path_capacity = capacity;
    }
    struct path *path = &unit->paths[unit->path_count++];
    *path = (struct path){raw, make_path(unit, raw, units->arena)};
    return path->simple;
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

/* ---- inlined functions ---- */

static void set_call(struct debug_units *units, struct unit *unit, Dwarf_Die *die,
                     struct debug_position *call)
{
    Dwarf_Attribute attribute;
    Dwarf_Word number;
    Dwarf_Files *files;
    size_t file_count;
    if (dwarf_formudata(dwarf_attr(die, DW_AT_call_line, &attribute), &number) == 0 &&
        number <= UINT32_MAX)
        call->line = (uint32_t)number;
    if (dwarf_formudata(dwarf_attr(die, DW_AT_call_file, &attribute), &number) == 0 &&
        dwarf_getsrcfiles(&unit->die, &files, &file_count) == 0 && number < file_count)
        call->file = find_path(units, unit, dwarf_filesrc(files, number, NULL, NULL));
}

static size_t add_inlined(struct debug_units *units, struct unit *unit, struct function *function,
                          Dwarf_Die *die, size_t parent)
{
    if (function->inlined_count == function->inlined_capacity) {
        const size_t capacity =
            function->inlined_capacity == 0 ? 8 : 2 * function->inlined_capacity;
        function->inlined = arena_grow(units->arena, function->inlined, function->inlined_count,
                                       capacity, sizeof *function->inlined);
        function->inlined_capacity = capacity;
    }
    const size_t number = function->inlined_count++;
    struct inlined *inlined = &function->inlined[number];
    *inlined = (struct inlined){.parent = parent, .name = function_name(die, units->arena)};
    set_call(units, unit, die, &inlined->call);
    add_ranges(units, &function->code, die, number);
    return number;
}

static void collect_inlined(struct debug_units *units, struct unit *unit, struct function *function,
                            Dwarf_Die *in, size_t parent, unsigned depth)
{
    Dwarf_Die die;
    if (depth > DEPTH_MOST || dwarf_child(in, &die) != 0)
        return;
    do {
        const int tag = dwarf_tag(&die);
        if (tag == DW_TAG_inlined_subroutine)
            collect_inlined(units, unit, function, &die,
                            add_inlined(units, unit, function, &die, parent), depth + 1);
        else if (tag == DW_TAG_lexical_block)
            collect_inlined(units, unit, function, &die, parent, depth + 1);
    } while (take_step(units) && dwarf_siblingof(&die, &die) == 0);
}

static void index_function(struct debug_units *units, struct unit *unit, struct function *function)
{
    if (function->is_indexed)
        return;
    function->is_indexed = true;
    function->name = function_name(&function->die, units->arena);
    collect_inlined(units, unit, function, &function->die, NO_PARENT, 0);
}

/* ---- one address ---- */

/* The functions around an address that were inlined, outermost first. */
struct chain {
    const struct inlined *frames[FRAMES_MOST];
    size_t count;
};

static void find_chain(const struct function *function, uint64_t addr, struct chain *chain)
{
    size_t parent = NO_PARENT;
    chain->count = 0;
    for (size_t i = 0; i < function->code.count && chain->count < FRAMES_MOST; i++) {
        const struct code *code = &function->code.items[i];
        if (addr < code->start || addr >= code->end ||
            function->inlined[code->owner].parent != parent)
            continue;
        chain->frames[chain->count++] = &function->inlined[code->owner];
        parent = code->owner;
    }
}

static void set_line(struct debug_units *units, struct unit *unit, uint64_t addr,
                     uint64_t function_start, struct debug_position *position)
{
    Dwarf_Line *line = dwarf_getsrc_die(&unit->die, addr);
    Dwarf_Addr line_addr;
    int number;
    /* A row before the function is one of a function that the linker left out. */
    if (line == NULL || dwarf_lineaddr(line, &line_addr) != 0 || line_addr < function_start)
        return;
    position->file = find_path(units, unit, dwarf_linesrc(line, NULL, NULL));
    if (dwarf_lineno(line, &number) == 0 && number > 0)
        position->line = (uint32_t)number;
}

/* Each function's name with the line that it is at: the innermost at the address, the others where
 * they call. */
static size_t positions_of(const struct function *function, const struct chain *chain,
                           const struct debug_position *innermost, struct arena *arena,
                           const struct debug_position **ret)
{
    struct debug_position *positions = ARENA_ARRAY(arena, struct debug_position, chain->count + 1);
    positions[0] = *innermost;
    for (size_t i = 0; i < chain->count; i++) {
        const struct inlined *inlined = chain->frames[chain->count - 1 - i];
        positions[i].function = inlined->name;
        positions[i].is_inlined = true;
        positions[i + 1] = inlined->call;
    }
    positions[chain->count].function = function == NULL ? NULL : function->name;
    *ret = positions;
    return chain->count + 1;
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
    struct function *function = in_function == NULL ? NULL : &unit->functions[in_function->owner];
    struct chain chain;
    chain.count = 0;
    if (function != NULL) {
        index_function(units, unit, function);
        find_chain(function, addr, &chain);
    }
    struct debug_position innermost = {0};
    set_line(units, unit, addr, in_function == NULL ? 0 : in_function->start, &innermost);
    if (function == NULL && innermost.file == NULL)
        return 0;
    return positions_of(function, &chain, &innermost, arena, ret);
}
