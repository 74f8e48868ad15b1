#include "cli/plan/layout_read.h"

#include <jansson.h>

#include <string.h>

enum { FORMAT = 1 };

static const uint64_t address_end = (uint64_t)UINT32_MAX + 1;

struct reader {
    struct arena *arena;
    struct source_pos pos;
    struct diag_list *diags;
    struct layout_read layout;
};

static bool malformed(const struct reader *reader, const char *what)
{
    return diag_error(reader->diags, "layout-malformed", reader->pos, "%s", what);
}

/* ---- values ---- */

/* An unsigned number of at most 2^32. */
static bool read_number(const struct reader *reader, const json_t *json, const char *key,
                        uint64_t *ret)
{
    const json_t *value = json_object_get(json, key);
    const json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < 0 || (uint64_t)number > address_end)
        return malformed(reader,
                         arena_format(reader->arena,
                                      "missing or invalid '%s': expected a number of at most 2^32",
                                      key));
    *ret = (uint64_t)number;
    return true;
}

static bool read_text(const struct reader *reader, const json_t *json, const char *key,
                      const char **ret)
{
    const json_t *value = json_object_get(json, key);
    if (!json_is_string(value))
        return malformed(
            reader, arena_format(reader->arena, "missing or invalid '%s': expected text", key));
    *ret = arena_copy_text(reader->arena, json_string_value(value), json_string_length(value));
    return true;
}

/* As in manifests. Task names become file names. */
static bool is_name(const char *text)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
    return text[0] != '\0' && text[0] != '-' && text[0] != '.' &&
           strspn(text, letters) == strlen(text);
}

static bool read_name(const struct reader *reader, const json_t *json, const char **ret)
{
    return read_text(reader, json, "name", ret) &&
           (is_name(*ret) ||
            malformed(reader, "invalid 'name': expected letters, digits, '_', '-' and '.'"));
}

static bool read_list(const struct reader *reader, const json_t *json, const char *key,
                      const json_t **ret)
{
    *ret = json_object_get(json, key);
    return json_is_array(*ret) ||
           malformed(reader,
                     arena_format(reader->arena, "missing or invalid '%s': expected a list", key));
}

/* `base` and `size` as a range. */
static bool read_range(const struct reader *reader, const json_t *json, uint64_t *ret_start,
                       uint64_t *ret_end)
{
    uint64_t base = 0, size = 0;
    if (!read_number(reader, json, "base", &base) || !read_number(reader, json, "size", &size))
        return false;
    if (size == 0 || base + size > address_end)
        return malformed(reader, "a range is empty, or ends above 2^32");
    *ret_start = base;
    *ret_end = base + size;
    return true;
}

/* ---- memories ---- */

static bool read_holes(const struct reader *reader, const json_t *json,
                       struct layout_read_memory *memory)
{
    const json_t *list = json_object_get(json, "holes");
    if (list == NULL)
        return true;
    const size_t count = json_array_size(list);
    struct layout_range *holes = ARENA_ARRAY(reader->arena, struct layout_range, count);
    uint64_t free_from = memory->base;
    for (size_t i = 0; i < count; i++) {
        if (!read_range(reader, json_array_get(list, i), &holes[i].start, &holes[i].end))
            return false;
        if (holes[i].start < free_from || holes[i].end > memory->base + memory->size)
            return malformed(reader, "a hole is out of order, or outside its memory");
        free_from = holes[i].end;
    }
    memory->holes = holes;
    memory->hole_count = count;
    return true;
}

static bool read_memory(const struct reader *reader, const json_t *json,
                        struct layout_read_memory *ret)
{
    uint64_t end = 0;
    if (!read_name(reader, json, &ret->name) || !read_range(reader, json, &ret->base, &end) ||
        !read_number(reader, json, "end", &ret->end) ||
        !read_number(reader, json, "need", &ret->need_bytes) ||
        !read_number(reader, json, "bound", &ret->bound_bytes) ||
        !read_number(reader, json, "padding", &ret->padding_bytes) ||
        !read_number(reader, json, "gap", &ret->gap_bytes))
        return false;
    ret->size = end - ret->base;
    if (json_object_get(json, "skip") != NULL &&
        !read_number(reader, json, "skip", &ret->skip_bytes))
        return false;
    if (ret->end < ret->base || ret->end > end || ret->skip_bytes > ret->size)
        return malformed(reader, "a memory's end lies outside its range");
    return read_holes(reader, json, ret);
}

static bool read_memories(struct reader *reader, const json_t *root)
{
    const json_t *list;
    if (!read_list(reader, root, "memories", &list))
        return false;
    const size_t count = json_array_size(list);
    struct layout_read_memory *memories =
        ARENA_ARRAY(reader->arena, struct layout_read_memory, count);
    for (size_t i = 0; i < count; i++)
        if (!read_memory(reader, json_array_get(list, i), &memories[i]))
            return false;
    reader->layout.memories = memories;
    reader->layout.memory_count = count;
    return true;
}

/* ---- blocks ---- */

static bool read_region(const struct reader *reader, const json_t *json,
                        struct layout_read_region *ret)
{
    uint64_t first = 0, last = 0;
    if (!read_number(reader, json, "first", &first) || !read_number(reader, json, "last", &last) ||
        !read_number(reader, json, "slots", &ret->slots) ||
        !read_number(reader, json, "mpu_base", &ret->mpu_base))
        return false;
    if (json_object_get(json, "mpu_size") != NULL &&
        (!read_number(reader, json, "mpu_size", &ret->mpu_size) ||
         !read_number(reader, json, "srd", &ret->srd)))
        return false;
    if (last < first || last >= address_end)
        return malformed(reader, "a region is empty, or ends above 2^32");
    ret->start = first;
    ret->end = last + 1;
    return true;
}

static bool read_regions(const struct reader *reader, const json_t *json,
                         struct layout_read_block *block)
{
    const json_t *list;
    if (!read_list(reader, json, "regions", &list))
        return false;
    const size_t count = json_array_size(list);
    struct layout_read_region *regions =
        ARENA_ARRAY(reader->arena, struct layout_read_region, count);
    uint64_t free_from = block->start;
    for (size_t i = 0; i < count; i++) {
        if (!read_region(reader, json_array_get(list, i), &regions[i]))
            return false;
        if (regions[i].start < free_from || regions[i].end > block->end)
            return malformed(reader, "a region is out of order, or outside its block");
        free_from = regions[i].end;
    }
    block->regions = regions;
    block->region_count = count;
    return true;
}

static bool find_memory(const struct reader *reader, const char *name, size_t *ret)
{
    for (size_t i = 0; i < reader->layout.memory_count; i++)
        if (strcmp(reader->layout.memories[i].name, name) == 0) {
            *ret = i;
            return true;
        }
    return malformed(reader, arena_format(reader->arena, "unknown memory '%s'", name));
}

static bool read_block(const struct reader *reader, const json_t *json,
                       struct layout_read_block *ret)
{
    const char *memory = "";
    if (!read_text(reader, json, "memory", &memory) || !find_memory(reader, memory, &ret->memory) ||
        !read_range(reader, json, &ret->start, &ret->end) ||
        !read_number(reader, json, "need", &ret->need_bytes))
        return false;
    const struct layout_read_memory *in = &reader->layout.memories[ret->memory];
    if (ret->start < in->base || ret->end > in->base + in->size ||
        ret->need_bytes > ret->end - ret->start)
        return malformed(reader,
                         "a block lies outside its memory, or needs more bytes than it has");
    return true;
}

static bool read_kernel(struct reader *reader, const json_t *root)
{
    const json_t *list;
    if (!read_list(reader, root, "kernel", &list))
        return false;
    const size_t count = json_array_size(list);
    struct layout_read_block *blocks = ARENA_ARRAY(reader->arena, struct layout_read_block, count);
    for (size_t i = 0; i < count; i++)
        if (!read_block(reader, json_array_get(list, i), &blocks[i]))
            return false;
    reader->layout.kernel = blocks;
    reader->layout.kernel_count = count;
    return true;
}

/* ---- tasks ---- */

static bool read_blocks(const struct reader *reader, const json_t *json,
                        struct layout_read_task *task)
{
    const json_t *list;
    if (!read_list(reader, json, "blocks", &list))
        return false;
    const size_t count = json_array_size(list);
    struct layout_read_block *blocks = ARENA_ARRAY(reader->arena, struct layout_read_block, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        if (!read_block(reader, item, &blocks[i]) || !read_regions(reader, item, &blocks[i]))
            return false;
    }
    task->blocks = blocks;
    task->block_count = count;
    return true;
}

static bool read_names(const struct reader *reader, const json_t *json,
                       struct layout_read_fixed *fixed)
{
    const json_t *list;
    if (!read_list(reader, json, "names", &list))
        return false;
    const size_t count = json_array_size(list);
    const char **names = ARENA_ARRAY(reader->arena, const char *, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *name = json_array_get(list, i);
        if (!json_is_string(name))
            return malformed(reader, "a name is not text");
        names[i] =
            arena_copy_text(reader->arena, json_string_value(name), json_string_length(name));
    }
    fixed->names = names;
    fixed->name_count = count;
    return count > 0 || malformed(reader, "a fixed range has no name");
}

static bool read_fixed(const struct reader *reader, const json_t *json,
                       struct layout_read_task *task)
{
    const json_t *list;
    if (!read_list(reader, json, "fixed", &list))
        return false;
    const size_t count = json_array_size(list);
    struct layout_read_fixed *fixed = ARENA_ARRAY(reader->arena, struct layout_read_fixed, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        if (!read_text(reader, item, "kind", &fixed[i].kind) ||
            !read_names(reader, item, &fixed[i]) || !read_region(reader, item, &fixed[i].region))
            return false;
    }
    task->fixed = fixed;
    task->fixed_count = count;
    return true;
}

static bool read_tasks(struct reader *reader, const json_t *root)
{
    const json_t *list;
    if (!read_list(reader, root, "tasks", &list))
        return false;
    const size_t count = json_array_size(list);
    struct layout_read_task *tasks = ARENA_ARRAY(reader->arena, struct layout_read_task, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        if (!read_name(reader, item, &tasks[i].name) ||
            !read_number(reader, item, "slots_used", &tasks[i].slots_used) ||
            !read_number(reader, item, "slots_free", &tasks[i].slots_free) ||
            !read_blocks(reader, item, &tasks[i]) || !read_fixed(reader, item, &tasks[i]))
            return false;
    }
    reader->layout.tasks = tasks;
    reader->layout.task_count = count;
    return true;
}

/* ---- the whole file ---- */

static bool read_peripherals(struct reader *reader, const json_t *root)
{
    const json_t *list = json_object_get(root, "peripherals");
    if (list == NULL)
        return true;
    const size_t count = json_array_size(list);
    struct layout_read_peripheral *items =
        ARENA_ARRAY(reader->arena, struct layout_read_peripheral, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        if (!read_name(reader, item, &items[i].name) ||
            !read_range(reader, item, &items[i].start, &items[i].end))
            return false;
    }
    reader->layout.peripherals = items;
    reader->layout.peripheral_count = count;
    reader->layout.has_peripherals = true;
    return true;
}

static bool read_mpu(struct reader *reader, const json_t *root)
{
    const json_t *mpu = json_object_get(root, "mpu");
    return read_text(reader, mpu, "model", &reader->layout.mpu_model) &&
           read_number(reader, mpu, "slots", &reader->layout.mpu_slots) &&
           read_number(reader, mpu, "reserved", &reader->layout.mpu_reserved);
}

static bool read_root(struct reader *reader, const json_t *root)
{
    uint64_t format = 0;
    if (!read_number(reader, root, "imgbuild_layout", &format))
        return false;
    if (format != FORMAT)
        return malformed(reader, "unknown format: not written by this version of imgbuild");
    return read_text(reader, root, "name", &reader->layout.name) &&
           read_text(reader, root, "slot", &reader->layout.slot) && read_mpu(reader, root) &&
           read_number(reader, root, "bound", &reader->layout.bound_bytes) &&
           read_memories(reader, root) && read_kernel(reader, root) && read_tasks(reader, root) &&
           read_peripherals(reader, root);
}

bool layout_read(struct span json, struct source_pos pos, struct arena *arena,
                 struct layout_read *ret, struct diag_list *diags)
{
    struct reader reader = {.arena = arena, .pos = pos, .diags = diags};
    json_error_t error;
    json_t *root = json_loadb((const char *)json.data, json.bytes, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        if (error.line > 0)
            reader.pos.line = (uint32_t)error.line;
        return malformed(&reader, arena_format(arena, "not valid JSON: %s", error.text));
    }
    const bool ok = read_root(&reader, root);
    json_decref(root);
    if (ok)
        *ret = reader.layout;
    return ok;
}
