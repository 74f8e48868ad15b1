#include "manifests/keys/chip_keys.h"

#include "layout/mpu/mpu_facts.h"
#include "manifests/keys/mpu_keys.h"
#include "manifests/keys/references.h"
#include "manifests/yaml/limits.h"

#include <stdlib.h>
#include <string.h>

#define ADDRESS_END ((uint64_t)1 << 32) /* of a 32-bit address space; a range may touch it */

static const char *const CHIP_KEYS[] = {"schema", "chip",        "mpu", "memories",
                                        "images", "peripherals", "uf2", "openocd"};
static const char *const MEMORY_KEYS[] = {"base",  "size", "access", "dma",
                                          "cache", "skip", "holes"};
static const char *const PERIPHERAL_KEYS[] = {"base", "size", "interrupts"};
static const char *const RANGE_KEYS[] = {"base", "size"};
static const char *const UF2_KEYS[] = {"family"};
static const char *const OPENOCD_KEYS[] = {"target", "interface"};

enum { LAST_INTERRUPT = 1023 }; /* of any model */

#define COUNT(table) (sizeof(table) / sizeof *(table))

bool chip_keys_check(struct reader *reader, const struct node *chip)
{
    return reader_map(reader, chip, "a chip file", CHIP_KEYS, COUNT(CHIP_KEYS));
}

/* ---- ranges ---- */

static void check_end(struct reader *reader, struct manifest_number base,
                      struct manifest_number size, const char *owner)
{
    if (base.is_given && size.is_given && base.value + size.value > ADDRESS_END)
        diag_error(reader->diags, "manifest-out-of-range", size.pos,
                   "%s ends beyond the last address, 0xffffffff", owner);
}

static void read_range(struct reader *reader, const struct node *node, struct source_pos pos,
                       const char *owner, struct manifest_number *base,
                       struct manifest_number *size)
{
    reader_require(reader, node, "base", pos, owner);
    reader_require(reader, node, "size", pos, owner);
    reader_number(reader, node, "base", (struct reader_bounds){0, ADDRESS_END - 1}, base);
    reader_number(reader, node, "size", (struct reader_bounds){1, ADDRESS_END}, size);
    check_end(reader, *base, *size, owner);
}

/* ---- memories ---- */

/* Grammar: "r" "w"? "x"?. */
static void read_access(struct reader *reader, const struct node *node, struct source_pos pos,
                        const char *owner, struct manifest_memory *memory)
{
    static const char *const words[] = {"r", "rw", "rx", "rwx"};
    size_t choice = 0;
    if (!reader_require(reader, node, "access", pos, owner) ||
        !reader_choice(reader, node, "access", words, COUNT(words), &choice))
        return;
    memory->readable = true;
    memory->writable = strchr(words[choice], 'w') != NULL;
    memory->executable = strchr(words[choice], 'x') != NULL;
}

static void read_cache(struct reader *reader, const struct node *node,
                       struct manifest_memory *memory)
{
    static const char *const words[] = {"wb", "wt", "none"};
    static const enum layout_cache caches[] = {LAYOUT_CACHE_WRITE_BACK, LAYOUT_CACHE_WRITE_THROUGH,
                                               LAYOUT_CACHE_NONE};
    size_t choice = 0;
    if (reader_choice(reader, node, "cache", words, COUNT(words), &choice))
        memory->cache = caches[choice];
}

static int compare_holes(const void *left, const void *right)
{
    const struct manifest_hole *a = left;
    const struct manifest_hole *b = right;
    return (a->base > b->base) - (a->base < b->base);
}

static bool read_hole(struct reader *reader, const struct node *node, struct manifest_hole *ret)
{
    struct manifest_number base = {0};
    struct manifest_number size = {0};
    if (!reader_map(reader, node, "a hole", RANGE_KEYS, COUNT(RANGE_KEYS)))
        return false;
    read_range(reader, node, node->pos, "a hole", &base, &size);
    *ret = (struct manifest_hole){base.value, size.value, node->pos};
    return base.is_given && size.is_given;
}

static void check_holes_disjoint(struct reader *reader, const struct manifest_memory *memory)
{
    for (size_t i = 1; i < memory->hole_count && !reader_is_full(reader); i++) {
        const struct manifest_hole *before = &memory->holes[i - 1];
        if (before->base + before->size > memory->holes[i].base)
            diag_error(reader->diags, "manifest-overlap", memory->holes[i].pos,
                       "two holes of memory '%s' overlap", memory->name.text);
    }
}

static void read_holes(struct reader *reader, const struct node *node,
                       struct manifest_memory *memory)
{
    const struct node *list = node_get(node, "holes");
    if (list == NULL)
        return;
    if (list->kind != NODE_LIST) {
        diag_error(reader->diags, "manifest-wrong-type", list->pos, "'holes' takes a list, not %s",
                   node_kind_words(list));
        diag_hint(reader->diags, "holes: [{base: 0x20001000, size: 4K}]");
        return;
    }
    struct manifest_hole *holes =
        ARENA_ARRAY(reader->arena, struct manifest_hole, list->item_count);
    size_t count = 0;
    for (size_t i = 0; i < list->item_count && !reader_is_full(reader); i++)
        count += read_hole(reader, list->items[i], &holes[count]);
    if (count > 1)
        qsort(holes, count, sizeof *holes, compare_holes);
    memory->holes = holes;
    memory->hole_count = count;
    check_holes_disjoint(reader, memory);
}

static void read_memory(struct reader *reader, const struct node_pair *pair,
                        struct manifest_memory *memory)
{
    const char *owner = arena_format(reader->arena, "memory '%s'", pair->key);
    const struct node *node = pair->value;
    memory->name = (struct manifest_text){pair->key, pair->key_pos};
    memory->pos = pair->key_pos;
    reader_name(reader, memory->name, READER_WORD, "memory");
    if (!reader_map(reader, node, owner, MEMORY_KEYS, COUNT(MEMORY_KEYS)))
        return;
    read_range(reader, node, pair->key_pos, owner, &memory->base, &memory->size);
    read_access(reader, node, pair->key_pos, owner, memory);
    struct manifest_flag dma = {0};
    reader_flag(reader, node, "dma", &dma);
    memory->dma = dma.value;
    read_cache(reader, node, memory);
    reader_number(reader, node, "skip", (struct reader_bounds){0, ADDRESS_END}, &memory->skip);
    if (memory->size.is_given && memory->skip.value >= memory->size.value)
        diag_error(reader->diags, "manifest-out-of-range", memory->skip.pos,
                   "'skip' leaves no space in %s", owner);
    read_holes(reader, node, memory);
}

static bool begin_map(struct reader *reader, const struct node *map, const char *key, size_t limit)
{
    if (map == NULL)
        return false;
    if (map->kind != NODE_MAP)
        return diag_error(reader->diags, "manifest-wrong-type", map->pos,
                          "'%s' takes a mapping, not %s", key, node_kind_words(map));
    return reader_count(reader, map, map->pair_count, limit, key);
}

static void read_memories(struct reader *reader, const struct node *map, struct source_pos pos)
{
    if (map == NULL) {
        diag_error(reader->diags, "manifest-missing-key", pos, "missing key 'memories'");
        diag_hint(reader->diags, "name a chip file that has them: chip: path/to/chip.yaml");
        return;
    }
    if (!begin_map(reader, map, "memories", LIMIT_MEMORIES))
        return;
    struct manifest *manifest = reader->manifest;
    struct manifest_memory *memories =
        ARENA_ARRAY(reader->arena, struct manifest_memory, map->pair_count);
    for (size_t i = 0; i < map->pair_count && !reader_is_full(reader); i++)
        read_memory(reader, &map->pairs[i], &memories[i]);
    manifest->memories = memories;
    manifest->memory_count = map->pair_count;
    reader->memories = name_index_of_keys(reader->arena, map);
}

/* ---- image slots ---- */

static bool read_image_memory(struct reader *reader, const struct node_pair *pair,
                              struct manifest_image_memory *ret)
{
    const char *owner = arena_format(reader->arena, "memory '%s' of an image slot", pair->key);
    const struct manifest_text name = {pair->key, pair->key_pos};
    const struct reference_names memories = references_memories(reader);
    struct manifest_image_memory moved = {.memory.pos = pair->key_pos};
    if (!reader_map(reader, pair->value, owner, RANGE_KEYS, COUNT(RANGE_KEYS)) ||
        !references_find(reader, memories.names, memories.code, memories.what, name,
                         &moved.memory.index))
        return false;
    reader_number(reader, pair->value, "base", (struct reader_bounds){0, ADDRESS_END - 1},
                  &moved.base);
    reader_number(reader, pair->value, "size", (struct reader_bounds){1, ADDRESS_END}, &moved.size);
    const struct manifest_memory *memory = &reader->manifest->memories[moved.memory.index];
    check_end(reader, moved.base.is_given ? moved.base : memory->base,
              moved.size.is_given ? moved.size : memory->size, owner);
    *ret = moved;
    return true;
}

static void read_image(struct reader *reader, const struct node_pair *pair,
                       struct manifest_image *image)
{
    image->name = (struct manifest_text){pair->key, pair->key_pos};
    reader_name(reader, image->name, READER_WORD, "image slot");
    if (!begin_map(reader, pair->value, pair->key, LIMIT_MEMORIES))
        return;
    struct manifest_image_memory *memories =
        ARENA_ARRAY(reader->arena, struct manifest_image_memory, pair->value->pair_count);
    size_t count = 0;
    for (size_t i = 0; i < pair->value->pair_count && !reader_is_full(reader); i++)
        count += read_image_memory(reader, &pair->value->pairs[i], &memories[count]);
    image->memories = memories;
    image->memory_count = count;
}

static void read_images(struct reader *reader, const struct node *map)
{
    if (!begin_map(reader, map, "images", LIMIT_IMAGES))
        return;
    struct manifest_image *images =
        ARENA_ARRAY(reader->arena, struct manifest_image, map->pair_count);
    for (size_t i = 0; i < map->pair_count && !reader_is_full(reader); i++)
        read_image(reader, &map->pairs[i], &images[i]);
    reader->manifest->images = images;
    reader->manifest->image_count = map->pair_count;
}

/* ---- peripherals ---- */

static void read_interrupts(struct reader *reader, const struct node *node,
                            struct manifest_peripheral *peripheral)
{
    const struct node *map;
    if (!reader_submap(reader, node, "interrupts", &map) ||
        !reader_count(reader, map, map->pair_count, LIMIT_INTERRUPTS, "interrupts"))
        return;
    const struct reader_bounds bounds = {
        0, reader->mpu_is_known ? mpu_facts_of(reader->manifest->mpu.model)->last_interrupt
                                : LAST_INTERRUPT};
    struct manifest_interrupt_source *sources =
        ARENA_ARRAY(reader->arena, struct manifest_interrupt_source, map->pair_count);
    size_t count = 0;
    for (size_t i = 0; i < map->pair_count && !reader_is_full(reader); i++) {
        const struct manifest_text name = {map->pairs[i].key, map->pairs[i].key_pos};
        uint64_t number;
        if (reader_name(reader, name, READER_WORD, "interrupt") &&
            reader_node_number(reader, map->pairs[i].value, name.text, bounds, &number))
            sources[count++] = (struct manifest_interrupt_source){name, number};
    }
    peripheral->interrupts = sources;
    peripheral->interrupt_count = count;
}

static void read_peripheral(struct reader *reader, const struct node_pair *pair,
                            struct manifest_peripheral *peripheral)
{
    const char *owner = arena_format(reader->arena, "peripheral '%s'", pair->key);
    peripheral->name = (struct manifest_text){pair->key, pair->key_pos};
    peripheral->pos = pair->key_pos;
    reader_name(reader, peripheral->name, READER_WORD, "peripheral");
    if (!reader_map(reader, pair->value, owner, PERIPHERAL_KEYS, COUNT(PERIPHERAL_KEYS)))
        return;
    read_range(reader, pair->value, pair->key_pos, owner, &peripheral->base, &peripheral->size);
    read_interrupts(reader, pair->value, peripheral);
}

static void read_peripherals(struct reader *reader, const struct node *map)
{
    if (!begin_map(reader, map, "peripherals", LIMIT_PERIPHERALS))
        return;
    struct manifest_peripheral *peripherals =
        ARENA_ARRAY(reader->arena, struct manifest_peripheral, map->pair_count);
    for (size_t i = 0; i < map->pair_count && !reader_is_full(reader); i++)
        read_peripheral(reader, &map->pairs[i], &peripherals[i]);
    reader->manifest->peripherals = peripherals;
    reader->manifest->peripheral_count = map->pair_count;
    reader->peripherals = name_index_of_keys(reader->arena, map);
}

static void read_uf2(struct reader *reader, const struct node *uf2)
{
    if (uf2 == NULL || !reader_map(reader, uf2, "'uf2'", UF2_KEYS, COUNT(UF2_KEYS)))
        return;
    reader_require(reader, uf2, "family", uf2->pos, "'uf2'");
    reader_number(reader, uf2, "family", (struct reader_bounds){0, UINT32_MAX},
                  &reader->manifest->uf2_family);
}

/* The path of a script of OpenOCD's own, such as target/stm32h7x.cfg; it is put into a script. */
static void read_openocd_path(struct reader *reader, const struct node *openocd, const char *key,
                              struct manifest_text *ret)
{
    static const char characters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-";
    reader_text(reader, openocd, key, ret);
    if (ret->text == NULL || ret->text[strspn(ret->text, characters)] == '\0')
        return;
    diag_error(reader->diags, "manifest-bad-name", ret->pos,
               "'%s' is not a valid OpenOCD script path", ret->text);
    diag_hint(reader->diags, "use letters, digits and . _ - /, as in target/stm32h7x.cfg");
}

static void read_openocd(struct reader *reader, const struct node *openocd)
{
    if (openocd == NULL ||
        !reader_map(reader, openocd, "'openocd'", OPENOCD_KEYS, COUNT(OPENOCD_KEYS)))
        return;
    reader_require(reader, openocd, "target", openocd->pos, "'openocd'");
    read_openocd_path(reader, openocd, "target", &reader->manifest->openocd_target);
    read_openocd_path(reader, openocd, "interface", &reader->manifest->openocd_interface);
}

void chip_keys_read(struct reader *reader, const struct chip_tree *tree)
{
    mpu_keys_read(reader, tree->mpu, tree->chip_mpu, tree->pos);
    read_memories(reader, tree->memories, tree->pos);
    read_images(reader, tree->images);
    read_peripherals(reader, tree->peripherals);
    read_uf2(reader, tree->uf2);
    read_openocd(reader, tree->openocd);
}
