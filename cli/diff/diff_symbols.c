#include "cli/diff/diff_symbols.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

/* A symbol with all its runs in one section, and the keys for matching it with the other image's.
 */
struct entry {
    const char *name, *stem;
    const char *memory, *section, *object;
    enum report_section_kind section_kind;
    enum report_symbol_kind kind;
    bool is_named; /* named by the programmer */
    uint64_t addr, bytes;
    size_t position; /* among all of its side */
    struct entry *partner;
};

struct side {
    struct entry *items;
    size_t count, capacity;
    struct entry **open; /* not matched so far */
    size_t open_count;
    uint64_t fill_bytes;
};

/* ---- names ---- */

static bool is_number(const char *text, size_t length)
{
    size_t digits = 0;
    while (digits < length && text[digits] >= '0' && text[digits] <= '9')
        digits++;
    return length != 0 && digits == length;
}

/* Source: the suffixes of GCC's clone_function_name() and LLVM's, and of numbered local statics. */
static bool is_appended(const char *part, size_t length)
{
    static const char *const words[] = {"isra", "constprop", "part", "lto_priv", "llvm"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) == length && memcmp(words[i], part, length) == 0)
            return true;
    }
    return is_number(part, length);
}

/* Names in Rust's older mangling end in "17h", 16 hash digits and "E".
 * Source: rustc book, symbol mangling, legacy. */
static size_t without_hash(const char *name)
{
    enum { HASH_LENGTH = 16, TAIL_LENGTH = 3 + HASH_LENGTH + 1 };
    const size_t length = strlen(name);
    if (length <= TAIL_LENGTH || strncmp(name, "_ZN", 3) != 0)
        return length;
    const char *tail = name + length - TAIL_LENGTH;
    const bool has_hash = strncmp(tail, "17h", 3) == 0 &&
                          strspn(tail + 3, "0123456789abcdef") == HASH_LENGTH &&
                          tail[TAIL_LENGTH - 1] == 'E';
    return has_hash ? length - TAIL_LENGTH : length;
}

/* The compiler's own labels are a word followed by a number: .LC7, .LANCHOR0. */
static const char *label_stem(const char *name, struct arena *arena)
{
    return arena_copy_text(arena, name, strcspn(name, "0123456789"));
}

const char *diff_symbol_stem(const char *name, struct arena *arena)
{
    const size_t length = without_hash(name);
    if (name[length] != '\0')
        return arena_copy_text(arena, name, length);
    if (strncmp(name, ".L", 2) == 0)
        return label_stem(name, arena);
    const char *dot = name[0] == '\0' ? NULL : strchr(name + 1, '.');
    if (dot == NULL)
        return name;
    struct buffer stem = buffer_in(arena);
    buffer_append(&stem, name, (size_t)(dot - name));
    while (*dot == '.') {
        const size_t part = strcspn(dot + 1, ".");
        if (!is_appended(dot + 1, part))
            buffer_append(&stem, dot, part + 1);
        dot += part + 1;
    }
    return stem.bytes == length ? name : buffer_text(&stem);
}

/* ---- the symbols of a program ---- */

static bool is_named(enum report_symbol_kind kind)
{
    switch (kind) {
    case REPORT_SYMBOL_FUNCTION:
    case REPORT_SYMBOL_DATA:
    case REPORT_SYMBOL_LABEL:
        return true;
    case REPORT_SYMBOL_UNNAMED:
    case REPORT_SYMBOL_FILL:
    case REPORT_SYMBOL_SPACE:
        break;
    }
    return false;
}

static void add_entry(struct side *side, struct arena *arena, const struct entry *entry)
{
    if (side->count == side->capacity) {
        side->capacity = side->capacity == 0 ? 64 : side->capacity * 2;
        side->items =
            arena_grow(arena, side->items, side->count, side->capacity, sizeof *side->items);
    }
    side->items[side->count++] = *entry;
}

static void add_object(struct side *side, const char *memory, const struct report_section *section,
                       const struct report_object *object, struct arena *arena)
{
    for (size_t i = 0; i < object->symbol_count; i++) {
        const struct report_symbol *symbol = &object->symbols[i];
        if (symbol->kind == REPORT_SYMBOL_FILL) {
            side->fill_bytes += symbol->bytes;
            continue;
        }
        const bool has_name = is_named(symbol->kind);
        add_entry(side, arena,
                  &(struct entry){
                      .name = symbol->name,
                      .stem = has_name ? diff_symbol_stem(symbol->name, arena) : symbol->name,
                      .memory = memory,
                      .section = section->name,
                      .object = object->name,
                      .section_kind = section->kind,
                      .kind = symbol->kind,
                      .is_named = has_name,
                      .addr = symbol->addr,
                      .bytes = symbol->bytes,
                  });
    }
}

static void add_block(struct side *side, const char *memory, const struct report_block *block,
                      struct arena *arena)
{
    for (size_t s = 0; s < block->section_count; s++) {
        const struct report_section *section = &block->sections[s];
        for (size_t o = 0; o < section->object_count; o++)
            add_object(side, memory, section, &section->objects[o], arena);
    }
}

/* ---- order ---- */

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Memory and section. */
static int compare_places(const struct entry *a, const struct entry *b)
{
    int order = strcmp(a->memory, b->memory);
    if (order == 0)
        order = strcmp(a->section, b->section);
    if (order == 0)
        order = compare_numbers(a->section_kind, b->section_kind);
    return order != 0 ? order : compare_numbers(a->is_named, b->is_named);
}

static int compare_objects(const struct entry *a, const struct entry *b)
{
    const int order = compare_places(a, b);
    return order != 0 ? order : strcmp(a->object, b->object);
}

static int same_symbol(const struct entry *a, const struct entry *b)
{
    const int order = compare_objects(a, b);
    return order != 0 ? order : strcmp(a->name, b->name);
}

static int same_symbol_and_size(const struct entry *a, const struct entry *b)
{
    const int order = same_symbol(a, b);
    return order != 0 ? order : compare_numbers(a->bytes, b->bytes);
}

static int same_stem(const struct entry *a, const struct entry *b)
{
    const int order = compare_objects(a, b);
    return order != 0 ? order : strcmp(a->stem, b->stem);
}

static int same_stem_and_size(const struct entry *a, const struct entry *b)
{
    const int order = same_stem(a, b);
    return order != 0 ? order : compare_numbers(a->bytes, b->bytes);
}

static int same_name_elsewhere(const struct entry *a, const struct entry *b)
{
    const int order = compare_places(a, b);
    return order != 0 ? order : strcmp(a->name, b->name);
}

static int same_size_elsewhere(const struct entry *a, const struct entry *b)
{
    int order = compare_places(a, b);
    if (order == 0)
        order = strcmp(a->stem, b->stem);
    return order != 0 ? order : compare_numbers(a->bytes, b->bytes);
}

/* ---- matching ---- */

typedef int compare_fn(const struct entry *a, const struct entry *b);
typedef bool filter_fn(const struct entry *entry);

static int by_position(const struct entry *a, const struct entry *b)
{
    const int order = compare_numbers(a->addr, b->addr);
    return order != 0 ? order : compare_numbers(a->position, b->position);
}

#define SORTED_BY(compare)                                                                         \
    static int compare##_sorted(const void *left, const void *right)                               \
    {                                                                                              \
        const struct entry *a = *(const struct entry *const *)left;                                \
        const struct entry *b = *(const struct entry *const *)right;                               \
        const int order = compare(a, b);                                                           \
        return order != 0 ? order : by_position(a, b);                                             \
    }
SORTED_BY(same_symbol)
SORTED_BY(same_symbol_and_size)
SORTED_BY(same_stem)
SORTED_BY(same_stem_and_size)
SORTED_BY(same_name_elsewhere)
SORTED_BY(same_size_elsewhere)

static bool any(const struct entry *entry)
{
    (void)entry;
    return true;
}

static bool has_plain_name(const struct entry *entry)
{
    return strcmp(entry->name, entry->stem) == 0;
}

static bool has_own_name(const struct entry *entry)
{
    return entry->is_named && strncmp(entry->name, ".L", 2) != 0;
}

/* One way in which two symbols can be the same; the most certain comes first. */
struct way {
    compare_fn *compare;
    int (*sorted)(const void *, const void *);
    filter_fn *filter; /* whom it is for */
};

static const struct way ways[] = {
    {same_symbol_and_size, same_symbol_and_size_sorted, any},
    {same_symbol, same_symbol_sorted, has_plain_name},
    {same_stem_and_size, same_stem_and_size_sorted, any},
    {same_symbol, same_symbol_sorted, any},
    {same_stem, same_stem_sorted, any},
    {same_name_elsewhere, same_name_elsewhere_sorted, has_own_name},
    {same_size_elsewhere, same_size_elsewhere_sorted, has_own_name},
};

static void sort(struct side *side, const struct way *way)
{
    size_t count = 0;
    for (size_t i = 0; i < side->count; i++) {
        if (side->items[i].partner == NULL && way->filter(&side->items[i]))
            side->open[count++] = &side->items[i];
    }
    side->open_count = count;
    if (count > 1)
        qsort(side->open, count, sizeof(struct entry *), way->sorted);
}

static void match(struct side *was, struct side *is, const struct way *way)
{
    sort(was, way);
    sort(is, way);
    size_t o = 0;
    size_t n = 0;
    while (o < was->open_count && n < is->open_count) {
        const int order = way->compare(was->open[o], is->open[n]);
        if (order == 0) {
            was->open[o]->partner = is->open[n];
            is->open[n]->partner = was->open[o];
        }
        o += order <= 0 ? 1 : 0;
        n += order >= 0 ? 1 : 0;
    }
}

/* ---- one side ---- */

/* Joins the runs of a symbol that contains other symbols. */
static void join_runs(struct side *side)
{
    size_t count = 0;
    for (size_t i = 0; i < side->open_count; i++) {
        struct entry *entry = side->open[i];
        if (count > 0 && same_symbol(side->open[count - 1], entry) == 0)
            side->open[count - 1]->bytes += entry->bytes;
        else
            side->open[count++] = entry;
    }
    side->open_count = count;
}

static struct side side_of(const struct report *report, const struct report_program *program,
                           struct arena *arena)
{
    static const struct way all = {same_symbol, same_symbol_sorted, any};
    struct side side = {0};
    for (size_t i = 0; program != NULL && i < program->block_count; i++)
        add_block(&side, report->memories[program->blocks[i].memory].name, &program->blocks[i],
                  arena);
    for (size_t i = 0; i < side.count; i++)
        side.items[i].position = i;
    side.open = ARENA_ARRAY(arena, struct entry *, side.count);
    sort(&side, &all);
    join_runs(&side);
    struct entry *joined = ARENA_ARRAY(arena, struct entry, side.open_count);
    for (size_t i = 0; i < side.open_count; i++)
        joined[i] = *side.open[i];
    side.items = joined;
    side.count = side.open_count;
    return side;
}

/* ---- what changed ---- */

static struct diff_symbol symbol_of(enum diff_symbol_change change, const struct entry *entry,
                                    struct diff_number bytes)
{
    return (struct diff_symbol){
        .change = change,
        .name = {entry->name, entry->name},
        .object = {entry->object, entry->object},
        .memory = entry->memory,
        .section = entry->section,
        .section_kind = entry->section_kind,
        .kind = entry->kind,
        .bytes = bytes,
    };
}

static struct diff_symbol symbol_of_both(const struct entry *old, const struct entry *new)
{
    enum diff_symbol_change change = DIFF_SYMBOL_MOVED;
    if (old->bytes != new->bytes)
        change = new->bytes > old->bytes ? DIFF_SYMBOL_GREW : DIFF_SYMBOL_SHRANK;
    struct diff_symbol symbol =
        symbol_of(change, new, (struct diff_number){old->bytes, new->bytes});
    symbol.name.was = old->name;
    symbol.object.was = old->object;
    return symbol;
}

/* If it has no bytes in either image, there is nothing to report. */
static bool is_listed(const struct diff_symbol *symbol)
{
    return symbol->bytes.was != symbol->bytes.is ||
           (symbol->bytes.is != 0 && strcmp(symbol->object.was, symbol->object.is) != 0);
}

static uint64_t size_of_change(const struct diff_symbol *symbol)
{
    const struct diff_number *bytes = &symbol->bytes;
    return bytes->is > bytes->was ? bytes->is - bytes->was : bytes->was - bytes->is;
}

static int by_change(const void *left, const void *right)
{
    const struct diff_symbol *a = left;
    const struct diff_symbol *b = right;
    int order = compare_numbers(size_of_change(b), size_of_change(a));
    if (order == 0)
        order = strcmp(a->memory, b->memory);
    if (order == 0)
        order = strcmp(a->name.is, b->name.is);
    if (order == 0)
        order = strcmp(a->object.is, b->object.is);
    if (order == 0)
        order = strcmp(a->section, b->section);
    if (order == 0)
        order = compare_numbers(a->section_kind, b->section_kind);
    if (order == 0)
        order = compare_numbers(a->change, b->change);
    return order != 0 ? order : compare_numbers(a->kind, b->kind);
}

static void list(struct diff_symbols *symbols, struct diff_symbol *items, struct diff_symbol symbol)
{
    if (is_listed(&symbol))
        items[symbols->count++] = symbol;
}

static void list_changes(struct diff_symbols *symbols, struct diff_symbol *items,
                         const struct side *was, const struct side *is)
{
    for (size_t i = 0; i < was->count; i++) {
        const struct entry *old = &was->items[i];
        if (old->partner == NULL)
            list(symbols, items,
                 symbol_of(DIFF_SYMBOL_WENT, old, (struct diff_number){old->bytes, 0}));
    }
    for (size_t i = 0; i < is->count; i++) {
        const struct entry *new = &is->items[i];
        if (new->partner == NULL)
            list(symbols, items,
                 symbol_of(DIFF_SYMBOL_APPEARED, new, (struct diff_number){0, new->bytes}));
        else
            list(symbols, items, symbol_of_both(new->partner, new));
    }
}

struct diff_symbols diff_symbols_of(const struct report *was, const struct report_program *old,
                                    const struct report *is, const struct report_program *new,
                                    struct arena *arena)
{
    struct side before = side_of(was, old, arena);
    struct side after = side_of(is, new, arena);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        match(&before, &after, &ways[i]);
    struct diff_symbols symbols = {.fill = {before.fill_bytes, after.fill_bytes}};
    struct diff_symbol *items = ARENA_ARRAY(arena, struct diff_symbol, before.count + after.count);
    list_changes(&symbols, items, &before, &after);
    if (symbols.count > 1)
        qsort(items, symbols.count, sizeof *items, by_change);
    symbols.items = items;
    return symbols;
}
