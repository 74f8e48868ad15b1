#include "base/file.h"
#include "manifests/keys/reader.h"
#include "manifests/keys/references.h"
#include "manifests/model/blocks.h"
#include "manifests/yaml/limits.h"
#include "manifests/yaml/merge.h"
#include "manifests/yaml/yaml.h"

#include <string.h>

static const char *const KEYS[] = {"schema", "sizes"};
static const struct reader_bounds BYTES = {0, UINT32_MAX};

struct size_list {
    struct manifest_size *items;
    size_t count;
};

static void read_size(struct reader *reader, const struct node_pair *pair, int task,
                      struct size_list *sizes)
{
    const struct reference_names memories = references_memories(reader);
    const struct manifest_text name = {pair->key, pair->key_pos};
    struct manifest_size size = {.task = task, .pos = pair->key_pos};
    if (!references_find(reader, memories.names, "sizes-unknown-memory", memories.what, name,
                         &size.memory) ||
        !reader_node_number(reader, pair->value, pair->key, BYTES, &size.bytes))
        return;
    if (task != MANIFEST_NONE && !blocks_task_has(&reader->manifest->tasks[task], size.memory)) {
        diag_error(reader->diags, "sizes-memory-not-used", pair->key_pos,
                   "task '%s' does not use memory '%s'", reader->manifest->tasks[task].name.text,
                   pair->key);
        diag_hint(reader->diags, "it has %s",
                  blocks_words(reader->manifest, &reader->manifest->tasks[task], reader->arena));
        return;
    }
    sizes->items[sizes->count++] = size;
}

static void read_program_sizes(struct reader *reader, const struct node_pair *pair,
                               struct size_list *sizes)
{
    const struct manifest_text name = {pair->key, pair->key_pos};
    int task = MANIFEST_NONE;
    size_t found;
    if (strcmp(pair->key, "kernel") != 0) {
        if (!references_find(reader, &reader->tasks, "sizes-unknown-task", "task", name, &found))
            return;
        task = (int)found;
    }
    if (pair->value->kind != NODE_MAP) {
        diag_error(reader->diags, "sizes-wrong-type", pair->value->pos,
                   "'%s' takes a mapping of memories to bytes, not %s", pair->key,
                   node_kind_words(pair->value));
        diag_hint(reader->diags, "%s: {flash: 4096, ram: 512}", pair->key);
        return;
    }
    for (size_t i = 0; i < pair->value->pair_count && !reader_is_full(reader); i++)
        read_size(reader, &pair->value->pairs[i], task, sizes);
}

static void make_indices(struct reader *reader, const struct manifest *manifest)
{
    struct name_entry *entries =
        ARENA_ARRAY(reader->arena, struct name_entry, manifest->memory_count);
    for (size_t i = 0; i < manifest->memory_count; i++)
        entries[i] = (struct name_entry){manifest->memories[i].name.text, i};
    reader->memories = name_index_of(reader->arena, entries, manifest->memory_count);
    entries = ARENA_ARRAY(reader->arena, struct name_entry, manifest->task_count);
    for (size_t i = 0; i < manifest->task_count; i++)
        entries[i] = (struct name_entry){manifest->tasks[i].name.text, i};
    reader->tasks = name_index_of(reader->arena, entries, manifest->task_count);
}

/* All numbers of a sizes file: no more than the nodes that it may have. */
static size_t count_numbers(const struct node *programs)
{
    size_t count = 0;
    for (size_t i = 0; i < programs->pair_count; i++)
        count += programs->pairs[i].value->pair_count;
    return count;
}

static void read_sizes(struct reader *reader, const struct node *root, struct size_list *sizes)
{
    const struct node *programs;
    if (!reader_map(reader, root, "a sizes file", KEYS, sizeof KEYS / sizeof *KEYS) ||
        !reader_require(reader, root, "sizes", root->pos, "the sizes file") ||
        !reader_submap(reader, root, "sizes", &programs))
        return;
    sizes->items = ARENA_ARRAY(reader->arena, struct manifest_size, count_numbers(programs));
    for (size_t i = 0; i < programs->pair_count && !reader_is_full(reader); i++)
        read_program_sizes(reader, &programs->pairs[i], sizes);
}

bool manifest_sizes_load(struct arena *arena, const char *path, const struct manifest *manifest,
                         struct manifest_sizes *ret, struct diag_list *diags)
{
    struct yaml_budget budget = yaml_budget_full();
    const struct node *root;
    struct span text;
    struct manifest known = *manifest; /* the reader only looks at it */
    struct reader reader = {.arena = arena, .diags = diags, .manifest = &known};
    struct size_list sizes = {0};
    const size_t errors_before = diags->error_count;
    if (!file_read(arena, path, LIMIT_FILE_BYTES, NOWHERE, &text, diags) ||
        !yaml_parse(arena, path, text, &budget, &root, diags))
        return false;
    root = merge_settle(arena, root, diags);
    make_indices(&reader, manifest);
    read_sizes(&reader, root, &sizes);
    if (diags->error_count != errors_before)
        return false;
    *ret = (struct manifest_sizes){sizes.items, sizes.count};
    return true;
}
