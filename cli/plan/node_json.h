/* Manifest values as JSON. */
#ifndef CLI_PLAN_NODE_JSON_H
#define CLI_PLAN_NODE_JSON_H

#include "cli/format/json_writer.h"
#include "manifests/yaml/node.h"

enum node_json_scalars {
    NODE_JSON_TEXT, /* every scalar is a string, as written */
    NODE_JSON_TYPED /* unquoted numbers and flags become JSON numbers and booleans */
};

void node_json_write(struct json_writer *writer, const char *key, const struct node *node,
                     enum node_json_scalars scalars);

#endif
