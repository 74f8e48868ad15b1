#include "cli/plan/what_if.h"

#include "base/checked.h"
#include "manifests/yaml/number.h"

#include <string.h>

/* ---- what each setting means ---- */

/* The task (MANIFEST_NONE: the kernel) and memory of a key TASK.MEMORY; both may have dots in their
 * names. */
static bool find_size(const struct manifest *manifest, const char *key, int *ret_task,
                      size_t *ret_memory)
{
    for (int task = MANIFEST_NONE; task < (int)manifest->task_count; task++) {
        const char *name = task == MANIFEST_NONE ? "kernel" : manifest->tasks[task].name.text;
        const size_t length = strlen(name);
        if (strncmp(key, name, length) != 0 || key[length] != '.')
            continue;
        for (size_t i = 0; i < manifest->memory_count; i++) {
            if (strcmp(key + length + 1, manifest->memories[i].name.text) == 0) {
                *ret_task = task;
                *ret_memory = i;
                return true;
            }
        }
    }
    return false;
}

struct what_if what_if_of(const struct manifest_setting *settings, size_t count,
                          const struct manifest *manifest, struct arena *arena)
{
    struct manifest_setting *manifest_settings = ARENA_ARRAY(arena, struct manifest_setting, count);
    struct manifest_setting *sizes = ARENA_ARRAY(arena, struct manifest_setting, count);
    struct what_if what_if = {.manifest = manifest_settings, .sizes = sizes};
    for (size_t i = 0; i < count; i++) {
        int task;
        size_t memory;
        if (find_size(manifest, settings[i].key, &task, &memory))
            sizes[what_if.size_count++] = settings[i];
        else
            manifest_settings[what_if.manifest_count++] = settings[i];
    }
    return what_if;
}

/* ---- sizes ---- */

static bool changed_bytes(const struct manifest_setting *setting, uint64_t before, uint64_t *ret,
                          struct diag_list *diags)
{
    const char sign = setting->value[0];
    const bool is_change = sign == '+' || sign == '-';
    uint64_t number;
    uint64_t sum;
    if (number_parse(setting->value + is_change, &number) != NUMBER_GOOD)
        return diag_error(diags, "usage", NOWHERE,
                          "invalid --set %s='%s': expected bytes such as 12K, +2K or -512",
                          setting->key, setting->value);
    if (sign == '-' && number > before)
        return diag_error(diags, "usage", NOWHERE,
                          "--set %s=%s takes away more than the %llu bytes there are", setting->key,
                          setting->value, (unsigned long long)before);
    if (!checked_add(before, number, &sum))
        return diag_error(diags, "usage", NOWHERE, "--set %s=%s is too large", setting->key,
                          setting->value);
    *ret = !is_change ? number : sign == '+' ? sum : before - number;
    return true;
}

static bool apply_one(const struct manifest_setting *setting, size_t memory,
                      struct plan_program_sizes *sizes, struct arena *arena,
                      struct diag_list *diags)
{
    struct plan_size *items =
        arena_grow(arena, sizes->items, sizes->count, sizes->count + 1, sizeof *items);
    size_t at = 0;
    while (at < sizes->count && items[at].memory != memory)
        at++;
    const uint64_t before = at < sizes->count ? items[at].bytes : 0;
    uint64_t after = 0;
    if (!changed_bytes(setting, before, &after, diags))
        return false;
    size_t count = sizes->count;
    if (at == count)
        items[count++] = (struct plan_size){.memory = memory, .bytes = after, .align_bytes = 1};
    items[at].bytes = after;
    if (after == 0)
        items[at] = items[--count];
    *sizes = (struct plan_program_sizes){items, count};
    return true;
}

bool what_if_apply(const struct what_if *what_if, const struct manifest *manifest,
                   struct arena *arena, struct plan_sizes *sizes, struct diag_list *diags)
{
    bool ok = true;
    for (size_t i = 0; i < what_if->size_count; i++) {
        const struct manifest_setting *setting = &what_if->sizes[i];
        int task;
        size_t memory;
        if (!find_size(manifest, setting->key, &task, &memory)) {
            ok = diag_error(diags, "usage", NOWHERE, "--set %s: no such task in the changed board",
                            setting->key);
            continue;
        }
        struct plan_program_sizes *program =
            task == MANIFEST_NONE ? &sizes->kernel : &sizes->tasks[task];
        ok = apply_one(setting, memory, program, arena, diags) && ok;
    }
    return ok;
}
