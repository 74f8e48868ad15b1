#include "manifests/yaml/yaml.h"

#include "manifests/yaml/limits.h"
#include "manifests/yaml/names.h"
#include "manifests/yaml/utf8.h"

#include <string.h>
#include <yaml.h>

enum { FIRST_ROOM = 64 }; /* of all lists and mappings that are being read */

struct anchor {
    const char *name;
    const struct node *node;
    size_t node_count; /* of the whole subtree */
};

struct parser {
    yaml_parser_t yaml;
    struct arena *arena;
    struct diag_list *diags;
    struct yaml_budget *budget;
    struct span text;
    const char *file;
    struct anchor anchors[LIMIT_ANCHORS];
    size_t anchor_count;
    size_t depth;
    struct node_pair *pairs; /* of all mappings that are being read, the innermost one's last; a
                                list's items have no key */
    size_t pair_count, pair_capacity;
};

static bool parse_node(struct parser *parser, const yaml_event_t *event, const struct node **ret);

struct yaml_budget yaml_budget_full(void)
{
    return (struct yaml_budget){LIMIT_NODES, LIMIT_ALIASES};
}

/* ---- encoding ---- */

static bool report_encoding(struct parser *parser, struct source_pos pos, size_t offset,
                            size_t length, uint32_t code_point)
{
    if (length == 0) {
        diag_error(parser->diags, "yaml-encoding", pos, "byte 0x%02x is not UTF-8",
                   parser->text.data[offset]);
        diag_hint(parser->diags, "save the file as UTF-8");
    } else {
        diag_error(parser->diags, "yaml-encoding", pos, "control character U+%04X",
                   (unsigned)code_point);
        diag_hint(parser->diags, "a manifest is text; remove the character");
    }
    return false;
}

/* Done before libyaml looks at the text, since its own errors of this kind have no line. */
static bool check_encoding(struct parser *parser)
{
    struct source_pos pos = {parser->file, 1, 1};
    for (size_t i = 0; i < parser->text.bytes;) {
        uint32_t code_point = 0;
        const size_t length = utf8_decode(parser->text, i, &code_point);
        if (length == 0 || !utf8_is_allowed(code_point))
            return report_encoding(parser, pos, i, length, code_point);
        i += length;
        pos.column++;
        if (code_point == '\n') {
            pos.line++;
            pos.column = 1;
        }
    }
    return true;
}

/* ---- events ---- */

static struct source_pos position(const struct parser *parser, yaml_mark_t mark)
{
    return (struct source_pos){parser->file, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

/* libyaml counts code points, not bytes. */
static bool is_tab_at(const struct parser *parser, yaml_mark_t mark)
{
    size_t offset = 0;
    uint32_t code_point = 0;
    for (size_t i = 0; i < mark.index && offset < parser->text.bytes; i++)
        offset += utf8_decode(parser->text, offset, &code_point);
    return offset < parser->text.bytes && parser->text.data[offset] == '\t';
}

static void hint_at_syntax(struct parser *parser)
{
    const yaml_parser_t *yaml = &parser->yaml;
    if (is_tab_at(parser, yaml->problem_mark))
        diag_hint(parser->diags, "indent with spaces; YAML does not allow tabs here");
    else if (yaml->context == NULL)
        return;
    else if (strstr(yaml->context, "an alias") != NULL)
        diag_hint(parser->diags, "quote text that begins with '*'");
    else if (strstr(yaml->context, "an anchor") != NULL)
        diag_hint(parser->diags, "quote text that begins with '&'");
    else if (yaml->context_mark.line != yaml->problem_mark.line)
        diag_hint(parser->diags, "it begins at line %zu", yaml->context_mark.line + 1);
}

static bool syntax_error(struct parser *parser)
{
    const yaml_parser_t *yaml = &parser->yaml;
    const char *problem = yaml->problem != NULL ? yaml->problem : "cannot be read";
    const char *context = yaml->context;
    const struct source_pos pos = position(parser, yaml->problem_mark);
    if (context == NULL)
        diag_error(parser->diags, "yaml-syntax", pos, "%s", problem);
    else
        diag_error(parser->diags, "yaml-syntax", pos, "%s %s", context, problem);
    hint_at_syntax(parser);
    return false;
}

static bool next_event(struct parser *parser, yaml_event_t *ret)
{
    if (yaml_parser_parse(&parser->yaml, ret))
        return true;
    return syntax_error(parser);
}

/* Reads an event that the grammar of YAML fixes, such as the start of the stream. */
static bool skip_event(struct parser *parser, yaml_event_type_t *ret_type)
{
    yaml_event_t event;
    if (!next_event(parser, &event))
        return false;
    *ret_type = event.type;
    yaml_event_delete(&event);
    return true;
}

/* ---- nodes ---- */

static bool spend_nodes(struct parser *parser, size_t count, struct source_pos pos)
{
    if (count > parser->budget->nodes_left) {
        diag_error(parser->diags, "yaml-too-large", pos,
                   "more than %d values in all files together", LIMIT_NODES);
        diag_hint(parser->diags, "each use of an anchor counts as all that the anchor holds");
        return false;
    }
    parser->budget->nodes_left -= count;
    return true;
}

static const char *anchor_name(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return (const char *)event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT:
        return (const char *)event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:
        return (const char *)event->data.mapping_start.anchor;
    default: /* not our enum: the other events carry no anchor */
        return NULL;
    }
}

static const char *tag_name(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return (const char *)event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
        return (const char *)event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
        return (const char *)event->data.mapping_start.tag;
    default: /* not our enum: the other events carry no tag */
        return NULL;
    }
}

/* An anchor is known only when its node is complete, so no alias can reach into itself. */
static bool add_anchor(struct parser *parser, const char *name, const struct node *node,
                       size_t node_count)
{
    if (parser->anchor_count == LIMIT_ANCHORS)
        return diag_error(parser->diags, "yaml-too-many-aliases", node->pos,
                          "more than %d anchors in a file", LIMIT_ANCHORS);
    const char *copy = arena_copy_text(parser->arena, name, strlen(name));
    parser->anchors[parser->anchor_count++] = (struct anchor){copy, node, node_count};
    return true;
}

static bool use_alias(struct parser *parser, const yaml_event_t *event, const struct node **ret)
{
    const char *name = (const char *)event->data.alias.anchor;
    const struct source_pos pos = position(parser, event->start_mark);
    if (parser->budget->aliases_left == 0)
        return diag_error(parser->diags, "yaml-too-many-aliases", pos,
                          "more than %d aliases in all files together", LIMIT_ALIASES);
    parser->budget->aliases_left--;
    for (size_t i = parser->anchor_count; i > 0; i--) {
        const struct anchor *anchor = &parser->anchors[i - 1];
        if (strcmp(anchor->name, name) == 0) {
            *ret = anchor->node;
            return spend_nodes(parser, anchor->node_count, pos);
        }
    }
    diag_error(parser->diags, "yaml-unknown-alias", pos, "no anchor '&%s' before this alias", name);
    diag_hint(parser->diags, "an alias repeats a value that was marked earlier in the same file; "
                             "quote the text if it only begins with '*'");
    return false;
}

static bool is_null_word(const char *text)
{
    return strcmp(text, "null") == 0 || strcmp(text, "Null") == 0 || strcmp(text, "NULL") == 0 ||
           strcmp(text, "~") == 0;
}

static bool parse_scalar(struct parser *parser, const yaml_event_t *event, struct node *node)
{
    const char *text = (const char *)event->data.scalar.value;
    const size_t length = event->data.scalar.length;
    if (memchr(text, '\0', length) != NULL)
        return diag_error(parser->diags, "yaml-encoding", node->pos, "text holds a NUL character");
    node->kind = NODE_SCALAR;
    node->scalar = arena_copy_text(parser->arena, text, length);
    node->is_quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (!node->is_quoted && is_null_word(node->scalar))
        node->kind = NODE_NULL;
    return true;
}

static bool is_empty_plain(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0 &&
           event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static bool parse_item(struct parser *parser, const yaml_event_t *event, const struct node **ret)
{
    if (is_empty_plain(event)) {
        diag_error(parser->diags, "yaml-empty-value", position(parser, event->start_mark),
                   "a list item has no value");
        diag_hint(parser->diags, "write \"\" for empty text, or remove the item");
    }
    return parse_node(parser, event, ret);
}

static void push_pair(struct parser *parser, struct node_pair pair)
{
    if (parser->pair_count == parser->pair_capacity) {
        const size_t capacity = parser->pair_capacity == 0 ? FIRST_ROOM : parser->pair_capacity * 2;
        parser->pairs = arena_grow(parser->arena, parser->pairs, parser->pair_count, capacity,
                                   sizeof *parser->pairs);
        parser->pair_capacity = capacity;
    }
    parser->pairs[parser->pair_count++] = pair;
}

/* Takes what was pushed since there were `first` as the node's items. */
static void take_items(struct parser *parser, size_t first, struct node *node)
{
    const size_t count = parser->pair_count - first;
    const struct node **items = ARENA_ARRAY(parser->arena, const struct node *, count);
    for (size_t i = 0; i < count; i++)
        items[i] = parser->pairs[first + i].value;
    parser->pair_count = first;
    node->items = items;
    node->item_count = count;
}

static bool parse_list(struct parser *parser, struct node *node)
{
    const size_t first = parser->pair_count;
    for (;;) {
        yaml_event_t event;
        struct node_pair pair = {.key = NULL};
        if (!next_event(parser, &event))
            return false;
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }
        const bool parsed = parse_item(parser, &event, &pair.value);
        yaml_event_delete(&event);
        if (!parsed)
            return false;
        push_pair(parser, pair);
    }
    take_items(parser, first, node);
    return true;
}

static bool check_key(struct parser *parser, const yaml_event_t *event)
{
    const struct source_pos pos = position(parser, event->start_mark);
    if (event->type != YAML_SCALAR_EVENT) {
        diag_error(parser->diags, "yaml-bad-key", pos, "a key must be a single word");
        diag_hint(parser->diags, "quote text that begins with one of [ { & * !");
        return false;
    }
    if (event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL)
        return diag_error(parser->diags, "yaml-bad-key", pos,
                          "a key cannot have an anchor or a tag");
    if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
        strcmp((const char *)event->data.scalar.value, "<<") == 0) {
        diag_error(parser->diags, "yaml-merge-key", pos, "merge keys '<<' are not supported");
        diag_hint(parser->diags, "put the common part in its own file and list it in 'inherit'");
        return false;
    }
    return true;
}

static bool parse_key(struct parser *parser, const yaml_event_t *event, struct node_pair *pair)
{
    struct node key = {.pos = position(parser, event->start_mark)};
    if (!check_key(parser, event) || !parse_scalar(parser, event, &key))
        return false;
    pair->key = key.scalar;
    pair->key_pos = key.pos;
    return true;
}

static bool parse_value(struct parser *parser, struct node_pair *pair)
{
    yaml_event_t event;
    if (!next_event(parser, &event))
        return false;
    const bool is_empty = is_empty_plain(&event);
    const bool parsed = parse_node(parser, &event, &pair->value);
    yaml_event_delete(&event);
    if (!parsed || !is_empty)
        return parsed;
    diag_error(parser->diags, "yaml-empty-value", pair->key_pos, "'%s' has no value", pair->key);
    diag_hint(parser->diags, "write {} for an empty mapping, [] for an empty list, \"\" for empty "
                             "text, or null to remove an inherited value");
    return true;
}

static void report_duplicate_keys(struct parser *parser, const struct node *map)
{
    const struct name_index index = name_index_of_keys(parser->arena, map);
    size_t first = 0;
    for (size_t i = 1; i < index.count && parser->diags->error_count < LIMIT_ERRORS; i++) {
        if (strcmp(index.entries[i].name, index.entries[first].name) != 0) {
            first = i;
            continue;
        }
        const struct node_pair *earlier = &map->pairs[index.entries[first].position];
        const struct node_pair *pair = &map->pairs[index.entries[i].position];
        diag_error(parser->diags, "yaml-duplicate-key", pair->key_pos, "'%s' is given twice",
                   pair->key);
        diag_hint(parser->diags, "first given at line %u", (unsigned)earlier->key_pos.line);
    }
}

/* The same for a mapping's pairs. */
static void take_pairs(struct parser *parser, size_t first, struct node *node)
{
    const size_t count = parser->pair_count - first;
    const struct node_pair *from = count == 0 ? NULL : &parser->pairs[first];
    node->pairs = arena_grow(parser->arena, from, count, count, sizeof *parser->pairs);
    node->pair_count = count;
    parser->pair_count = first;
}

static bool parse_map(struct parser *parser, struct node *node)
{
    const size_t first = parser->pair_count;
    for (;;) {
        yaml_event_t event;
        struct node_pair pair = {.key = NULL};
        if (!next_event(parser, &event))
            return false;
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }
        const bool parsed = parse_key(parser, &event, &pair);
        yaml_event_delete(&event);
        if (!parsed || !parse_value(parser, &pair))
            return false;
        push_pair(parser, pair);
    }
    take_pairs(parser, first, node);
    report_duplicate_keys(parser, node);
    return true;
}

static bool check_tag(struct parser *parser, const yaml_event_t *event, struct source_pos pos)
{
    static const char standard[] = "tag:yaml.org,2002:"; /* what !! stands for */
    const char *tag = tag_name(event);
    if (tag == NULL || (event->type == YAML_SEQUENCE_START_EVENT && strcmp(tag, "!append") == 0))
        return true;
    if (strcmp(tag, "!append") == 0)
        diag_error(parser->diags, "yaml-tag", pos, "only a list can be tagged !append");
    else if (strncmp(tag, standard, strlen(standard)) == 0)
        diag_error(parser->diags, "yaml-tag", pos, "unknown tag '!!%s'", tag + strlen(standard));
    else
        diag_error(parser->diags, "yaml-tag", pos, "unknown tag '%s'", tag);
    diag_hint(parser->diags, "the only tag is !append, on a list that extends an inherited one");
    return false;
}

static bool parse_content(struct parser *parser, const yaml_event_t *event, struct node *node)
{
    if (event->type == YAML_SCALAR_EVENT)
        return parse_scalar(parser, event, node);
    if (parser->depth == LIMIT_DEPTH)
        return diag_error(parser->diags, "yaml-too-deep", node->pos, "nested more than %d deep",
                          LIMIT_DEPTH);
    parser->depth++;
    bool parsed;
    if (event->type == YAML_SEQUENCE_START_EVENT) {
        node->kind = NODE_LIST;
        node->appends = tag_name(event) != NULL;
        parsed = parse_list(parser, node);
    } else {
        node->kind = NODE_MAP;
        parsed = parse_map(parser, node);
    }
    parser->depth--;
    return parsed;
}

static bool parse_node(struct parser *parser, const yaml_event_t *event, const struct node **ret)
{
    if (event->type == YAML_ALIAS_EVENT)
        return use_alias(parser, event, ret);
    const size_t left_before = parser->budget->nodes_left;
    struct node *node = ARENA_NEW(parser->arena, struct node);
    node->pos = position(parser, event->start_mark);
    if (!spend_nodes(parser, 1, node->pos) || !check_tag(parser, event, node->pos) ||
        !parse_content(parser, event, node))
        return false;
    const char *anchor = anchor_name(event);
    if (anchor != NULL &&
        !add_anchor(parser, anchor, node, left_before - parser->budget->nodes_left))
        return false;
    *ret = node;
    return true;
}

/* ---- documents ---- */

static bool parse_root(struct parser *parser, const struct node **ret)
{
    yaml_event_t event;
    if (!next_event(parser, &event))
        return false;
    const struct source_pos pos = position(parser, event.start_mark);
    const bool is_empty = is_empty_plain(&event);
    const bool parsed = parse_node(parser, &event, ret);
    yaml_event_delete(&event);
    if (parsed && is_empty)
        return diag_error(parser->diags, "yaml-empty", pos, "the document is empty");
    return parsed;
}

static bool parse_end(struct parser *parser)
{
    yaml_event_type_t type;
    if (!skip_event(parser, &type)) /* the end of the document */
        return false;
    yaml_event_t event;
    if (!next_event(parser, &event))
        return false;
    const struct source_pos pos = position(parser, event.start_mark);
    type = event.type;
    yaml_event_delete(&event);
    if (type == YAML_STREAM_END_EVENT)
        return true;
    return diag_error(parser->diags, "yaml-several-documents", pos,
                      "a second document begins here; a file holds one");
}

static bool parse_document(struct parser *parser, const struct node **ret)
{
    yaml_event_type_t type;
    if (!skip_event(parser, &type)) /* the start of the stream */
        return false;
    if (!skip_event(parser, &type))
        return false;
    if (type != YAML_DOCUMENT_START_EVENT)
        return diag_error(parser->diags, "yaml-empty", (struct source_pos){parser->file, 0, 0},
                          "the file is empty");
    return parse_root(parser, ret) && parse_end(parser);
}

static struct span without_byte_order_mark(struct span bytes)
{
    static const uint8_t mark[] = {0xEF, 0xBB, 0xBF};
    if (bytes.bytes >= sizeof mark && memcmp(bytes.data, mark, sizeof mark) == 0)
        return (struct span){bytes.data + sizeof mark, bytes.bytes - sizeof mark};
    return bytes;
}

bool yaml_parse(struct arena *arena, const char *file, struct span bytes,
                struct yaml_budget *budget, const struct node **ret, struct diag_list *diags)
{
    struct parser *parser = ARENA_NEW(arena, struct parser);
    parser->arena = arena;
    parser->diags = diags;
    parser->budget = budget;
    parser->text = without_byte_order_mark(bytes);
    parser->file = file;
    if (!check_encoding(parser))
        return false;
    if (!yaml_parser_initialize(&parser->yaml))
        return diag_error(diags, "yaml-syntax", (struct source_pos){file, 0, 0}, "out of memory");
    yaml_parser_set_encoding(&parser->yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser->yaml, parser->text.data, parser->text.bytes);
    const size_t errors_before = diags->error_count;
    const struct node *root = NULL;
    const bool parsed = parse_document(parser, &root);
    yaml_parser_delete(&parser->yaml);
    if (!parsed || diags->error_count != errors_before)
        return false;
    *ret = root;
    return true;
}
