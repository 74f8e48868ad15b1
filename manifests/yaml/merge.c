#include "manifests/yaml/merge.h"

#include "manifests/yaml/limits.h"
#include "manifests/yaml/names.h"

/* ---- merging ---- */

static const struct node *removal(struct arena *arena, const struct node *over)
{
    struct node *node = ARENA_NEW(arena, struct node);
    *node = *over;
    node->has_removed = true;
    return node;
}

/* The extended list still appends when `base` does: what both extend may be merged below them
 * later. */
static const struct node *extended(struct arena *arena, const struct node *base,
                                   const struct node *over)
{
    struct node *node = ARENA_NEW(arena, struct node);
    *node = *over;
    node->appends = base->appends;
    const size_t count = base->item_count + over->item_count;
    const struct node **items =
        arena_grow(arena, base->items, base->item_count, count, sizeof(const struct node *));
    for (size_t i = 0; i < over->item_count; i++)
        items[base->item_count + i] = over->items[i];
    node->items = items;
    node->item_count = count;
    return node;
}

static const struct node *appended(struct arena *arena, const struct node *base,
                                   const struct node *over, struct diag_list *diags)
{
    if (base->kind == NODE_LIST)
        return extended(arena, base, over);
    struct node *node = ARENA_NEW(arena, struct node);
    *node = *over;
    node->appends = false;
    if (base->kind != NODE_NULL) {
        diag_error(diags, "manifest-append-to-no-list", over->pos,
                   "!append extends a list, but the inherited value is %s", node_kind_words(base));
        diag_hint(diags, "it is in %s, line %u; remove !append to replace it", base->pos.file,
                  (unsigned)base->pos.line);
    }
    return node;
}

static void merge_pair(struct arena *arena, struct node_pair *below, const struct node_pair *over,
                       struct diag_list *diags)
{
    below->value = merge_trees(arena, below->value, over->value, diags);
    below->key_pos = over->key_pos;
}

static const struct node *merged_maps(struct arena *arena, const struct node *base,
                                      const struct node *over, struct diag_list *diags)
{
    const size_t room = base->pair_count + over->pair_count;
    struct node_pair *pairs = arena_grow(arena, base->pairs, base->pair_count, room, sizeof *pairs);
    size_t count = base->pair_count;
    const struct name_index index = name_index_of_keys(arena, base);
    for (size_t i = 0; i < over->pair_count; i++) {
        size_t place;
        if (name_index_find(&index, over->pairs[i].key, &place))
            merge_pair(arena, &pairs[place], &over->pairs[i], diags);
        else
            pairs[count++] = over->pairs[i];
    }
    struct node *node = ARENA_NEW(arena, struct node);
    *node = *over;
    node->pairs = pairs;
    node->pair_count = count;
    return node;
}

const struct node *merge_trees(struct arena *arena, const struct node *base,
                               const struct node *over, struct diag_list *diags)
{
    if (base == NULL)
        return over;
    if (over->kind == NODE_NULL)
        return removal(arena, over);
    if (over->kind == NODE_MAP && base->kind == NODE_MAP)
        return merged_maps(arena, base, over, diags);
    if (over->kind == NODE_LIST && over->appends)
        return appended(arena, base, over, diags);
    return over;
}

/* ---- settling ---- */

/* A node of which nothing is changed stays itself: most of a large tree is not copied. */

static const struct node *settled_item(struct arena *arena, const struct node *item,
                                       struct diag_list *diags)
{
    if (item->kind == NODE_LIST && item->appends) {
        diag_error(diags, "manifest-misplaced-append", item->pos,
                   "!append on a list inside a list");
        diag_hint(diags, "a list item inherits nothing, so there is nothing to extend");
    }
    return item->kind == NODE_NULL ? item : merge_settle(arena, item, diags);
}

static const struct node *settled_list(struct arena *arena, const struct node *list,
                                       struct diag_list *diags)
{
    const struct node **items = NULL;
    for (size_t i = 0; i < list->item_count && diags->error_count < LIMIT_ERRORS; i++) {
        const struct node *item = settled_item(arena, list->items[i], diags);
        if (item == list->items[i])
            continue;
        if (items == NULL)
            items = arena_grow(arena, list->items, list->item_count, list->item_count,
                               sizeof(const struct node *));
        items[i] = item;
    }
    if (items == NULL && !list->appends)
        return list;
    struct node *node = ARENA_NEW(arena, struct node);
    *node = *list;
    node->appends = false;
    if (items != NULL)
        node->items = items;
    return node;
}

static void report_nothing_to_remove(struct arena *arena, const struct node *map,
                                     const struct node_pair *pair, struct diag_list *diags)
{
    diag_error(diags, "manifest-nothing-to-remove", pair->key_pos,
               "null removes '%s', but no inherited file sets it", pair->key);
    const char **words = ARENA_ARRAY(arena, const char *, map->pair_count);
    size_t count = 0;
    for (size_t i = 0; i < map->pair_count; i++) {
        if (map->pairs[i].value->kind != NODE_NULL)
            words[count++] = map->pairs[i].key;
    }
    const char *nearest = diag_nearest(pair->key, words, count);
    if (nearest != NULL)
        diag_hint(diags, "did you mean '%s'?", nearest);
    else
        diag_hint(diags,
                  "null removes a value that 'inherit' or the chip file set; remove this line");
}

static bool has_null(const struct node *map)
{
    for (size_t i = 0; i < map->pair_count; i++)
        if (map->pairs[i].value->kind == NODE_NULL)
            return true;
    return false;
}

/* The same mapping without the keys that were taken away. */
static const struct node *without_nulls(struct arena *arena, const struct node *map,
                                        struct diag_list *diags)
{
    struct node_pair *pairs = ARENA_ARRAY(arena, struct node_pair, map->pair_count);
    size_t count = 0;
    for (size_t i = 0; i < map->pair_count && diags->error_count < LIMIT_ERRORS; i++) {
        const struct node_pair *pair = &map->pairs[i];
        if (pair->value->kind != NODE_NULL)
            pairs[count++] = *pair;
        else if (!pair->value->has_removed)
            report_nothing_to_remove(arena, map, pair, diags);
    }
    struct node *node = ARENA_NEW(arena, struct node);
    *node = *map;
    node->pairs = pairs;
    node->pair_count = count;
    return node;
}

static const struct node *settled_map(struct arena *arena, const struct node *map,
                                      struct diag_list *diags)
{
    struct node_pair *pairs = NULL;
    if (has_null(map))
        map = without_nulls(arena, map, diags);
    for (size_t i = 0; i < map->pair_count && diags->error_count < LIMIT_ERRORS; i++) {
        const struct node *value = merge_settle(arena, map->pairs[i].value, diags);
        if (value == map->pairs[i].value)
            continue;
        if (pairs == NULL)
            pairs = arena_grow(arena, map->pairs, map->pair_count, map->pair_count, sizeof *pairs);
        pairs[i].value = value;
    }
    if (pairs == NULL)
        return map;
    struct node *node = ARENA_NEW(arena, struct node);
    *node = *map;
    node->pairs = pairs;
    return node;
}

const struct node *merge_settle(struct arena *arena, const struct node *tree,
                                struct diag_list *diags)
{
    switch (tree->kind) {
    case NODE_NULL:
    case NODE_SCALAR:
        return tree;
    case NODE_LIST:
        return settled_list(arena, tree, diags);
    case NODE_MAP:
        return settled_map(arena, tree, diags);
    }
    return tree;
}
