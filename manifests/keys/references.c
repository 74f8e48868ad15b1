#include "manifests/keys/references.h"

bool references_find(struct reader *reader, const struct name_index *index, const char *code,
                     const char *what, struct manifest_text name, size_t *ret)
{
    if (name_index_find(index, name.text, ret))
        return true;
    diag_error(reader->diags, code, name.pos, "there is no %s '%s'", what, name.text);
    const char *nearest = name_index_nearest(reader->arena, index, name.text);
    if (nearest != NULL)
        diag_hint(reader->diags, "did you mean '%s'?", nearest);
    return false;
}

struct reference_names references_memories(const struct reader *reader)
{
    return (struct reference_names){&reader->memories, "manifest-unknown-memory", "memory"};
}

struct reference_names references_peripherals(const struct reader *reader)
{
    return (struct reference_names){&reader->peripherals, "manifest-unknown-peripheral",
                                    "peripheral"};
}

struct reference_names references_tasks(const struct reader *reader)
{
    return (struct reference_names){&reader->tasks, "manifest-unknown-task", "task"};
}

static void report_no_list(struct reader *reader, const struct node *node, const char *key)
{
    diag_error(reader->diags, "manifest-wrong-type", node->pos,
               "'%s' takes a list of names, not %s", key, node_kind_words(node));
    if (node->kind == NODE_SCALAR)
        diag_hint(reader->diags, "write [%s]", node->scalar);
}

static bool is_named_before(struct reader *reader, const struct manifest_ref *refs, size_t count,
                            struct manifest_text name, size_t index)
{
    for (size_t i = 0; i < count; i++) {
        if (refs[i].index == index) {
            diag_error(reader->diags, "manifest-named-twice", name.pos, "'%s' is listed twice",
                       name.text);
            diag_hint(reader->diags, "first listed at line %u", (unsigned)refs[i].pos.line);
            return true;
        }
    }
    return false;
}

static void add_ref(struct reader *reader, const struct node *node, const char *key,
                    struct reference_names index, struct manifest_ref *refs, size_t *count)
{
    struct manifest_text name;
    size_t found;
    if (reader_node_text(reader, node, key, &name) &&
        references_find(reader, index.names, index.code, index.what, name, &found) &&
        !is_named_before(reader, refs, *count, name, found))
        refs[(*count)++] = (struct manifest_ref){found, name.pos};
}

void references_read(struct reader *reader, const struct node *map, const char *key,
                     struct reference_names index, enum reference_form form,
                     struct manifest_refs *ret)
{
    const struct node *node = node_get(map, key);
    if (node == NULL)
        return;
    const bool is_name = form == REFERENCE_LIST_OR_NAME && node->kind == NODE_SCALAR;
    if (node->kind != NODE_LIST && !is_name) {
        report_no_list(reader, node, key);
        return;
    }
    const size_t item_count = is_name ? 1 : node->item_count;
    struct manifest_ref *refs = ARENA_ARRAY(reader->arena, struct manifest_ref, item_count);
    size_t count = 0;
    for (size_t i = 0; i < item_count && !reader_is_full(reader); i++)
        add_ref(reader, is_name ? node : node->items[i], key, index, refs, &count);
    *ret = (struct manifest_refs){refs, count, node->pos};
}

void references_read_numbers(struct reader *reader, const struct node *map, const char *key,
                             struct reader_bounds bounds, const struct manifest_memory_number **ret,
                             size_t *ret_count)
{
    const struct node *numbers;
    if (!reader_submap(reader, map, key, &numbers))
        return;
    const struct reference_names memories = references_memories(reader);
    struct manifest_memory_number *items =
        ARENA_ARRAY(reader->arena, struct manifest_memory_number, numbers->pair_count);
    size_t count = 0;
    for (size_t i = 0; i < numbers->pair_count && !reader_is_full(reader); i++) {
        const struct node_pair *pair = &numbers->pairs[i];
        const struct manifest_text name = {pair->key, pair->key_pos};
        size_t memory;
        uint64_t value;
        if (references_find(reader, memories.names, memories.code, memories.what, name, &memory) &&
            reader_node_number(reader, pair->value, pair->key, bounds, &value))
            items[count++] = (struct manifest_memory_number){{memory, pair->key_pos}, value};
    }
    *ret = items;
    *ret_count = count;
}
