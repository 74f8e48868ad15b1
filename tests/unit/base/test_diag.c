/* Diagnostics: what is kept, in which order, and what is suggested. */
#include "base/diag.h"

#include "tests/unit/base/fixture.h"

static void add(struct fixture *fixture, const char *file, uint32_t line, uint32_t column,
                const char *message)
{
    const struct source_pos pos = {file, line, column};
    diag_add(&fixture->diags, DIAG_ERROR, "code", pos, "%s", message);
}

static void check_order(const struct fixture *fixture, const char *const *messages, size_t count)
{
    assert_int_equal(fixture->diags.count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(fixture->diags.items[i].message, messages[i]);
}

static void everything_said_is_kept(void **state)
{
    struct fixture *fixture = *state;
    const struct source_pos pos = {"f", 3, 4};
    assert_false(diag_error(&fixture->diags, "first", pos, "%d of %s", 1, "two"));
    diag_hint(&fixture->diags, "try %d", 5);
    diag_quote(&fixture->diags, "100%s\nsure\n");
    diag_add(&fixture->diags, DIAG_WARNING, "second", NOWHERE, "careful");
    diag_add(&fixture->diags, DIAG_NOTE, "third", NOWHERE, "by the way");
    assert_int_equal(fixture->diags.count, 3);
    assert_int_equal(fixture->diags.error_count, 1);
    const struct diag *diag = fixture->diags.items;
    assert_int_equal(diag->level, DIAG_ERROR);
    assert_string_equal(diag->code, "first");
    assert_int_equal(diag->pos.line, 3);
    assert_int_equal(diag->pos.column, 4);
    assert_string_equal(diag->message, "1 of two");
    assert_string_equal(diag->hint, "try 5");
    assert_string_equal(diag->quote, "100%s\nsure\n");
    assert_null(fixture->diags.items[1].hint);
    assert_null(fixture->diags.items[1].quote);
}

static void order_is_by_first_file_then_line_then_column(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, NULL, 0, 0, "nowhere 1");
    add(fixture, "z", 9, 9, "z:9:9");
    add(fixture, "a", 2, 0, "a:2");
    add(fixture, "z", 2, 10, "z:2:10");
    add(fixture, NULL, 0, 0, "nowhere 2");
    add(fixture, "z", 2, 9, "z:2:9 first");
    add(fixture, "z", 0, 0, "z");
    add(fixture, "z", 2, 9, "z:2:9 second");
    add(fixture, "a", 1, 7, "a:1:7");
    diag_sort(&fixture->diags);
    static const char *const expected[] = {"z",      "z:2:9 first", "z:2:9 second",
                                           "z:2:10", "z:9:9",       "a:1:7",
                                           "a:2",    "nowhere 1",   "nowhere 2"};
    check_order(fixture, expected, COUNT(expected));
}

/* Names are compared, not pointers: the same file is named by many nodes. */
static void files_are_one_when_their_names_are(void **state)
{
    struct fixture *fixture = *state;
    for (uint32_t line = 3; line > 0; line--) {
        add(fixture, arena_format(fixture->arena, "same"), line, 1, "x");
        add(fixture, arena_format(fixture->arena, "other"), line, 1, "y");
    }
    diag_sort(&fixture->diags);
    for (uint32_t i = 0; i < 6; i++) {
        assert_string_equal(fixture->diags.items[i].pos.file, i < 3 ? "same" : "other");
        assert_int_equal(fixture->diags.items[i].pos.line, i % 3 + 1);
    }
}

static void repetitions_go_and_are_not_counted(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "f", 1, 1, "a");
    add(fixture, "f", 1, 1, "b");
    add(fixture, "f", 1, 1, "a");
    add(fixture, NULL, 0, 0, "a");
    add(fixture, NULL, 0, 0, "c");
    add(fixture, NULL, 0, 0, "a");
    diag_sort(&fixture->diags);
    static const char *const expected[] = {"a", "b", "a", "c"};
    check_order(fixture, expected, COUNT(expected));
    assert_int_equal(fixture->diags.error_count, 4);
    diag_sort(&fixture->diags);
    check_order(fixture, expected, COUNT(expected));
}

static void what_differs_in_anything_is_no_repetition(void **state)
{
    struct fixture *fixture = *state;
    const struct source_pos pos = {"f", 1, 1};
    add(fixture, "f", 1, 1, "a");
    add(fixture, "f", 1, 2, "a");
    add(fixture, "f", 2, 1, "a");
    add(fixture, "g", 1, 1, "a");
    diag_error(&fixture->diags, "other-code", pos, "a");
    diag_add(&fixture->diags, DIAG_WARNING, "code", pos, "a");
    add(fixture, "f", 1, 1, "a");
    diag_hint(&fixture->diags, "h");
    add(fixture, "f", 1, 1, "a");
    diag_quote(&fixture->diags, "q");
    diag_sort(&fixture->diags);
    assert_int_equal(fixture->diags.count, 8);
    assert_int_equal(fixture->diags.error_count, 7);
}

static void nothing_can_be_sorted(void **state)
{
    struct fixture *fixture = *state;
    diag_sort(&fixture->diags);
    assert_int_equal(fixture->diags.count, 0);
}

/* ---- suggestions ---- */

static const char *nearest(const char *word)
{
    static const char *const words[] = {"priority", "start", "stack", "uses", "notifications"};
    return diag_nearest(word, words, COUNT(words));
}

static void a_near_word_is_suggested(void **state)
{
    (void)state;
    assert_string_equal(nearest("priorty"), "priority");   /* a letter is missing */
    assert_string_equal(nearest("prioritty"), "priority"); /* one too many */
    assert_string_equal(nearest("proirity"), "priority");  /* two are swapped */
    assert_string_equal(nearest("prioritx"), "priority");  /* one is wrong */
    assert_string_equal(nearest("notification"), "notifications");
    assert_string_equal(nearest("use"), "uses");
    assert_string_equal(nearest("stack"), "stack");
}

static void the_nearest_of_several_is_suggested(void **state)
{
    (void)state;
    assert_string_equal(nearest("stak"), "stack");
    assert_string_equal(nearest("stat"), "start");
    static const char *const equally_near[] = {"ab1", "ab2"};
    assert_string_equal(diag_nearest("ab3", equally_near, 2), "ab1");
}

static void a_word_without_relation_is_not_suggested(void **state)
{
    (void)state;
    assert_null(nearest("memories"));
    assert_null(nearest("x"));
    assert_null(nearest(""));
    assert_null(diag_nearest("start", NULL, 0));
    static const char *const letters[] = {"a", "b"};
    assert_null(diag_nearest("c", letters, 2));
    assert_null(diag_nearest("", letters, 2));
}

static void endless_words_are_no_trouble(void **state)
{
    struct fixture *fixture = *state;
    for (size_t length = 60; length < 70; length++) {
        char *word = arena_alloc(fixture->arena, length + 1, 1);
        memset(word, 'a', length);
        assert_null(nearest(word));
        const char *const words[] = {word};
        const char *found = diag_nearest(word, words, 1);
        assert_true(found == (length <= 64 ? word : NULL));
        assert_null(diag_nearest("a", words, 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everything_said_is_kept),
        TEST(order_is_by_first_file_then_line_then_column),
        TEST(files_are_one_when_their_names_are),
        TEST(repetitions_go_and_are_not_counted),
        TEST(what_differs_in_anything_is_no_repetition),
        TEST(nothing_can_be_sorted),
        TEST(a_near_word_is_suggested),
        TEST(the_nearest_of_several_is_suggested),
        TEST(a_word_without_relation_is_not_suggested),
        TEST(endless_words_are_no_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
