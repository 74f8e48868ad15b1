#include "manifests/keys/flatten.h"

#include "base/path.h"
#include "manifests/yaml/merge.h"

#include <string.h>

/* ---- single keys ---- */

/* A copy of a map with a key's value replaced, or added at the end. */
static const struct node *with_key(struct arena *arena, const struct node *map, const char *key,
                                   const struct node *value)
{
    struct node_pair *pairs =
        arena_grow(arena, map->pairs, map->pair_count, map->pair_count + 1, sizeof *pairs);
    size_t at = 0;
    while (at < map->pair_count && strcmp(pairs[at].key, key) != 0)
        at++;
    if (at == map->pair_count)
        pairs[at] = (struct node_pair){.key = key, .key_pos = value->pos};
    pairs[at].value = value;
    struct node *node = ARENA_NEW(arena, struct node);
    *node = *map;
    node->pairs = pairs;
    node->pair_count = at == map->pair_count ? map->pair_count + 1 : map->pair_count;
    return node;
}

static const struct node *without_key(struct arena *arena, const struct node *map, const char *key)
{
    struct node_pair *pairs = ARENA_ARRAY(arena, struct node_pair, map->pair_count);
    size_t count = 0;
    for (size_t i = 0; i < map->pair_count; i++) {
        if (strcmp(map->pairs[i].key, key) != 0)
            pairs[count++] = map->pairs[i];
    }
    struct node *node = ARENA_NEW(arena, struct node);
    *node = *map;
    node->pairs = pairs;
    node->pair_count = count;
    return node;
}

/* ---- the chip ---- */

static bool load_chip(struct inherit *inherit, const struct node *named, const char *board_folder,
                      const struct node **ret)
{
    if (named->kind != NODE_SCALAR || named->scalar[0] == '\0')
        return diag_error(inherit->diags, "manifest-wrong-type", named->pos,
                          "'chip' takes the name of a chip file, not %s",
                          named->kind == NODE_SCALAR ? "empty text" : node_kind_words(named));
    const char *folder = board_folder;
    for (size_t i = 0; i < inherit->files.count; i++) {
        if (strcmp(inherit->files.items[i], named->pos.file) == 0)
            folder = path_folder(inherit->arena, named->pos.file);
    }
    return inherit_load(inherit, path_join(inherit->arena, folder, named->scalar), named->pos, ret);
}

/* Moves what the board says under `key` into the chip's mapping, over what stands there. */
static void move_into_chip(struct inherit *inherit, const char *key, const struct node **board,
                           const struct node **chip)
{
    const struct node *over = node_get(*board, key);
    if (over == NULL)
        return;
    const struct node *merged =
        merge_trees(inherit->arena, node_get(*chip, key), over, inherit->diags);
    *chip = with_key(inherit->arena, *chip, key, merged);
    *board = without_key(inherit->arena, *board, key);
}

/* The board's `mpu` stays beside the chip's, so that it can be checked against it. */
static void lay_mpu_over(struct inherit *inherit, const struct node *chip,
                         const struct node **board)
{
    const struct node *below = node_get(chip, "mpu");
    const struct node *over = node_get(*board, "mpu");
    if (below == NULL)
        return;
    const struct node *merged =
        over == NULL ? below : merge_trees(inherit->arena, below, over, inherit->diags);
    *board = with_key(inherit->arena, *board, "mpu", merged);
}

static bool lay_over_chip(struct inherit *inherit, const struct node *named,
                          const char *board_folder, const struct node **board)
{
    const struct node *chip = named;
    if (named->kind != NODE_MAP && !load_chip(inherit, named, board_folder, &chip))
        return false;
    move_into_chip(inherit, "memories", board, &chip);
    move_into_chip(inherit, "peripherals", board, &chip);
    lay_mpu_over(inherit, chip, board);
    *board = with_key(inherit->arena, *board, "chip", chip);
    return true;
}

bool flatten_board(struct inherit *inherit, const struct node *board, const char *board_folder,
                   struct flat_board *ret)
{
    const struct node *named = node_get(board, "chip");
    const size_t errors_before = inherit->diags->error_count;
    if (named != NULL && named->kind != NODE_NULL &&
        !lay_over_chip(inherit, named, board_folder, &board))
        return false;
    board = merge_settle(inherit->arena, board, inherit->diags);
    if (inherit->diags->error_count != errors_before)
        return false;
    *ret = (struct flat_board){
        .root = board,
        .chip = node_get(board, "chip"),
        .chip_pos = named == NULL ? board->pos : named->pos,
        .chip_is_file = named != NULL && named->kind == NODE_SCALAR,
    };
    return true;
}

struct chip_tree flatten_hardware(const struct flat_board *flat)
{
    const struct node *from = flat->chip != NULL ? flat->chip : flat->root;
    return (struct chip_tree){
        .mpu = node_get(flat->root, "mpu"),
        .chip_mpu = node_get(flat->chip, "mpu"),
        .memories = node_get(from, "memories"),
        .images = node_get(flat->chip, "images"),
        .peripherals = node_get(from, "peripherals"),
        .uf2 = node_get(flat->chip, "uf2"),
        .openocd = node_get(flat->chip, "openocd"),
        .pos = flat->chip_pos,
    };
}
