#include "fixture.h"

#include "base/buffer.h"
#include "manifests/yaml/merge.h"
#include "manifests/yaml/yaml.h"

static const struct node *tree(struct fixture *fixture, const char *text)
{
    struct yaml_budget budget = yaml_budget_full();
    const struct node *root = NULL;
    assert_true(
        yaml_parse(fixture->arena, "a.yaml", span_of_text(text), &budget, &root, &fixture->diags));
    return root;
}

/* Keys and values in one line: "a=1 b=[2 3] c={d=4}". */
static void write_node(struct buffer *text, const struct node *node);

static void write_pairs(struct buffer *text, const struct node *map)
{
    for (size_t i = 0; i < map->pair_count; i++) {
        buffer_format(text, "%s%s=", i == 0 ? "" : " ", map->pairs[i].key);
        write_node(text, map->pairs[i].value);
    }
}

static void write_node(struct buffer *text, const struct node *node)
{
    switch (node->kind) {
    case NODE_NULL:
        buffer_append_text(text, "null");
        return;
    case NODE_SCALAR:
        buffer_append_text(text, node->scalar);
        return;
    case NODE_LIST:
        buffer_append_text(text, "[");
        for (size_t i = 0; i < node->item_count; i++) {
            buffer_append_text(text, i == 0 ? "" : " ");
            write_node(text, node->items[i]);
        }
        buffer_append_text(text, "]");
        return;
    case NODE_MAP:
        buffer_append_text(text, "{");
        write_pairs(text, node);
        buffer_append_text(text, "}");
        return;
    }
}

/* Lays the texts over one another, in their order. */
static const char *merged(struct fixture *fixture, size_t count, const char *const *texts)
{
    const struct node *result = NULL;
    for (size_t i = 0; i < count; i++)
        result = merge_trees(fixture->arena, result, tree(fixture, texts[i]), &fixture->diags);
    struct buffer text = buffer_in(fixture->arena);
    write_pairs(&text, merge_settle(fixture->arena, result, &fixture->diags));
    return buffer_text(&text);
}

#define MERGED(fixture, ...)                                                                       \
    merged((fixture), sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *),                \
           (const char *[]){__VA_ARGS__})

static void test_maps_merge_and_keep_places(void **state)
{
    assert_string_equal(
        MERGED(*state, "{a: 1, b: {x: 1, y: 2}, c: 3}", "{d: 4, b: {z: 5, x: 6}, a: 7}"),
        "a=7 b={x=6 y=2 z=5} c=3 d=4");
    fixture_no_diags(*state);
}

static void test_scalars_and_lists_replace(void **state)
{
    assert_string_equal(MERGED(*state, "{a: [1, 2], b: 1, c: {x: 1}, d: [1], e: 1}",
                               "{a: [3], b: [4], c: 5, d: {y: 1}, e: {z: 1}}"),
                        "a=[3] b=[4] c=5 d={y=1} e={z=1}");
    fixture_no_diags(*state);
}

static void test_append(void **state)
{
    assert_string_equal(MERGED(*state, "{a: [1]}", "{a: !append [2, 3]}", "{a: !append [4]}"),
                        "a=[1 2 3 4]");
    assert_string_equal(MERGED(*state, "{b: 1}", "{a: !append [2]}"), "b=1 a=[2]");
    assert_string_equal(MERGED(*state, "{a: [1]}", "{a: null}", "{a: !append [2]}"), "a=[2]");
    fixture_no_diags(*state);
}

/* Two layers that append are put together before a third is laid below them: a board over its chip.
 */
static void test_append_waits_for_what_lies_below(void **state)
{
    struct fixture *fixture = *state;
    const struct node *upper = merge_trees(fixture->arena, tree(fixture, "{a: !append [2]}"),
                                           tree(fixture, "{a: !append [3]}"), &fixture->diags);
    const struct node *all =
        merge_trees(fixture->arena, tree(fixture, "{a: [1]}"), upper, &fixture->diags);
    struct buffer text = buffer_in(fixture->arena);
    write_pairs(&text, merge_settle(fixture->arena, all, &fixture->diags));
    assert_string_equal(buffer_text(&text), "a=[1 2 3]");
    fixture_no_diags(fixture);
}

static void test_append_to_no_list(void **state)
{
    assert_string_equal(MERGED(*state, "{a: 1}", "{a: !append [2]}"), "a=[2]");
    fixture_only_diag(*state, "manifest-append-to-no-list");
}

static void test_misplaced_append(void **state)
{
    MERGED(*state, "{a: [[1], !append [2]]}");
    fixture_only_diag(*state, "manifest-misplaced-append");
}

static void test_null_removes(void **state)
{
    assert_string_equal(MERGED(*state, "{a: 1, b: {x: 1, y: 2}, c: 3}", "{a: null, b: {x: null}}"),
                        "b={y=2} c=3");
    assert_string_equal(MERGED(*state, "{a: {x: 1}, b: 2}", "{a: null}", "{a: {y: 3}}"),
                        "a={y=3} b=2");
    assert_string_equal(MERGED(*state, "{a: [1, null]}"), "a=[1 null]");
    fixture_no_diags(*state);
}

static void test_nothing_to_remove(void **state)
{
    assert_string_equal(MERGED(*state, "{stack: 1}", "{stak: null}"), "stack=1");
    const struct diag *diag = fixture_only_diag(*state, "manifest-nothing-to-remove");
    assert_string_equal(diag->hint, "did you mean 'stack'?");
}

static void test_inputs_stay_untouched(void **state)
{
    struct fixture *fixture = *state;
    const struct node *base = tree(fixture, "{a: {x: 1}, l: [1]}");
    const struct node *over = tree(fixture, "{a: {x: 2, y: 3}, l: !append [2], z: 1}");
    (void)merge_trees(fixture->arena, base, over, &fixture->diags);
    struct buffer text = buffer_in(fixture->arena);
    write_pairs(&text, base);
    assert_string_equal(buffer_text(&text), "a={x=1} l=[1]");
}

static void test_positions_follow_the_values(void **state)
{
    struct fixture *fixture = *state;
    const struct node *base = tree(fixture, "a: 1\nb: 2\n");
    const struct node *over = tree(fixture, "\n\n\nb: 3\n");
    const struct node *both = merge_trees(fixture->arena, base, over, &fixture->diags);
    assert_int_equal(node_get(both, "a")->pos.line, 1);
    assert_int_equal(node_get(both, "b")->pos.line, 4);
    assert_int_equal(both->pairs[0].key_pos.line, 1);
    assert_int_equal(both->pairs[1].key_pos.line, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_maps_merge_and_keep_places),
        FIXTURE_TEST(test_scalars_and_lists_replace),
        FIXTURE_TEST(test_append),
        FIXTURE_TEST(test_append_waits_for_what_lies_below),
        FIXTURE_TEST(test_append_to_no_list),
        FIXTURE_TEST(test_misplaced_append),
        FIXTURE_TEST(test_null_removes),
        FIXTURE_TEST(test_nothing_to_remove),
        FIXTURE_TEST(test_inputs_stay_untouched),
        FIXTURE_TEST(test_positions_follow_the_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
