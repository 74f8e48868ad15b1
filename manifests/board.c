#include "manifests/board.h"

#include "base/buffer.h"
#include "base/path.h"
#include "layout/mpu/mpu_facts.h"
#include "manifests/checks/checks.h"
#include "manifests/keys/flatten.h"
#include "manifests/keys/kernel_keys.h"
#include "manifests/keys/program_keys.h"
#include "manifests/keys/references.h"
#include "manifests/keys/release_keys.h"
#include "manifests/keys/settings.h"
#include "manifests/keys/severity.h"
#include "manifests/keys/task_keys.h"
#include "manifests/keys/toolchain_keys.h"
#include "manifests/yaml/limits.h"

#include <string.h>

static const char *const KEYS[] = {
    "schema", "inherit",   "name",    "board",  "version",  "epoch",      "chip",  "code_memory",
    "images", "toolchain", "mpu",     "stack",  "kernel",   "info",       "tasks", "data_memory",
    "checks", "formats",   "mcuboot", "compat", "memories", "peripherals"};
static const char *const INFO_KEYS[] = {"size", "tasks"};

enum { INFO_LEAST_BYTES = 32, INFO_MOST_BYTES = 1 << 20 };

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* ---- identity ---- */

/* Grammar: [a-z0-9][a-z0-9._-]*. It names files, so it is short and has no capitals. */
static bool is_board_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    return strlen(name) <= LIMIT_NAME_BYTES && name[0] != '.' && name[0] != '_' && name[0] != '-' &&
           strspn(name, letters) == strlen(name);
}

static void read_identity(struct reader *reader, const struct node *root)
{
    struct manifest *manifest = reader->manifest;
    reader_require(reader, root, "schema", root->pos, "the manifest");
    reader_require(reader, root, "name", root->pos, "the manifest");
    reader_text(reader, root, "name", &manifest->name);
    if (manifest->name.text != NULL && !is_board_name(manifest->name.text)) {
        diag_error(reader->diags, "manifest-bad-name", manifest->name.pos,
                   "'%s' cannot be part of output file names", manifest->name.text);
        diag_hint(reader->diags,
                  "use at most %d lowercase letters, digits, '.', '_' and '-', beginning with a "
                  "letter or a digit",
                  LIMIT_NAME_BYTES);
    }
    manifest->board = manifest->name;
    reader_text(reader, root, "board", &manifest->board);
    if (node_get(root, "board") != NULL && manifest->board.text != NULL)
        reader_name(reader, manifest->board, READER_DOTTED_NAME, "board");
}

static void read_chip_name(struct reader *reader, const struct flat_board *flat)
{
    if (flat->chip == NULL || !chip_keys_check(reader, flat->chip))
        return;
    if (flat->chip_is_file)
        reader_require(reader, flat->chip, "schema", flat->chip->pos, "the chip file");
    reader_require(reader, flat->chip, "chip", flat->chip->pos, "the chip file");
    reader_text(reader, flat->chip, "chip", &reader->manifest->chip);
}

/* ---- image slots ---- */

static const char *joined_words(struct arena *arena, const char *const *words, size_t count)
{
    struct buffer joined = buffer_in(arena);
    for (size_t i = 0; i < count; i++)
        buffer_format(&joined, "%s%s", i == 0 ? "" : ", ", words[i]);
    return buffer_text(&joined);
}

/* The slots that the board builds, in its order, while they are found. */
struct selection {
    struct manifest_image *images;
    size_t count;
    const char *as_they_are; /* the slot that moves no memory because the chip does not know it */
};

/* Whether a slot is among those of the board, or of the chip: *ret is its index there. */
static bool find_image(const struct manifest_image *images, size_t count, const char *name,
                       size_t *ret)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(images[i].name.text, name) != 0)
            continue;
        *ret = i;
        return true;
    }
    return false;
}

/* The chip's slots are overrides. One slot can do without; two would be one. */
static void refuse_second(struct reader *reader, const struct selection *selection,
                          struct manifest_text name)
{
    const struct manifest *manifest = reader->manifest;
    const char **words = ARENA_ARRAY(reader->arena, const char *, manifest->image_count);
    for (size_t i = 0; i < manifest->image_count; i++)
        words[i] = manifest->images[i].name.text;
    diag_error(reader->diags, "manifest-unknown-image", name.pos,
               "image slots '%s' and '%s' would lie at the same addresses: the chip moves no "
               "memory for either",
               selection->as_they_are, name.text);
    const char *near = diag_nearest(name.text, words, manifest->image_count);
    if (near != NULL)
        diag_hint(reader->diags, "did you mean '%s'?", near);
    else if (manifest->image_count > 0)
        diag_hint(reader->diags, "the chip's 'images' has %s",
                  joined_words(reader->arena, words, manifest->image_count));
    else
        diag_hint(reader->diags,
                  "the chip's 'images' says where each slot lies: images: {%s: "
                  "{flash: {base: 0x00200000, size: 2M}}}",
                  name.text);
}

static void select_image(struct reader *reader, struct manifest_text name,
                         struct selection *selection)
{
    const struct manifest *manifest = reader->manifest;
    struct manifest_image image = {.name = name};
    size_t found;
    if (find_image(selection->images, selection->count, name.text, &found)) {
        diag_error(reader->diags, "manifest-named-twice", name.pos, "'%s' is listed twice",
                   name.text);
        return;
    }
    if (find_image(manifest->images, manifest->image_count, name.text, &found)) {
        image = manifest->images[found];
    } else if (selection->as_they_are != NULL) {
        refuse_second(reader, selection, name);
        return;
    } else {
        reader_name(reader, name, READER_WORD, "image slot");
        selection->as_they_are = name.text;
    }
    image.is_built = true;
    selection->images[selection->count++] = image;
}

static void select_images(struct reader *reader, const struct node *root)
{
    struct manifest *manifest = reader->manifest;
    struct manifest_texts names = {0};
    reader_texts(reader, root, "images", &names);
    struct selection selection = {.images = ARENA_ARRAY(reader->arena, struct manifest_image,
                                                        names.count + manifest->image_count)};
    for (size_t i = 0; i < names.count && !reader_is_full(reader); i++)
        select_image(reader, names.items[i], &selection);
    for (size_t i = 0; i < manifest->image_count; i++) {
        size_t found;
        if (!find_image(selection.images, selection.count, manifest->images[i].name.text, &found))
            selection.images[selection.count++] = manifest->images[i];
    }
    manifest->images = selection.images;
    manifest->image_count = selection.count;
}

/* ---- info block ---- */

static void read_info(struct reader *reader, const struct node *root)
{
    struct manifest_info_block *info = &reader->manifest->info;
    const struct node *node = node_get(root, "info");
    struct manifest_number size = {0};
    if (node == NULL || !reader_map(reader, node, "'info'", INFO_KEYS, COUNT(INFO_KEYS)))
        return;
    info->is_given = true;
    info->pos = node->pos;
    reader_require(reader, node, "size", node->pos, "'info'");
    reader_number(reader, node, "size", (struct reader_bounds){INFO_LEAST_BYTES, INFO_MOST_BYTES},
                  &size);
    info->size = size.value;
    references_read(reader, node, "tasks", references_tasks(reader), REFERENCE_LIST_ONLY,
                    &info->tasks);
    /* a size that some region has, one at address 0 has */
    if (!reader->mpu_is_known || !size.is_given ||
        mpu_covers_exactly(&reader->manifest->mpu, 0, size.value))
        return;
    diag_error(reader->diags, "manifest-not-coverable", size.pos,
               "no MPU region has the size of the info block, %u bytes", (unsigned)size.value);
    diag_hint(reader->diags, "%s", mpu_rule_words(&reader->manifest->mpu));
}

/* ---- boards ---- */

static void read_default_memories(struct reader *reader, const struct node *root)
{
    struct manifest *manifest = reader->manifest;
    reader_require(reader, root, "code_memory", root->pos, "the manifest");
    reader_require(reader, root, "data_memory", root->pos, "the manifest");
    reader->code_memory_is_known =
        program_keys_read_code_memory(reader, root, &manifest->code_memory);
    program_keys_read_data_memory(reader, root, &manifest->data_memories);
}

static void read_programs(struct reader *reader, const struct node *root)
{
    const struct node *tasks = node_get(root, "tasks");
    struct manifest_number stack = {0};
    const bool has_tasks = task_keys_index(reader, tasks, root->pos);
    program_keys_read_stack(reader, root, &stack);
    stack.is_given =
        node_get(root, "stack") != NULL; /* a wrong one is reported once, not per task */
    kernel_keys_read(reader, node_get(root, "kernel"), root->pos);
    read_info(reader, root);
    if (has_tasks)
        task_keys_read_all(reader, tasks, stack);
}

static void read_board(struct reader *reader, const struct flat_board *flat)
{
    const struct node *root = flat->root;
    const struct chip_tree hardware = flatten_hardware(flat);
    reader->manifest->root = root;
    reader_map(reader, root, "the manifest", KEYS, COUNT(KEYS));
    read_identity(reader, root);
    read_chip_name(reader, flat);
    chip_keys_read(reader, &hardware);
    select_images(reader, root);
    toolchain_keys_read(reader, node_get(root, "toolchain"));
    read_default_memories(reader, root);
    read_programs(reader, root);
    release_keys_read(reader, root);
    severity_read(reader, node_get(root, "checks"));
}

/* What was read of a board before its options and its chip were looked at. Trees never change. */
struct manifest_source {
    struct inherit inherit;
    const struct node *tree;
    const char *path;
};

static const struct manifest_source *keep_source(const struct inherit *inherit,
                                                 const struct node *tree, const char *path)
{
    struct manifest_source *source = ARENA_NEW(inherit->arena, struct manifest_source);
    *source = (struct manifest_source){*inherit, tree, path};
    source->inherit.files.capacity = inherit->files.count; /* each chip's name has its own room */
    source->inherit.resolved.capacity = inherit->resolved.count;
    return source;
}

static bool make_manifest(struct inherit *inherit, const struct node *tree, const char *path,
                          const struct manifest_options *options, struct manifest *ret)
{
    struct manifest manifest = {.variables = options->variables,
                                .variable_count = options->variable_count,
                                .source = keep_source(inherit, tree, path)};
    struct flat_board flat;
    struct reader reader = {
        .arena = inherit->arena,
        .diags = inherit->diags,
        .options = options,
        .manifest = &manifest,
        .board_folder = path_folder(inherit->arena, path),
    };
    const size_t errors_before = inherit->diags->error_count;
    if (!settings_apply(inherit->arena, options, &inherit->budget, &tree, inherit->diags) ||
        !flatten_board(inherit, tree, reader.board_folder, &flat))
        return false;
    manifest.files = inherit->files;
    manifest.versions = inherit->versions;
    read_board(&reader, &flat);
    manifest.without_effect =
        (struct manifest_texts){reader.without_effect, reader.without_effect_count, NOWHERE};
    if (reader.mpu_is_known && reader.code_memory_is_known)
        checks_run(&manifest, inherit->arena, inherit->diags);
    if (inherit->diags->error_count != errors_before)
        return false;
    *ret = manifest;
    return true;
}

bool board_load_text(struct arena *arena, const char *name, struct span text,
                     const struct manifest_options *options, struct manifest *ret,
                     struct diag_list *diags)
{
    struct inherit inherit = inherit_begin(arena, INHERIT_FROM_NOTHING, diags);
    const struct node *tree;
    return inherit_load_text(&inherit, name, text, &tree) &&
           make_manifest(&inherit, tree, name, options, ret);
}

bool manifest_load_with(struct arena *arena, const char *path,
                        const struct manifest_options *options, struct manifest *ret,
                        struct diag_list *diags)
{
    struct inherit inherit = inherit_begin(arena, INHERIT_FROM_FILES, diags);
    const struct node *tree;
    return inherit_load(&inherit, path, NOWHERE, &tree) &&
           make_manifest(&inherit, tree, path, options, ret);
}

bool manifest_load_again(const struct manifest *loaded, const struct manifest_options *options,
                         struct manifest *ret, struct diag_list *diags)
{
    const struct manifest_source *source = loaded->source;
    struct inherit inherit = source->inherit;
    inherit.diags = diags;
    return make_manifest(&inherit, source->tree, source->path, options, ret);
}

bool manifest_load(struct arena *arena, const char *path, const struct manifest_variable *variables,
                   size_t variable_count, enum manifest_scope scope, struct manifest *ret,
                   struct diag_list *diags)
{
    const struct manifest_options options = {
        .variables = variables, .variable_count = variable_count, .scope = scope};
    return manifest_load_with(arena, path, &options, ret, diags);
}
