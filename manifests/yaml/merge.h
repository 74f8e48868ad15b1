/* Laying one tree over another, as inheritance and chips do. */
#ifndef MANIFESTS_YAML_MERGE_H
#define MANIFESTS_YAML_MERGE_H

#include "base/arena.h"
#include "manifests/yaml/node.h"

/* `over` laid over `base`: mappings merge key by key, a key keeps the place it has in `base` and
 * new keys come last; scalars and lists replace; a list tagged !append extends the list below it;
 * null takes the value below it away, and stays in the tree as a NODE_NULL until merge_settle.
 * Shape:  base may be NULL. Neither tree is changed; the result shares their nodes.
 * Errors: manifest-append-to-no-list; then the tree of `over` wins. */
const struct node *merge_trees(struct arena *arena, const struct node *base,
                               const struct node *over, struct diag_list *diags);

/* The tree without what only merging needs: nulls that took something away, and tags.
 * Errors: manifest-nothing-to-remove, manifest-misplaced-append. */
const struct node *merge_settle(struct arena *arena, const struct node *tree,
                                struct diag_list *diags);

#endif
