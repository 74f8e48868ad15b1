#include "fixture.h"

#include "base/buffer.h"
#include "manifests/yaml/limits.h"
#include "manifests/yaml/yaml.h"

static bool parse_span(struct fixture *fixture, struct span text, const struct node **ret)
{
    struct yaml_budget budget = yaml_budget_full();
    return yaml_parse(fixture->arena, "a.yaml", text, &budget, ret, &fixture->diags);
}

static const struct node *parse(struct fixture *fixture, const char *text)
{
    const struct node *root = NULL;
    const bool parsed = parse_span(fixture, span_of_text(text), &root);
    fixture_no_diags(fixture);
    assert_true(parsed);
    return root;
}

static const struct diag *refuse(struct fixture *fixture, const char *text, const char *code)
{
    const struct node *root = NULL;
    assert_false(parse_span(fixture, span_of_text(text), &root));
    assert_null(root);
    return fixture_only_diag(fixture, code);
}

static void assert_pos(struct source_pos pos, uint32_t line, uint32_t column)
{
    assert_string_equal(pos.file, "a.yaml");
    assert_int_equal(pos.line, line);
    assert_int_equal(pos.column, column);
}

static void test_tree(void **state)
{
    const struct node *root = parse(*state, "a: 1\nb: [x, 'y', null, ~]\nc: {d: \"null\"}\n");
    assert_int_equal(root->kind, NODE_MAP);
    assert_int_equal(root->pair_count, 3);
    assert_string_equal(root->pairs[0].key, "a");
    const struct node *list = node_get(root, "b");
    assert_int_equal(list->item_count, 4);
    assert_false(list->items[0]->is_quoted);
    assert_true(list->items[1]->is_quoted);
    assert_int_equal(list->items[2]->kind, NODE_NULL);
    assert_int_equal(list->items[3]->kind, NODE_NULL);
    const struct node *quoted = node_get(node_get(root, "c"), "d");
    assert_int_equal(quoted->kind, NODE_SCALAR);
    assert_string_equal(quoted->scalar, "null");
    assert_null(node_get(root, "e"));
    assert_null(node_get(list, "a"));
}

static void test_positions_count_code_points(void **state)
{
    const struct node *root = parse(*state, "\xEF\xBB\xBF"
                                            "a: {\xC3\xA9\xE2\x82\xAC: 1, b: 2}\n"
                                            "list:\n  - x\n  -  y\n");
    assert_pos(root->pos, 1, 1);
    const struct node *map = node_get(root, "a");
    assert_pos(map->pos, 1, 4);
    assert_pos(map->pairs[1].key_pos, 1, 12);
    assert_pos(map->pairs[1].value->pos, 1, 15);
    const struct node *list = node_get(root, "list");
    assert_pos(list->items[1]->pos, 4, 6);
}

static void test_aliases_repeat_values(void **state)
{
    const struct node *root = parse(*state, "a: &x {k: [1, 2]}\nb: *x\nc: &x 5\nd: *x\n");
    assert_ptr_equal(node_get(root, "a"), node_get(root, "b"));
    assert_pos(node_get(root, "b")->pos, 1, 4);
    assert_string_equal(node_get(root, "d")->scalar, "5");
}

static void test_alias_cannot_reach_into_itself(void **state)
{
    refuse(*state, "a: &x [1, *x]\n", "yaml-unknown-alias");
}

static void test_refused_documents(void **state)
{
    static const struct {
        const char *text, *code;
        uint32_t line, column;
    } cases[] = {
        {"", "yaml-empty", 0, 0},
        {"# only this\n", "yaml-empty", 0, 0},
        {"---\n...\n", "yaml-empty", 2, 1},
        {"a: 1\n---\nb: 2\n", "yaml-several-documents", 2, 1},
        {"a: [1\n", "yaml-syntax", 2, 1},
        {"a: 1\n b: 2\n", "yaml-syntax", 2, 3},
        {"a: !!str 1\n", "yaml-tag", 1, 4},
        {"a: !append 1\n", "yaml-tag", 1, 4},
        {"a: !append {b: 1}\n", "yaml-tag", 1, 4},
        {"a: !other [1]\n", "yaml-tag", 1, 4},
        {"[a]: 1\n", "yaml-bad-key", 1, 1},
        {"{a: 1}: 1\n", "yaml-bad-key", 1, 1},
        {"a: &x 1\n*x : 2\n", "yaml-bad-key", 2, 1},
        {"&x a: 1\n", "yaml-bad-key", 1, 1},
        {"<<: {a: 1}\n", "yaml-merge-key", 1, 1},
        {"a: 1\nb: 2\na: 3\n", "yaml-duplicate-key", 3, 1},
        {"a: 1\n'a': 3\n", "yaml-duplicate-key", 2, 1},
        {"a: {b: 1, b: 1}\n", "yaml-duplicate-key", 1, 11},
        {"a:\nb: 2\n", "yaml-empty-value", 1, 1},
        {"a: [1, , 2]\n", "yaml-syntax", 1, 8},
        {"a:\n  -\n  - 1\n", "yaml-empty-value", 2, 4},
        {"a: *nowhere\n", "yaml-unknown-alias", 1, 4},
        {"a: \"x\\0y\"\n", "yaml-encoding", 1, 4},
        {"a: \xFF\n", "yaml-encoding", 1, 4},
        {"a: \xC0\x80\n", "yaml-encoding", 1, 4},         /* overlong NUL */
        {"a: \xED\xA0\x80\n", "yaml-encoding", 1, 4},     /* a surrogate */
        {"a: \xF4\x90\x80\x80\n", "yaml-encoding", 1, 4}, /* beyond the last code point */
        {"a: \xE2\x82", "yaml-encoding", 1, 4},           /* cut short */
        {"a: \xEF\xBF\xBE\n", "yaml-encoding", 1, 4},     /* U+FFFE */
        {"a: b\n\nc: \x1B[31m\n", "yaml-encoding", 3, 4},
        {"a: \xC2\x9B\n", "yaml-encoding", 1, 4}, /* a C1 control */
        {"a: \x7F\n", "yaml-encoding", 1, 4},
        {"\xFF\xFE"
         "a: 1\n",
         "yaml-encoding", 1, 1}, /* UTF-16 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture *fixture = *state;
        fixture->diags = diag_list_in(fixture->arena);
        const struct diag *diag = refuse(fixture, cases[i].text, cases[i].code);
        assert_pos(diag->pos, cases[i].line, cases[i].column);
    }
}

static void test_nul_byte(void **state)
{
    const struct node *root = NULL;
    const struct span text = {(const uint8_t *)"a: 1\nb\0: 2\n", 11};
    assert_false(parse_span(*state, text, &root));
    assert_pos(fixture_only_diag(*state, "yaml-encoding")->pos, 2, 2);
}

static void test_quoted_merge_key_is_a_key(void **state)
{
    assert_non_null(node_get(parse(*state, "'<<': 1\n"), "<<"));
}

static const char *nested(struct fixture *fixture, size_t depth)
{
    struct buffer text = buffer_in(fixture->arena);
    buffer_fill(&text, '[', depth);
    buffer_append_text(&text, "1");
    buffer_fill(&text, ']', depth);
    return buffer_text(&text);
}

static void test_depth_limit(void **state)
{
    parse(*state, nested(*state, LIMIT_DEPTH));
    refuse(*state, nested(*state, LIMIT_DEPTH + 1), "yaml-too-deep");
}

static void test_very_deep_nesting(void **state)
{
    refuse(*state, nested(*state, 200000), "yaml-too-deep");
}

/* Each line holds the last one ten times. */
static void test_billion_laughs(void **state)
{
    struct fixture *fixture = *state;
    struct buffer text = buffer_in(fixture->arena);
    buffer_append_text(&text, "a0: &a0 [l, l, l, l, l, l, l, l, l, l]\n");
    for (int i = 1; i < 10; i++) {
        buffer_format(&text, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++)
            buffer_format(&text, "%s*a%d", k == 0 ? "" : ", ", i - 1);
        buffer_append_text(&text, "]\n");
    }
    refuse(fixture, buffer_text(&text), "yaml-too-large");
}

static const char *aliases(struct fixture *fixture, size_t count)
{
    struct buffer text = buffer_in(fixture->arena);
    buffer_append_text(&text, "a: &a 1\nb:\n");
    for (size_t i = 0; i < count; i++)
        buffer_append_text(&text, "  - *a\n");
    return buffer_text(&text);
}

static void test_alias_limit(void **state)
{
    parse(*state, aliases(*state, LIMIT_ALIASES));
    refuse(*state, aliases(*state, LIMIT_ALIASES + 1), "yaml-too-many-aliases");
}

static void test_node_limit(void **state)
{
    struct fixture *fixture = *state;
    struct buffer text = buffer_in(fixture->arena);
    buffer_append_text(&text, "a:\n");
    for (int i = 0; i < LIMIT_NODES; i++)
        buffer_append_text(&text, "- 1\n");
    refuse(fixture, buffer_text(&text), "yaml-too-large");
}

static void test_many_duplicate_keys_end_early(void **state)
{
    struct fixture *fixture = *state;
    struct buffer text = buffer_in(fixture->arena);
    for (int i = 0; i < 100000; i++)
        buffer_append_text(&text, "a: 1\n");
    const struct node *root;
    assert_false(parse_span(fixture, buffer_span(&text), &root));
    assert_int_equal(fixture->diags.count, LIMIT_ERRORS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_tree),
        FIXTURE_TEST(test_positions_count_code_points),
        FIXTURE_TEST(test_aliases_repeat_values),
        FIXTURE_TEST(test_alias_cannot_reach_into_itself),
        FIXTURE_TEST(test_refused_documents),
        FIXTURE_TEST(test_nul_byte),
        FIXTURE_TEST(test_quoted_merge_key_is_a_key),
        FIXTURE_TEST(test_depth_limit),
        FIXTURE_TEST(test_very_deep_nesting),
        FIXTURE_TEST(test_billion_laughs),
        FIXTURE_TEST(test_alias_limit),
        FIXTURE_TEST(test_node_limit),
        FIXTURE_TEST(test_many_duplicate_keys_end_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
