/* Manifest values as JSON. */
#ifndef CLI_PLAN_NODE_JSON_H
#define CLI_PLAN_NODE_JSON_H

#include "manifests/yaml/node.h"

enum node_json_scalars {
    NODE_JSON_TEXT, /* every scalar is a string, as written */
    NODE_JSON_TYPED /* unquoted numbers and flags become JSON numbers and booleans */
};

/* The value as indented JSON text that ends with a newline. */
const char *node_json_text(const struct node *node, enum node_json_scalars scalars,
                           struct arena *arena);

#endif
