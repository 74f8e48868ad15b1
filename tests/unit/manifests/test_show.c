/* What is shown reads back to the same tree. */
#include "fixture.h"

#include "base/buffer.h"

static bool same_tree(const struct node *a, const struct node *b)
{
    if (a->kind != b->kind || a->item_count != b->item_count || a->pair_count != b->pair_count)
        return false;
    if (a->kind == NODE_SCALAR)
        return strcmp(a->scalar, b->scalar) == 0;
    for (size_t i = 0; i < a->item_count; i++) {
        if (!same_tree(a->items[i], b->items[i]))
            return false;
    }
    for (size_t i = 0; i < a->pair_count; i++) {
        if (strcmp(a->pairs[i].key, b->pairs[i].key) != 0 ||
            !same_tree(a->pairs[i].value, b->pairs[i].value))
            return false;
    }
    return true;
}

static const struct node *config_after_round_trip(struct fixture *fixture, const char *config)
{
    struct manifest first;
    struct manifest second;
    const char *text = arena_format(fixture->arena,
                                    BOARD_HEAD "tasks:\n  a:\n    priority: 0\n    stack: 1K\n"
                                               "    config:\n%s",
                                    config);
    if (!fixture_load(fixture, text, &first))
        fixture_print_diags(fixture);
    fixture_no_diags(fixture);
    const char *shown = manifest_show(&first, MANIFEST_PLAIN, fixture->arena);
    const bool again = fixture_load(fixture, shown, &second);
    fixture_no_diags(fixture);
    assert_true(again);
    assert_true(same_tree(first.root, second.root));
    assert_string_equal(manifest_show(&second, MANIFEST_PLAIN, fixture->arena), shown);
    return second.tasks[0].config;
}

static void test_kinds_of_text(void **state)
{
    const struct node *config = config_after_round_trip(
        *state, "      quoted: \"true\"\n"
                "      number: 0x10\n"
                "      negative: -5\n"
                "      float: 1.5e3\n"
                "      null-word: 'null'\n"
                "      empty: ''\n"
                "      colon: 'a: b'\n"
                "      hash: 'a #b'\n"
                "      quote: 'it''s \"so\"'\n"
                "      backslash: 'C:\\x'\n"
                "      escapes: \"tab\\t line\\n bell\\a esc\\e nel\\N ls\\L bom\\uFEFF\"\n"
                "      accents: \xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\n"
                "      folded: several words\n"
                "        on two\n\n        lines\n"
                "      block: |\n        first\n          second\n\n"
                "      'odd key: #': 1\n"
                "      '<<': 1\n"
                "      '*star': '*star'\n"
                "      '- dash': '- dash'\n"
                "      '---': '...'\n");
    assert_true(node_get(config, "quoted")->is_quoted);
    assert_false(node_get(config, "number")->is_quoted);
    assert_false(node_get(config, "negative")->is_quoted);
    assert_string_equal(node_get(config, "null-word")->scalar, "null");
    assert_string_equal(node_get(config, "folded")->scalar, "several words on two\nlines");
    assert_string_equal(node_get(config, "block")->scalar, "first\n  second\n");
    assert_string_equal(node_get(config, "escapes")->scalar,
                        "tab\t line\n bell\a esc\x1B nel\xC2\x85 ls\xE2\x80\xA8 bom\xEF\xBB\xBF");
}

static void test_kinds_of_collections(void **state)
{
    const struct node *config = config_after_round_trip(
        *state, "      lists: [[], [1, [2, {a: [null]}]], {}, {b: {c: []}}]\n"
                "      map: {}\n");
    assert_int_equal(node_get(config, "lists")->item_count, 4);
    assert_int_equal(node_get(config, "map")->kind, NODE_MAP);
}

static void test_every_scalar(void **state)
{
    struct fixture *fixture = *state;
    for (unsigned letter = 1; letter < 0x300; letter++) {
        const char *key =
            arena_format(fixture->arena, "      k: \"\\u%04X\\u%04X x\"\n", letter, letter);
        config_after_round_trip(fixture, key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_kinds_of_text),
        FIXTURE_TEST(test_kinds_of_collections),
        FIXTURE_TEST(test_every_scalar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
