#include "cli/plan/node_json.h"

#include "cli/format/json_text.h"
#include "manifests/yaml/number.h"

#include <jansson.h>
#include <string.h>

static json_t *scalar_json(const struct node *node, enum node_json_scalars scalars)
{
    uint64_t number;
    if (scalars == NODE_JSON_TEXT || node->is_quoted)
        return json_string(node->scalar);
    if (strcmp(node->scalar, "true") == 0 || strcmp(node->scalar, "false") == 0)
        return json_boolean(node->scalar[0] == 't');
    if (number_parse(node->scalar, &number) == NUMBER_GOOD && number <= INT64_MAX)
        return json_integer((json_int_t)number);
    return json_string(node->scalar);
}

static json_t *node_json(const struct node *node, enum node_json_scalars scalars);

static json_t *list_json(const struct node *node, enum node_json_scalars scalars)
{
    json_t *json = json_array();
    for (size_t i = 0; i < node->item_count; i++)
        json_array_append_new(json, node_json(node->items[i], scalars));
    return json;
}

static json_t *map_json(const struct node *node, enum node_json_scalars scalars)
{
    json_t *json = json_object();
    for (size_t i = 0; i < node->pair_count; i++)
        json_object_set_new(json, node->pairs[i].key, node_json(node->pairs[i].value, scalars));
    return json;
}

static json_t *node_json(const struct node *node, enum node_json_scalars scalars)
{
    switch (node->kind) {
    case NODE_NULL:
        return json_null();
    case NODE_SCALAR:
        return scalar_json(node, scalars);
    case NODE_LIST:
        return list_json(node, scalars);
    case NODE_MAP:
        return map_json(node, scalars);
    }
    return json_null();
}

const char *node_json_text(const struct node *node, enum node_json_scalars scalars,
                           struct arena *arena)
{
    json_t *json = node_json(node, scalars);
    const char *text = json_text_take(json_dumps(json, JSON_INDENT(1) | JSON_ENCODE_ANY), arena);
    json_decref(json);
    return text;
}
