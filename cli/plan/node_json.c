#include "cli/plan/node_json.h"

#include "manifests/yaml/number.h"

#include <string.h>

static void write_scalar(struct json_writer *writer, const char *key, const struct node *node,
                         enum node_json_scalars scalars)
{
    uint64_t number;
    const char *text = node->scalar;
    if (scalars == NODE_JSON_TEXT || node->is_quoted)
        json_writer_text(writer, key, text);
    else if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        json_writer_flag(writer, key, text[0] == 't');
    else if (number_parse(text, &number) == NUMBER_GOOD && number <= INT64_MAX)
        json_writer_number(writer, key, number);
    else
        json_writer_text(writer, key, text);
}

void node_json_write(struct json_writer *writer, const char *key, const struct node *node,
                     enum node_json_scalars scalars)
{
    switch (node->kind) {
    case NODE_NULL:
        json_writer_null(writer, key);
        return;
    case NODE_SCALAR:
        write_scalar(writer, key, node, scalars);
        return;
    case NODE_LIST:
        json_writer_open_list(writer, key);
        for (size_t i = 0; i < node->item_count; i++)
            node_json_write(writer, NULL, node->items[i], scalars);
        json_writer_close_list(writer);
        return;
    case NODE_MAP:
        json_writer_open_object(writer, key);
        for (size_t i = 0; i < node->pair_count; i++)
            node_json_write(writer, node->pairs[i].key, node->pairs[i].value, scalars);
        json_writer_close_object(writer);
        return;
    }
}
