/* Reading manifest files with what they inherit. */
#ifndef MANIFESTS_YAML_INHERIT_H
#define MANIFESTS_YAML_INHERIT_H

#include "base/file_version.h"
#include "manifests/yaml/node.h"
#include "manifests/yaml/yaml.h"

enum inherit_access {
    INHERIT_FROM_FILES,
    INHERIT_FROM_NOTHING /* every file is missing: for text that must not reach the disk */
};

/* The files of one manifest, each read once. */
struct inherit {
    struct arena *arena;
    struct diag_list *diags;
    enum inherit_access access;
    struct yaml_budget budget;
    struct path_list files;        /* as opened */
    struct file_version *versions; /* as files: the bytes that were parsed */
    struct path_list resolved;     /* the same files, absolute, links resolved */
    struct source_pos *named_at;   /* where each was named */
    size_t named_capacity;
};

struct inherit inherit_begin(struct arena *arena, enum inherit_access access,
                             struct diag_list *diags);

/* Reads a file and lays it over all that its `inherit` key names, in the order named.
 * Shape:  the tree is not settled (see merge.h) and has no `inherit` key.
 * Errors: file-…, yaml-…, manifest-inherited-twice, manifest-too-many-files, manifest-schema,
 *         manifest-wrong-type, manifest-append-to-no-list. */
MUST_CHECK bool inherit_load(struct inherit *inherit, const char *path, struct source_pos named_at,
                             const struct node **ret);

/* The same for text that has been read already; `file` names it and the folder its paths start at.
 */
MUST_CHECK bool inherit_load_text(struct inherit *inherit, const char *file, struct span text,
                                  const struct node **ret);

#endif
