/* YAML text to a tree. The only user of libyaml.
 *
 * Of YAML 1.1 we take what a manifest needs: one document; mappings with text as keys, lists,
 * scalars; anchors and aliases; the tag !append on lists. Other tags and merge keys are refused.
 */
#ifndef MANIFESTS_YAML_YAML_H
#define MANIFESTS_YAML_YAML_H

#include "base/arena.h"
#include "base/span.h"
#include "manifests/yaml/node.h"

/* How much all files of one manifest may still take. */
struct yaml_budget {
    size_t nodes_left;
    size_t aliases_left;
};

struct yaml_budget yaml_budget_full(void);

/* Parses one document.
 * Shape:  positions name `file`, which must outlive the tree. A plain `null` or `~` is NODE_NULL; a
 *         key without any value is an error, since it may be meant as null or as an empty mapping.
 * Errors: yaml-syntax, yaml-encoding, yaml-empty, yaml-several-documents, yaml-too-deep,
 *         yaml-too-large, yaml-too-many-aliases, yaml-unknown-alias, yaml-tag, yaml-bad-key,
 *         yaml-duplicate-key, yaml-merge-key, yaml-empty-value.
 * Source: YAML 1.1; libyaml's marks count from 0, in code points. */
MUST_CHECK bool yaml_parse(struct arena *arena, const char *file, struct span bytes,
                           struct yaml_budget *budget, const struct node **ret,
                           struct diag_list *diags);

#endif
