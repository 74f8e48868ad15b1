#include "manifests/checks/checks.h"
#include "manifests/yaml/limits.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A symbol that a linker script will define, and what it is made of. */
struct symbol {
    const char *name;
    const char *kind, *source; /* "notification", "timer"; source NULL: always there */
    struct source_pos pos;
    size_t order;
};

struct symbol_list {
    struct arena *arena;
    struct symbol *items;
    size_t count, capacity;
};

static const char *const FIXED[] = {"__stack_base", "__stack_top",  "__heap_start", "__heap_end",
                                    "__data_load",  "__data_start", "__data_end",   "__bss_start",
                                    "__bss_end",    "__image_base", "__image_end"};

/* ---- collecting ---- */

static const char *linker_name(struct arena *arena, const char *prefix, const char *source,
                               const char *suffix)
{
    char *name = arena_format(arena, "__%s%s%s", prefix, source, suffix);
    for (char *at = name; *at != '\0'; at++) {
        if (*at == '-' || *at == '.')
            *at = '_';
    }
    return name;
}

static void add(struct symbol_list *symbols, struct symbol symbol)
{
    if (symbols->count == symbols->capacity) {
        const size_t capacity = symbols->capacity == 0 ? 32 : symbols->capacity * 2;
        symbols->items = arena_grow(symbols->arena, symbols->items, symbols->count, capacity,
                                    sizeof *symbols->items);
        symbols->capacity = capacity;
    }
    symbol.order = symbols->count;
    symbols->items[symbols->count++] = symbol;
}

static void add_named(struct symbol_list *symbols, const char *kind, struct manifest_text source,
                      const char *prefix, const char *suffix)
{
    add(symbols, (struct symbol){.name = linker_name(symbols->arena, prefix, source.text, suffix),
                                 .kind = kind,
                                 .source = source.text,
                                 .pos = source.pos});
}

static void add_fixed(struct symbol_list *symbols)
{
    for (size_t i = 0; i < sizeof FIXED / sizeof *FIXED; i++)
        add(symbols, (struct symbol){.name = FIXED[i]});
}

static void add_maps(struct symbol_list *symbols, const struct manifest *manifest,
                     const struct manifest_refs *maps)
{
    for (size_t i = 0; i < maps->count; i++) {
        const struct manifest_text name = {manifest->memories[maps->items[i].index].name.text,
                                           maps->items[i].pos};
        add_named(symbols, "map", name, "map_", "_base");
        add_named(symbols, "map", name, "map_", "_end");
    }
}

static void add_sections(struct symbol_list *symbols, const struct manifest_task *task)
{
    for (size_t i = 0; i < task->section_count; i++) {
        add_named(symbols, "section", task->sections[i].name, "", "_start");
        add_named(symbols, "section", task->sections[i].name, "", "_end");
    }
}

static void add_task(struct symbol_list *symbols, const struct manifest *manifest,
                     const struct manifest_task *task)
{
    add_fixed(symbols);
    for (size_t i = 0; i < task->call_count; i++)
        add_named(symbols, "slot", task->calls[i].slot, "task_", "");
    for (size_t i = 0; i < task->notifications.count; i++)
        add_named(symbols, "notification", task->notifications.items[i], "notify_", "");
    for (size_t i = 0; i < task->uses.count; i++) {
        const struct manifest_text name = {
            manifest->peripherals[task->uses.items[i].index].name.text, task->uses.items[i].pos};
        add_named(symbols, "peripheral", name, "periph_", "_base");
    }
    add_maps(symbols, manifest, &task->maps);
    add_sections(symbols, task);
}

/* ---- comparing ---- */

static int compare_symbols(const void *left, const void *right)
{
    const struct symbol *a = left;
    const struct symbol *b = right;
    const int order = strcmp(a->name, b->name);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static void report(const struct checks *checks, const struct symbol *first,
                   const struct symbol *second)
{
    if (first->source == NULL) {
        diag_error(checks->diags, "manifest-symbol-collision", second->pos,
                   "%s '%s' would define the symbol %s, which imgbuild defines itself",
                   second->kind, second->source, second->name);
        diag_hint(checks->diags, "give it another name");
        return;
    }
    diag_error(checks->diags, "manifest-symbol-collision", second->pos,
               "%s '%s' and %s '%s' would both define the symbol %s", second->kind, second->source,
               first->kind, first->source, second->name);
    diag_hint(checks->diags, "'-' and '.' become '_' in symbols; give one of them another name");
}

/* Two symbols of one source, such as a map's base and end, are never equal, nor is a name given
 * twice: that was reported where it stands. */
static void report_collisions(const struct checks *checks, struct symbol_list *symbols)
{
    if (symbols->count > 1)
        qsort(symbols->items, symbols->count, sizeof *symbols->items, compare_symbols);
    for (size_t i = 1; i < symbols->count && checks->diags->error_count < LIMIT_ERRORS; i++) {
        const struct symbol *first = &symbols->items[i - 1];
        const struct symbol *second = &symbols->items[i];
        const bool is_same_name = first->source != NULL && first->kind == second->kind &&
                                  strcmp(first->source, second->source) == 0;
        if (strcmp(first->name, second->name) == 0 && !is_same_name)
            report(checks, first, second);
    }
}

/* ---- task names ---- */

static int compare_caseless(const void *left, const void *right)
{
    const struct symbol *a = left;
    const struct symbol *b = right;
    const int order = strcasecmp(a->name, b->name);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

/* Task names also name files, on file systems that may ignore case. */
static void check_file_names(const struct checks *checks, struct symbol_list *symbols)
{
    if (symbols->count > 1)
        qsort(symbols->items, symbols->count, sizeof *symbols->items, compare_caseless);
    for (size_t i = 1; i < symbols->count && checks->diags->error_count < LIMIT_ERRORS; i++) {
        const struct symbol *first = &symbols->items[i - 1];
        const struct symbol *second = &symbols->items[i];
        if (strcasecmp(first->name, second->name) != 0 || strcmp(first->name, second->name) == 0)
            continue;
        diag_error(checks->diags, "manifest-symbol-collision", second->pos,
                   "tasks '%s' and '%s' differ only in case", second->source, first->source);
        diag_hint(checks->diags, "their files would have the same name on some systems");
    }
}

static void check_kernel(const struct checks *checks, struct symbol_list *symbols)
{
    const struct manifest *manifest = checks->manifest;
    for (size_t i = 0; i < manifest->task_count; i++)
        add_named(symbols, "task", manifest->tasks[i].name, "task_", "");
    check_file_names(checks, symbols);
    add_fixed(symbols);
    add_maps(symbols, manifest, &manifest->kernel.maps);
    report_collisions(checks, symbols);
}

void check_symbols(const struct checks *checks)
{
    struct arena *scratch = arena_create_like(checks->arena); /* no diagnostic points into it */
    struct symbol_list symbols = {.arena = scratch};
    check_kernel(checks, &symbols);
    for (size_t i = 0; i < checks->manifest->task_count; i++) {
        symbols.count = 0;
        add_task(&symbols, checks->manifest, &checks->manifest->tasks[i]);
        report_collisions(checks, &symbols);
    }
    arena_destroy(scratch);
}
