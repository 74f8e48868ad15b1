/* A YAML document as a tree that remembers where each value was written. */
#ifndef MANIFESTS_YAML_NODE_H
#define MANIFESTS_YAML_NODE_H

#include "base/diag.h"

enum node_kind { NODE_NULL, NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node_pair {
    const char *key;
    struct source_pos key_pos;
    const struct node *value;
};

struct node {
    enum node_kind kind;
    struct source_pos pos;
    const char *scalar; /* NODE_SCALAR: its text */
    bool is_quoted;     /* NODE_SCALAR: quoted, so it is text and no number, flag or null */
    bool appends;       /* NODE_LIST: tagged !append, only before inheritance is resolved */
    bool has_removed;   /* NODE_NULL: took an inherited value away, only before it is resolved */
    const struct node *const *items; /* NODE_LIST */
    size_t item_count;
    const struct node_pair *pairs; /* NODE_MAP: keys unique, in order of first appearance */
    size_t pair_count;
};

/* The value of a key; NULL when it is absent or when the node is no map. */
const struct node *node_get(const struct node *map, const char *key);

/* What a node is, in words for a message: "a list". */
const char *node_kind_words(const struct node *node);

#endif
