#include "manifests/keys/reader.h"

#include "manifests/yaml/limits.h"
#include "manifests/yaml/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool reader_is_full(const struct reader *reader)
{
    return reader->diags->error_count >= LIMIT_ERRORS;
}

static bool wrong_type(struct reader *reader, const struct node *node, const char *what,
                       const char *wanted)
{
    return diag_error(reader->diags, "manifest-wrong-type", node->pos, "'%s' takes %s, not %s",
                      what, wanted, node_kind_words(node));
}

/* ---- mappings ---- */

static bool is_known(const char *key, const char *const *keys, size_t key_count)
{
    for (size_t i = 0; i < key_count; i++) {
        if (strcmp(key, keys[i]) == 0)
            return true;
    }
    return false;
}

/* A word of one or two letters is near to any other, so it is answered with all of them. */
static void hint_words(struct reader *reader, const char *word, const char *const *words,
                       size_t word_count, const char *what)
{
    enum { SHORT_BYTES = 3 };
    const char *nearest = strlen(word) < SHORT_BYTES ? NULL : diag_nearest(word, words, word_count);
    if (nearest != NULL) {
        diag_hint(reader->diags, "did you mean '%s'?", nearest);
        return;
    }
    char list[256] = "";
    size_t used = 0;
    for (size_t i = 0; i < word_count && used < sizeof list; i++) {
        const int length =
            snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : ", ", words[i]);
        used += length < 0 ? 0 : (size_t)length;
    }
    if (used < sizeof list)
        diag_hint(reader->diags, "%s: %s", what, list);
}

static void report_unknown_key(struct reader *reader, const struct node_pair *pair,
                               const char *owner, const char *const *keys, size_t key_count)
{
    diag_error(reader->diags, "manifest-unknown-key", pair->key_pos, "unknown key '%s' in %s",
               pair->key, owner);
    hint_words(reader, pair->key, keys, key_count, "known keys");
}

bool reader_map(struct reader *reader, const struct node *node, const char *owner,
                const char *const *keys, size_t key_count)
{
    if (node->kind != NODE_MAP)
        return diag_error(reader->diags, "manifest-wrong-type", node->pos,
                          "%s takes a mapping, not %s", owner, node_kind_words(node));
    for (size_t i = 0; i < node->pair_count && !reader_is_full(reader); i++) {
        if (!is_known(node->pairs[i].key, keys, key_count))
            report_unknown_key(reader, &node->pairs[i], owner, keys, key_count);
    }
    return true;
}

bool reader_require(struct reader *reader, const struct node *map, const char *key,
                    struct source_pos pos, const char *owner)
{
    if (node_get(map, key) != NULL)
        return true;
    return diag_error(reader->diags, "manifest-missing-key", pos, "%s has no '%s'", owner, key);
}

bool reader_count(struct reader *reader, const struct node *node, size_t count, size_t limit,
                  const char *what)
{
    if (count <= limit)
        return true;
    return diag_error(reader->diags, "manifest-too-many", node->pos,
                      "%zu %s; at most %zu are allowed", count, what, limit);
}

bool reader_submap(struct reader *reader, const struct node *map, const char *key,
                   const struct node **ret)
{
    const struct node *node = node_get(map, key);
    if (node == NULL)
        return false;
    if (node->kind != NODE_MAP) {
        (void)wrong_type(reader, node, key, "a mapping");
        return false;
    }
    *ret = node;
    return true;
}

/* ---- single values ---- */

bool reader_node_text(struct reader *reader, const struct node *node, const char *what,
                      struct manifest_text *ret)
{
    if (node->kind != NODE_SCALAR)
        return wrong_type(reader, node, what, "text");
    *ret = (struct manifest_text){node->scalar, node->pos};
    return true;
}

static void report_number(struct reader *reader, const struct node *node, const char *what,
                          enum number_result result)
{
    diag_error(reader->diags, "manifest-bad-number", node->pos, "'%s' takes a number, not '%s'",
               what, node->scalar);
    switch (result) {
    case NUMBER_LEADING_ZERO:
        diag_hint(reader->diags, "leave out the leading zero; octal numbers are not supported");
        break;
    case NUMBER_SMALL_SUFFIX:
        diag_hint(reader->diags, "the suffixes are K (1024) and M (1024 * 1024), in capitals");
        break;
    case NUMBER_TOO_LARGE:
        diag_hint(reader->diags, "it does not fit in 64 bits");
        break;
    case NUMBER_NOT_ONE:
    case NUMBER_GOOD:
        diag_hint(reader->diags, "write 1234, 0x4d2 or 4K, without quotes");
        break;
    }
}

static const char *bound_text(struct arena *arena, uint64_t bound)
{
    if (bound > 0xFFFFFF)
        return arena_format(arena, "0x%" PRIx64, bound);
    return arena_format(arena, "%" PRIu64, bound);
}

bool reader_node_number(struct reader *reader, const struct node *node, const char *what,
                        struct reader_bounds bounds, uint64_t *ret)
{
    if (node->kind != NODE_SCALAR)
        return wrong_type(reader, node, what, "a number");
    uint64_t value = 0;
    const enum number_result result =
        node->is_quoted ? NUMBER_NOT_ONE : number_parse(node->scalar, &value);
    if (result != NUMBER_GOOD) {
        report_number(reader, node, what, result);
        return false;
    }
    if (value < bounds.least || value > bounds.most)
        return diag_error(reader->diags, "manifest-out-of-range", node->pos,
                          "'%s' is %s, outside %s to %s", what, node->scalar,
                          bound_text(reader->arena, bounds.least),
                          bound_text(reader->arena, bounds.most));
    *ret = value;
    return true;
}

bool reader_node_choice(struct reader *reader, const struct node *node, const char *what,
                        const char *const *words, size_t word_count, size_t *ret)
{
    if (node->kind != NODE_SCALAR)
        return wrong_type(reader, node, what, "a word");
    for (size_t i = 0; i < word_count; i++) {
        if (strcmp(node->scalar, words[i]) == 0) {
            *ret = i;
            return true;
        }
    }
    diag_error(reader->diags, "manifest-bad-choice", node->pos, "'%s' cannot be '%s'", what,
               node->scalar);
    hint_words(reader, node->scalar, words, word_count, "choose one of");
    return false;
}

/* ---- values of a key ---- */

void reader_text(struct reader *reader, const struct node *map, const char *key,
                 struct manifest_text *ret)
{
    const struct node *node = node_get(map, key);
    struct manifest_text text = {0};
    if (node == NULL || !reader_node_text(reader, node, key, &text))
        return;
    if (node->scalar[0] == '\0')
        diag_error(reader->diags, "manifest-empty-text", text.pos, "'%s' is empty", key);
    else
        *ret = text;
}

void reader_number(struct reader *reader, const struct node *map, const char *key,
                   struct reader_bounds bounds, struct manifest_number *ret)
{
    const struct node *node = node_get(map, key);
    uint64_t value;
    if (node != NULL && reader_node_number(reader, node, key, bounds, &value))
        *ret = (struct manifest_number){value, true, node->pos};
}

void reader_flag(struct reader *reader, const struct node *map, const char *key,
                 struct manifest_flag *ret)
{
    const struct node *node = node_get(map, key);
    if (node == NULL)
        return;
    const bool is_plain = node->kind == NODE_SCALAR && !node->is_quoted;
    const bool is_true = is_plain && strcmp(node->scalar, "true") == 0;
    if (is_true || (is_plain && strcmp(node->scalar, "false") == 0)) {
        *ret = (struct manifest_flag){is_true, true, node->pos};
    } else if (node->kind != NODE_SCALAR) {
        wrong_type(reader, node, key, "true or false");
    } else {
        diag_error(reader->diags, "manifest-wrong-type", node->pos,
                   "'%s' takes true or false, not '%s'", key, node->scalar);
        diag_hint(reader->diags, "write true or false, in lower case and without quotes");
    }
}

bool reader_node_texts(struct reader *reader, const struct node *node, const char *what,
                       struct manifest_texts *ret)
{
    if (node->kind != NODE_LIST) {
        wrong_type(reader, node, what, "a list");
        if (node->kind == NODE_SCALAR)
            diag_hint(reader->diags, "write [%s]", node->scalar);
        return false;
    }
    struct manifest_text *items =
        ARENA_ARRAY(reader->arena, struct manifest_text, node->item_count);
    size_t count = 0;
    for (size_t i = 0; i < node->item_count && !reader_is_full(reader); i++)
        count += reader_node_text(reader, node->items[i], what, &items[count]);
    *ret = (struct manifest_texts){items, count, node->pos};
    return true;
}

void reader_texts(struct reader *reader, const struct node *map, const char *key,
                  struct manifest_texts *ret)
{
    const struct node *node = node_get(map, key);
    if (node != NULL)
        reader_node_texts(reader, node, key, ret);
}

bool reader_choice(struct reader *reader, const struct node *map, const char *key,
                   const char *const *words, size_t word_count, size_t *ret)
{
    const struct node *node = node_get(map, key);
    return node != NULL && reader_node_choice(reader, node, key, words, word_count, ret);
}

/* ---- names ---- */

static bool is_letter_or_digit(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9');
}

static bool is_good_name(const char *name, enum reader_name_kind kind)
{
    if (!is_letter_or_digit(name[0]) && name[0] != '_')
        return false;
    for (size_t i = 0; name[i] != '\0'; i++) {
        const bool is_dot = kind == READER_DOTTED_NAME && name[i] == '.';
        if (!is_letter_or_digit(name[i]) && name[i] != '_' && name[i] != '-' && !is_dot)
            return false;
    }
    return true;
}

bool reader_name(struct reader *reader, struct manifest_text name, enum reader_name_kind kind,
                 const char *what)
{
    if (strlen(name.text) > LIMIT_NAME_BYTES)
        return diag_error(reader->diags, "manifest-bad-name", name.pos,
                          "the %s name has more than %d characters", what, LIMIT_NAME_BYTES);
    if (is_good_name(name.text, kind))
        return true;
    diag_error(reader->diags, "manifest-bad-name", name.pos, "'%s' is not a valid %s name",
               name.text, what);
    diag_hint(reader->diags,
              "a name has letters, digits, '_', '-'%s, and begins with a letter, a "
              "digit or '_'",
              kind == READER_DOTTED_NAME ? ", '.'" : "");
    return false;
}

/* ---- keys without effect ---- */

void reader_note_no_effect(struct reader *reader, struct source_pos pos, const char *dotted_key)
{
    const size_t count = reader->without_effect_count;
    if (count == reader->without_effect_capacity) {
        reader->without_effect_capacity = count == 0 ? 8 : count * 2;
        reader->without_effect =
            arena_grow(reader->arena, reader->without_effect, count,
                       reader->without_effect_capacity, sizeof *reader->without_effect);
    }
    const char *copy = arena_copy_text(reader->arena, dotted_key, strlen(dotted_key));
    reader->without_effect[count] = (struct manifest_text){copy, pos};
    reader->without_effect_count++;
}
