#include "cli/plan/lock_file.h"

#include "base/buffer.h"
#include "base/path.h"
#include "manifests/yaml/number.h"
#include "manifests/yaml/yaml.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { LOCK_LIMIT_BYTES = 16 << 20 };

static const char unnamed_slot[] = "image";

static const char *slot_key(const struct plan_slot *slot)
{
    return slot->name[0] == '\0' ? unnamed_slot : slot->name;
}

/* ---- reading ---- */

static bool wrong_form(const struct node *node, const char *what, struct diag_list *diags)
{
    diag_error(diags, "lock-form", node->pos, "%s", what);
    diag_hint(diags, "rewrite the file with `imgbuild build --update-lock`");
    return false;
}

/* "3%" or "2.5%" in thousandths; false for anything else. */
static bool read_per_mille(const struct node *node, uint64_t *ret)
{
    return node != NULL && node->kind == NODE_SCALAR && lock_file_per_mille(node->scalar, ret);
}

static bool check_block(const struct node *block, struct diag_list *diags)
{
    const struct node *base = node_get(block, "base");
    const struct node *size = node_get(block, "size");
    uint64_t number;
    if (base == NULL || base->kind != NODE_SCALAR || size == NULL || size->kind != NODE_SCALAR ||
        number_parse(base->scalar, &number) != NUMBER_GOOD || number > UINT32_MAX ||
        number_parse(size->scalar, &number) != NUMBER_GOOD || number > UINT32_MAX)
        return wrong_form(block, "expected a block as {base: ADDRESS, size: BYTES}", diags);
    return true;
}

static bool check_map(const struct node *node, struct diag_list *diags)
{
    return node->kind == NODE_MAP ||
           wrong_form(node, "expected a mapping from names to blocks", diags);
}

static bool check_images(const struct node *images, struct diag_list *diags)
{
    bool ok = check_map(images, diags);
    for (size_t s = 0; ok && s < images->pair_count; s++) {
        const struct node *tasks = images->pairs[s].value;
        ok = check_map(tasks, diags);
        for (size_t t = 0; ok && t < tasks->pair_count; t++) {
            const struct node *blocks = tasks->pairs[t].value;
            ok = check_map(blocks, diags);
            for (size_t b = 0; ok && b < blocks->pair_count; b++)
                ok = check_block(blocks->pairs[b].value, diags);
        }
    }
    return ok;
}

static bool check_form(const struct node *root, struct diag_list *diags)
{
    const struct node *version = node_get(root, "imgbuild_lock");
    const struct node *boards = node_get(root, "boards");
    if (version == NULL || version->kind != NODE_SCALAR || strcmp(version->scalar, "1") != 0 ||
        boards == NULL)
        return wrong_form(root, "unknown lock format: expected imgbuild_lock: 1", diags);
    bool ok = check_map(boards, diags);
    for (size_t i = 0; ok && i < boards->pair_count; i++) {
        const struct node *board = boards->pairs[i].value;
        const struct node *images = node_get(board, "images");
        uint64_t headroom;
        if (images == NULL || !read_per_mille(node_get(board, "headroom"), &headroom))
            return wrong_form(board, "expected a board with headroom: N% and images", diags);
        ok = check_images(images, diags);
    }
    return ok;
}

bool lock_file_per_mille(const char *text, uint64_t *ret)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    const unsigned long whole = strtoul(text, &end, 10);
    unsigned tenth = 0;
    if (end[0] == '.' && end[1] >= '0' && end[1] <= '9') {
        tenth = (unsigned)(end[1] - '0');
        end += 2;
    }
    if (strcmp(end, "%") != 0 || whole > 100)
        return false;
    *ret = whole * 10 + tenth;
    return true;
}

bool lock_file_ask_locked(const char *value, struct lock_file *file)
{
    uint64_t budget = LOCK_BUDGET_PER_MILLE;
    const bool is_strict = strcmp(value, "strict") == 0;
    if (value[0] != '\0' && !is_strict && !lock_file_per_mille(value, &budget))
        return false;
    file->locking = PLAN_LOCKED;
    file->policy.is_strict = is_strict;
    file->policy.budget_per_mille = budget;
    return true;
}

static const struct node *board_of(const struct lock_file *file, const struct manifest *manifest)
{
    if (file->root == NULL)
        return NULL;
    return node_get(node_get(file->root, "boards"), manifest->name.text);
}

bool lock_file_read(const char *manifest_path, const struct manifest *manifest, struct arena *arena,
                    struct lock_file *file, struct diag_list *diags)
{
    file->path = path_join(arena, path_folder(arena, manifest_path), "imgbuild.lock");
    if (file->locking == PLAN_FREE && !file->is_updated)
        return true;
    struct file_stamp stamp;
    if (file_look(file->path, &stamp)) {
        struct span text;
        struct yaml_budget budget = yaml_budget_full();
        if (!file_read(arena, file->path, LOCK_LIMIT_BYTES, NOWHERE, &text, diags) ||
            !yaml_parse(arena, file->path, text, &budget, &file->root, diags) ||
            !check_form(file->root, diags))
            return false;
    }
    const struct node *board = board_of(file, manifest);
    if (board == NULL && file->locking == PLAN_LOCKED) {
        diag_error(diags, "lock-missing", NOWHERE, "%s has no entry for board '%s'", file->path,
                   manifest->name.text);
        diag_hint(diags,
                  "write it with `imgbuild build --update-lock`, and commit it to version control");
        return false;
    }
    if (board != NULL && file->locking == PLAN_LOCKED)
        (void)read_per_mille(node_get(board, "headroom"), &file->policy.headroom_per_mille);
    return true;
}

static struct layout_range range_of(const struct node *block)
{
    uint64_t base = 0;
    uint64_t size = 0;
    (void)number_parse(node_get(block, "base")->scalar, &base);
    (void)number_parse(node_get(block, "size")->scalar, &size);
    return (struct layout_range){base, base + size};
}

struct plan_lock lock_file_of_slot(const struct lock_file *file, const struct plan_slot *slot,
                                   struct arena *arena)
{
    struct plan_lock lock = {.locking = file->locking, .policy = file->policy};
    const struct node *board = board_of(file, slot->manifest);
    const struct node *tasks =
        board == NULL ? NULL : node_get(node_get(board, "images"), slot_key(slot));
    if (tasks == NULL)
        return lock;
    size_t most = 0;
    for (size_t t = 0; t < tasks->pair_count; t++)
        most += tasks->pairs[t].value->pair_count;
    struct layout_locked_block *blocks = ARENA_ARRAY(arena, struct layout_locked_block, most);
    for (size_t t = 0; t < tasks->pair_count; t++) {
        const struct node *of_task = tasks->pairs[t].value;
        struct layout_locked_block block = {0};
        if (!manifest_find_task(slot->manifest, tasks->pairs[t].key, &block.task))
            continue;
        for (size_t b = 0; b < of_task->pair_count; b++) {
            block.range = range_of(of_task->pairs[b].value);
            if (manifest_find_memory(slot->manifest, of_task->pairs[b].key, &block.memory))
                blocks[lock.block_count++] = block;
        }
    }
    lock.blocks = blocks;
    return lock;
}

/* ---- writing ---- */

struct named {
    const char *name;
    size_t index;
};

static int compare_named(const void *left, const void *right)
{
    const struct named *a = left;
    const struct named *b = right;
    return strcmp(a->name, b->name);
}

static void sort_named(struct named *items, size_t count)
{
    if (count > 1)
        qsort(items, count, sizeof *items, compare_named);
}

static void put_task(struct buffer *out, const struct plan *plan, size_t task)
{
    const struct layout_task_answer *answer = &plan->layout.tasks[task];
    struct named *order = ARENA_ARRAY(out->arena, struct named, answer->block_count);
    for (size_t i = 0; i < answer->block_count; i++)
        order[i] = (struct named){plan->request.memories[answer->blocks[i].memory].name, i};
    sort_named(order, answer->block_count);
    buffer_format(out, "        %s: {", plan->request.tasks[task].name);
    for (size_t i = 0; i < answer->block_count; i++) {
        const struct layout_range *range = &answer->blocks[order[i].index].range;
        buffer_format(out, "%s%s: {base: 0x%08llx, size: %llu}", i == 0 ? "" : ", ", order[i].name,
                      (unsigned long long)range->start,
                      (unsigned long long)(range->end - range->start));
    }
    buffer_append_text(out, "}\n");
}

static void put_slot(struct buffer *out, const struct plan_slot *slot, const struct plan *plan)
{
    const size_t count = plan->layout.task_count;
    struct named *order = ARENA_ARRAY(out->arena, struct named, count);
    for (size_t i = 0; i < count; i++)
        order[i] = (struct named){plan->request.tasks[i].name, i};
    sort_named(order, count);
    buffer_format(out, "      %s:\n", slot_key(slot));
    for (size_t i = 0; i < count; i++)
        put_task(out, plan, order[i].index);
}

static void put_percent(struct buffer *out, uint64_t per_mille)
{
    buffer_format(out, "%llu", (unsigned long long)(per_mille / 10));
    if (per_mille % 10 != 0)
        buffer_format(out, ".%llu", (unsigned long long)(per_mille % 10));
    buffer_append_byte(out, '%');
}

/* A tree as read, in the form that this file writes. */
static void put_flow(struct buffer *out, const struct node *node)
{
    if (node->kind == NODE_SCALAR) {
        buffer_append_text(out, node->scalar);
        return;
    }
    buffer_append_byte(out, '{');
    for (size_t i = 0; i < node->pair_count; i++) {
        buffer_format(out, "%s%s: ", i == 0 ? "" : ", ", node->pairs[i].key);
        put_flow(out, node->pairs[i].value);
    }
    buffer_append_byte(out, '}');
}

static void put_other_board(struct buffer *out, const char *name, const struct node *board)
{
    const struct node *images = node_get(board, "images");
    buffer_format(out, "  %s:\n    headroom: %s\n    images:\n", name,
                  node_get(board, "headroom")->scalar);
    for (size_t s = 0; s < images->pair_count; s++) {
        const struct node *tasks = images->pairs[s].value;
        buffer_format(out, "      %s:\n", images->pairs[s].key);
        for (size_t t = 0; t < tasks->pair_count; t++) {
            buffer_format(out, "        %s: ", tasks->pairs[t].key);
            put_flow(out, tasks->pairs[t].value);
            buffer_append_byte(out, '\n');
        }
    }
}

static void put_board(struct buffer *out, const struct lock_file *file,
                      const struct plan_slot *const *slots, const struct plan *const *plans,
                      size_t count)
{
    struct named *order = ARENA_ARRAY(out->arena, struct named, count);
    for (size_t i = 0; i < count; i++)
        order[i] = (struct named){slot_key(slots[i]), i};
    sort_named(order, count);
    buffer_format(out, "  %s:\n    headroom: ", slots[0]->manifest->name.text);
    put_percent(out, file->policy.headroom_per_mille);
    buffer_append_text(out, "\n    images:\n");
    for (size_t i = 0; i < count; i++)
        put_slot(out, slots[order[i].index], plans[order[i].index]);
}

const char *lock_file_text(const struct lock_file *file, const struct plan_slot *const *slots,
                           const struct plan *const *plans, size_t count, struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    buffer_append_text(&out, "# The address of every block. Written by `imgbuild build "
                             "--update-lock`; keep it under version control.\n"
                             "imgbuild_lock: 1\nboards:\n");
    const char *own = slots[0]->manifest->name.text;
    const struct node *boards = file->root == NULL ? NULL : node_get(file->root, "boards");
    const size_t old_count = boards == NULL ? 0 : boards->pair_count;
    struct named *order = ARENA_ARRAY(arena, struct named, old_count + 1);
    size_t order_count = 0;
    order[order_count++] = (struct named){own, SIZE_MAX};
    for (size_t i = 0; i < old_count; i++) {
        if (strcmp(boards->pairs[i].key, own) != 0)
            order[order_count++] = (struct named){boards->pairs[i].key, i};
    }
    sort_named(order, order_count);
    for (size_t i = 0; i < order_count; i++) {
        if (order[i].index == SIZE_MAX) {
            put_board(&out, file, slots, plans, count);
            continue;
        }
        assert(boards != NULL); /* the other names are from there */
        put_other_board(&out, order[i].name, boards->pairs[order[i].index].value);
    }
    return buffer_text(&out);
}
