#include "manifests/keys/severity.h"

#include <string.h>

/* A check that a manifest may change. */
struct check {
    const char *name;
    bool has_effect; /* false: the check itself does not exist yet */
};

static const struct check CHECKS[] = {{"call-inversion", true},
                                      {"constructors-not-run", true},
                                      {"link-warning", true},
                                      {"stack-depth", false}};
static const char *const KEYS[] = {"level", "why"};
static const char *const LEVELS[] = {"error", "warn", "off"};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const struct check *find_check(struct reader *reader, struct manifest_text name)
{
    const char *words[COUNT(CHECKS)];
    for (size_t i = 0; i < COUNT(CHECKS); i++) {
        words[i] = CHECKS[i].name;
        if (strcmp(words[i], name.text) == 0)
            return &CHECKS[i];
    }
    diag_error(reader->diags, "manifest-unknown-check", name.pos, "there is no check '%s'",
               name.text);
    const char *nearest = diag_nearest(name.text, words, COUNT(CHECKS));
    if (nearest != NULL)
        diag_hint(reader->diags, "did you mean '%s'?", nearest);
    else
        diag_hint(reader->diags, "checks that can be changed: call-inversion, "
                                 "constructors-not-run, link-warning, stack-depth");
    return NULL;
}

/* A check that is weakened says why, so that a reader of the manifest can judge it. */
static void check_reason(struct reader *reader, const struct node_pair *pair)
{
    struct manifest_text why = {0};
    reader_text(reader, pair->value, "why", &why);
    if (why.text != NULL || node_get(pair->value, "why") != NULL)
        return;
    diag_error(reader->diags, "manifest-check-without-reason", pair->key_pos,
               "check '%s' is weakened without a reason", pair->key);
    diag_hint(reader->diags, "%s: {level: warn, why: \"...\"}", pair->key);
}

static bool read_check(struct reader *reader, const struct node_pair *pair,
                       struct manifest_check_level *ret)
{
    const char *owner = arena_format(reader->arena, "check '%s'", pair->key);
    const struct manifest_text name = {pair->key, pair->key_pos};
    const struct check *check = find_check(reader, name);
    size_t level;
    if (check == NULL || !reader_map(reader, pair->value, owner, KEYS, COUNT(KEYS)) ||
        !reader_require(reader, pair->value, "level", pair->key_pos, owner) ||
        !reader_choice(reader, pair->value, "level", LEVELS, COUNT(LEVELS), &level))
        return false;
    if (level != 0)
        check_reason(reader, pair);
    if (!check->has_effect)
        reader_note_no_effect(reader, pair->key_pos,
                              arena_format(reader->arena, "checks.%s", pair->key));
    *ret = (struct manifest_check_level){
        .name = name, .is_off = level == 2, .level = level == 0 ? DIAG_ERROR : DIAG_WARNING};
    return true;
}

void severity_read(struct reader *reader, const struct node *checks)
{
    if (checks == NULL)
        return;
    if (checks->kind != NODE_MAP) {
        diag_error(reader->diags, "manifest-wrong-type", checks->pos,
                   "'checks' takes a mapping, not %s", node_kind_words(checks));
        return;
    }
    struct manifest_check_level *levels =
        ARENA_ARRAY(reader->arena, struct manifest_check_level, checks->pair_count);
    size_t count = 0;
    for (size_t i = 0; i < checks->pair_count && !reader_is_full(reader); i++)
        count += read_check(reader, &checks->pairs[i], &levels[count]);
    reader->manifest->checks = levels;
    reader->manifest->check_count = count;
}

bool manifest_check_is_on(const struct manifest *manifest, const char *check,
                          enum diag_level default_level, enum diag_level *ret_level)
{
    *ret_level = default_level;
    for (size_t i = 0; i < manifest->check_count; i++) {
        if (strcmp(manifest->checks[i].name.text, check) == 0) {
            *ret_level = manifest->checks[i].level;
            return !manifest->checks[i].is_off;
        }
    }
    return true;
}
