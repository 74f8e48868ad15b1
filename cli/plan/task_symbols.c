#include "cli/plan/task_symbols.h"

#include <ctype.h>
#include <string.h>

struct collecting {
    struct arena *arena;
    struct task_symbol *items;
    size_t count;
    struct diag_list *diags;
    bool ok;
};

const char *task_symbols_name(struct arena *arena, const char *name)
{
    char *symbol = arena_copy_text(arena, name, strlen(name));
    for (char *at = symbol; *at != '\0'; at++) {
        if (*at == '-' || *at == '.')
            *at = '_';
    }
    return symbol;
}

const char *task_symbols_macro(struct arena *arena, const char *name)
{
    char *macro = arena_copy_text(arena, name, strlen(name));
    for (char *at = macro; *at != '\0'; at++)
        *at = isalnum((unsigned char)*at) ? (char)toupper((unsigned char)*at) : '_';
    return macro;
}

static void collect(struct collecting *collecting, const char *kind, const char *name,
                    const char *suffix, uint64_t value, struct source_pos pos)
{
    struct arena *arena = collecting->arena;
    const char *plain =
        arena_format(arena, "%s_%s%s", kind, task_symbols_name(arena, name), suffix);
    const struct task_symbol symbol = {arena_format(arena, "__%s", plain),
                                       task_symbols_macro(arena, plain), value, pos};
    for (size_t i = 0; i < collecting->count; i++) {
        if (strcmp(collecting->items[i].linker_name, symbol.linker_name) != 0)
            continue;
        collecting->ok = diag_error(collecting->diags, "symbol-collision", pos,
                                    "'%s' has the symbol %s, as has line %u", name,
                                    symbol.linker_name, collecting->items[i].pos.line);
        diag_hint(collecting->diags, "rename one of the two: `-` and `.` become `_` in symbols");
        return;
    }
    collecting->items[collecting->count++] = symbol;
}

static void collect_map(struct collecting *collecting, const struct manifest_memory *memory,
                        struct source_pos pos)
{
    const uint64_t base = memory->base.value;
    collect(collecting, "map", memory->name.text, "_base", base, pos);
    collect(collecting, "map", memory->name.text, "_end", base + memory->size.value, pos);
}

static struct collecting collecting_in(struct arena *arena, size_t most, struct diag_list *diags)
{
    return (struct collecting){arena, ARENA_ARRAY(arena, struct task_symbol, most), 0, diags, true};
}

bool task_symbols_of(const struct plan_slot *slot, size_t task_index, struct arena *arena,
                     struct task_symbols *ret, struct diag_list *diags)
{
    const struct manifest *manifest = slot->manifest;
    const struct manifest_task *task = &manifest->tasks[task_index];
    struct collecting all = collecting_in(arena,
                                          task->call_count + task->notifications.count +
                                              task->uses.count + 2 * task->maps.count,
                                          diags);
    for (size_t i = 0; i < task->call_count; i++)
        collect(&all, "task", task->calls[i].slot.text, "", task->calls[i].task.index,
                task->calls[i].slot.pos);
    for (size_t i = 0; i < task->notifications.count; i++)
        collect(&all, "notify", task->notifications.items[i].text, "", UINT64_C(1) << i,
                task->notifications.items[i].pos);
    for (size_t i = 0; i < task->uses.count; i++) {
        const struct manifest_peripheral *peripheral =
            &manifest->peripherals[task->uses.items[i].index];
        collect(&all, "periph", peripheral->name.text, "_base", peripheral->base.value,
                task->uses.items[i].pos);
    }
    for (size_t i = 0; i < task->maps.count; i++)
        collect_map(&all, &slot->memories[task->maps.items[i].index], task->maps.items[i].pos);
    if (!all.ok)
        return false;
    *ret = (struct task_symbols){all.items, all.count};
    return true;
}

bool task_symbols_of_kernel(const struct plan_slot *slot, struct arena *arena,
                            struct task_symbols *ret, struct diag_list *diags)
{
    const struct manifest *manifest = slot->manifest;
    const struct manifest_refs *maps = &manifest->kernel.maps;
    struct collecting all = collecting_in(arena, manifest->task_count + 2 * maps->count, diags);
    for (size_t i = 0; i < manifest->task_count; i++)
        collect(&all, "task", manifest->tasks[i].name.text, "", i, manifest->tasks[i].name.pos);
    for (size_t i = 0; i < maps->count; i++)
        collect_map(&all, &slot->memories[maps->items[i].index], maps->items[i].pos);
    if (!all.ok)
        return false;
    *ret = (struct task_symbols){all.items, all.count};
    return true;
}
