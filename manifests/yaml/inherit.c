#include "manifests/yaml/inherit.h"

#include "base/path.h"
#include "manifests/yaml/limits.h"
#include "manifests/yaml/merge.h"

#include <string.h>

static bool lay_file_over(struct inherit *inherit, const char *path, struct source_pos named_at,
                          const struct node **tree);

struct inherit inherit_begin(struct arena *arena, enum inherit_access access,
                             struct diag_list *diags)
{
    return (struct inherit){
        .arena = arena, .diags = diags, .access = access, .budget = yaml_budget_full()};
}

/* ---- files, each once ---- */

static bool report_twice(struct inherit *inherit, const char *path, struct source_pos named_at,
                         size_t first)
{
    diag_error(inherit->diags, "manifest-inherited-twice", named_at, "'%s' is read twice", path);
    const struct source_pos earlier = inherit->named_at[first];
    if (earlier.file == NULL)
        diag_hint(inherit->diags, "it is the manifest itself: a file cannot inherit itself");
    else
        diag_hint(inherit->diags, "%s, line %u, names it already", earlier.file,
                  (unsigned)earlier.line);
    return false;
}

static bool register_file(struct inherit *inherit, const char *path, struct source_pos named_at)
{
    const char *resolved = file_resolve(inherit->arena, path);
    if (resolved == NULL)
        resolved = path; /* reading it will say what is wrong */
    for (size_t i = 0; i < inherit->resolved.count; i++) {
        if (strcmp(inherit->resolved.items[i], resolved) == 0)
            return report_twice(inherit, path, named_at, i);
    }
    const size_t count = inherit->files.count;
    if (count == LIMIT_FILES)
        return diag_error(inherit->diags, "manifest-too-many-files", named_at,
                          "the manifest consists of more than %d files", LIMIT_FILES);
    if (count == inherit->named_capacity) {
        inherit->named_capacity = LIMIT_FILES;
        inherit->named_at = arena_grow(inherit->arena, inherit->named_at, count, LIMIT_FILES,
                                       sizeof *inherit->named_at);
        inherit->versions = arena_grow(inherit->arena, inherit->versions, count, LIMIT_FILES,
                                       sizeof *inherit->versions);
    }
    inherit->named_at[count] = named_at;
    path_list_add(&inherit->files, inherit->arena, path);
    path_list_add(&inherit->resolved, inherit->arena, resolved);
    return true;
}

/* ---- the keys that every file may have ---- */

/* Each file is checked by itself: a merge would hide the version of all but the last. */
static void check_schema(struct inherit *inherit, const struct node *tree)
{
    const struct node *schema = node_get(tree, "schema");
    if (schema == NULL ||
        (schema->kind == NODE_SCALAR && !schema->is_quoted && strcmp(schema->scalar, "1") == 0))
        return;
    diag_error(inherit->diags, "manifest-schema", schema->pos, "unknown schema version %s",
               schema->kind == NODE_SCALAR ? schema->scalar : node_kind_words(schema));
    diag_hint(inherit->diags, "this imgbuild reads 'schema: 1'");
}

static const struct node *without_inherit(struct arena *arena, const struct node *tree)
{
    struct node_pair *pairs = ARENA_ARRAY(arena, struct node_pair, tree->pair_count);
    size_t count = 0;
    for (size_t i = 0; i < tree->pair_count; i++) {
        if (strcmp(tree->pairs[i].key, "inherit") != 0)
            pairs[count++] = tree->pairs[i];
    }
    struct node *node = ARENA_NEW(arena, struct node);
    *node = *tree;
    node->pairs = pairs;
    node->pair_count = count;
    return node;
}

static bool lay_named_over(struct inherit *inherit, const struct node *name,
                           const struct node **tree)
{
    if (name->kind != NODE_SCALAR || name->scalar[0] == '\0') {
        diag_error(inherit->diags, "manifest-wrong-type", name->pos,
                   "'inherit' takes a file name or a list of them, not %s",
                   name->kind == NODE_SCALAR ? "empty text" : node_kind_words(name));
        return false;
    }
    const char *folder = path_folder(inherit->arena, name->pos.file);
    const char *path = path_join(inherit->arena, folder, name->scalar);
    return lay_file_over(inherit, path, name->pos, tree);
}

static bool lay_inherited_over(struct inherit *inherit, const struct node *names,
                               const struct node **tree)
{
    if (names == NULL)
        return true;
    if (names->kind != NODE_LIST || names->appends)
        return lay_named_over(inherit, names, tree);
    bool all_good = true;
    for (size_t i = 0; i < names->item_count; i++)
        all_good = lay_named_over(inherit, names->items[i], tree) && all_good;
    return all_good;
}

/* ---- layers ---- */

/* Lays first what the text inherits, then the text itself over *tree. */
static bool lay_text_over(struct inherit *inherit, const char *file, struct span text,
                          const struct node **tree)
{
    const struct node *own;
    if (!yaml_parse(inherit->arena, file, text, &inherit->budget, &own, inherit->diags))
        return false;
    if (own->kind != NODE_MAP) {
        diag_error(inherit->diags, "manifest-wrong-type", own->pos,
                   "a manifest is a mapping, not %s", node_kind_words(own));
        diag_hint(inherit->diags, "write 'key: value' lines, such as 'schema: 1'");
        return false;
    }
    const bool inherited = lay_inherited_over(inherit, node_get(own, "inherit"), tree);
    check_schema(inherit, own);
    *tree =
        merge_trees(inherit->arena, *tree, without_inherit(inherit->arena, own), inherit->diags);
    return inherited;
}

static bool lay_file_over(struct inherit *inherit, const char *path, struct source_pos named_at,
                          const struct node **tree)
{
    struct span text;
    if (inherit->access == INHERIT_FROM_NOTHING)
        return diag_error(inherit->diags, "file-missing", named_at, "'%s' cannot be read here",
                          path);
    if (!register_file(inherit, path, named_at) ||
        !file_version_read(inherit->arena, path, LIMIT_FILE_BYTES, named_at, &text,
                           &inherit->versions[inherit->files.count - 1], inherit->diags))
        return false;
    return lay_text_over(inherit, path, text, tree);
}

bool inherit_load(struct inherit *inherit, const char *path, struct source_pos named_at,
                  const struct node **ret)
{
    const struct node *tree = NULL;
    const size_t errors_before = inherit->diags->error_count;
    if (!lay_file_over(inherit, path, named_at, &tree) ||
        inherit->diags->error_count != errors_before)
        return false;
    *ret = tree;
    return true;
}

bool inherit_load_text(struct inherit *inherit, const char *file, struct span text,
                       const struct node **ret)
{
    const struct node *tree = NULL;
    const size_t errors_before = inherit->diags->error_count;
    if (!lay_text_over(inherit, file, text, &tree) || inherit->diags->error_count != errors_before)
        return false;
    *ret = tree;
    return true;
}
