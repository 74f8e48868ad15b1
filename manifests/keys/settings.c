#include "manifests/keys/settings.h"

#include "manifests/yaml/limits.h"
#include "manifests/yaml/merge.h"

#include <string.h>

/* Bytes of the first part of a dotted key: the longest key of the map that it begins with, else up
 * to the next dot. */
static size_t part_length(const struct node *map, const char *key)
{
    size_t longest = 0;
    const size_t pair_count = map != NULL && map->kind == NODE_MAP ? map->pair_count : 0;
    for (size_t i = 0; i < pair_count; i++) {
        const size_t length = strlen(map->pairs[i].key);
        if (length > longest && strncmp(map->pairs[i].key, key, length) == 0 &&
            (key[length] == '.' || key[length] == '\0'))
            longest = length;
    }
    return longest != 0 ? longest : strcspn(key, ".");
}

static const struct node *map_of_one(struct arena *arena, const char *key, size_t length,
                                     const struct node *value)
{
    struct node_pair *pair = ARENA_NEW(arena, struct node_pair);
    pair->key = arena_copy_text(arena, key, length);
    pair->key_pos = value->pos;
    pair->value = value;
    struct node *map = ARENA_NEW(arena, struct node);
    *map = (struct node){.kind = NODE_MAP, .pos = value->pos, .pairs = pair, .pair_count = 1};
    return map;
}

/* The value inside one mapping for each part of the key. NULL: a part is empty or there are too
 * many. */
static const struct node *wrapped(struct arena *arena, const struct node *tree, const char *key,
                                  const struct node *value)
{
    const char *parts[LIMIT_DEPTH];
    size_t lengths[LIMIT_DEPTH];
    size_t count = 0;
    for (;;) {
        const size_t length = part_length(tree, key);
        if (length == 0 || count == LIMIT_DEPTH)
            return NULL;
        parts[count] = key;
        lengths[count++] = length;
        if (key[length] == '\0')
            break;
        tree = node_get(tree, arena_copy_text(arena, key, length));
        key += length + 1;
    }
    while (count-- > 0)
        value = map_of_one(arena, parts[count], lengths[count], value);
    return value;
}

static const struct node *without_positions(struct arena *arena, const struct node *value,
                                            const char *file)
{
    struct node *node = ARENA_NEW(arena, struct node);
    *node = *value;
    node->pos = (struct source_pos){file, 0, 0};
    return node;
}

static bool apply_one(struct arena *arena, const struct manifest_setting *setting,
                      struct yaml_budget *budget, const struct node **tree, struct diag_list *diags)
{
    const char *file = arena_format(arena, "--set %s=%s", setting->key, setting->value);
    const struct node *value;
    if (!yaml_parse(arena, file, span_of_text(setting->value), budget, &value, diags))
        return false;
    value = wrapped(arena, *tree, setting->key, without_positions(arena, value, file));
    if (value == NULL) {
        diag_error(diags, "manifest-bad-setting", (struct source_pos){file, 0, 0},
                   "'%s' is not a dotted key", setting->key);
        diag_hint(diags, "write --set tasks.net.stack=2K");
        return false;
    }
    *tree = merge_trees(arena, *tree, value, diags);
    return true;
}

bool settings_apply(struct arena *arena, const struct manifest_options *options,
                    struct yaml_budget *budget, const struct node **tree, struct diag_list *diags)
{
    bool all_good = true;
    for (size_t i = 0; i < options->setting_count; i++)
        all_good = apply_one(arena, &options->settings[i], budget, tree, diags) && all_good;
    return all_good;
}
