/* The command line: every form of an option, and what is wrong with the others. */
#include "cli/options.h"

#include "tests/unit/base/fixture.h"

static const struct option table[] = {
    {"quiet", 'q', OPTION_FLAG, NULL, "say less"},
    {"verbose", 'v', OPTION_FLAG, NULL, "say more"},
    {"output", 'o', OPTION_ONE, "DIR", "write there"},
    {"define", 'D', OPTION_MANY, "NAME=VALUE", "a variable"},
    {"slot", 0, OPTION_ONE, "NAME", "a slot"},
};

enum { WORDS_MOST = 8 };

static bool read_words(struct fixture *fixture, const char *const *words, struct options *ret)
{
    char *argv[WORDS_MOST];
    int argc = 0;
    for (; words[argc] != NULL; argc++)
        argv[argc] = arena_format(fixture->arena, "%s", words[argc]);
    return options_read(fixture->arena, table, COUNT(table), argc, argv, ret, &fixture->diags);
}

#define READ(fixture, ret, ...)                                                                    \
    read_words((fixture), (const char *const[WORDS_MOST + 1]){__VA_ARGS__}, (ret))

static void every_form_gives_the_value(void **state)
{
    struct fixture *fixture = *state;
    static const char *const forms[][3] = {
        {"--output", "a b"}, {"--output=a b"}, {"-o", "a b"}, {"-oa b"}, {"-qoa b"}, {"-qo", "a b"},
    };
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct options options;
        assert_true(READ(fixture, &options, forms[i][0], forms[i][1]));
        assert_string_equal(options_value(&options, "output"), "a b");
        assert_int_equal(options.word_count, 0);
        assert_int_equal(options_flag(&options, "quiet"), forms[i][0][1] == 'q');
    }
    no_diags(fixture);
}

static void a_value_may_look_like_anything(void **state)
{
    struct fixture *fixture = *state;
    struct options options;
    assert_true(READ(fixture, &options, "--output", "--quiet", "-D", "-o", "--slot="));
    assert_string_equal(options_value(&options, "output"), "--quiet");
    assert_string_equal(options_value(&options, "define"), "-o");
    assert_string_equal(options_value(&options, "slot"), "");
    assert_false(options_flag(&options, "quiet"));
    assert_true(READ(fixture, &options, "--define=a=b=c", "--output", "--"));
    assert_string_equal(options_value(&options, "define"), "a=b=c");
    assert_string_equal(options_value(&options, "output"), "--");
}

static void what_was_not_given_is_not_there(void **state)
{
    struct fixture *fixture = *state;
    struct options options;
    assert_true(READ(fixture, &options, NULL));
    assert_null(options_value(&options, "output"));
    assert_int_equal(options_values(&options, "define")->count, 0);
    assert_false(options_flag(&options, "quiet"));
    assert_int_equal(options.word_count, 0);
}

static void values_are_kept_in_order(void **state)
{
    struct fixture *fixture = *state;
    struct options options;
    assert_true(READ(fixture, &options, "-Da=1", "-qvq", "--define", "b=2", "-D", "a=3"));
    const struct option_values *values = options_values(&options, "define");
    assert_int_equal(values->count, 3);
    assert_string_equal(values->items[0], "a=1");
    assert_string_equal(values->items[1], "b=2");
    assert_string_equal(values->items[2], "a=3");
    assert_string_equal(options_value(&options, "define"), "a=3");
    assert_int_equal(options_values(&options, "quiet")->count, 2);
    assert_true(options_flag(&options, "verbose"));
}

static void words_stand_between_options(void **state)
{
    struct fixture *fixture = *state;
    struct options options;
    assert_true(READ(fixture, &options, "one", "-q", "-", "", "--", "--quiet", "--", "-x"));
    static const char *const words[] = {"one", "-", "", "--quiet", "--", "-x"};
    assert_int_equal(options.word_count, COUNT(words));
    for (size_t i = 0; i < COUNT(words); i++)
        assert_string_equal(options.words[i], words[i]);
    assert_int_equal(options_values(&options, "quiet")->count, 1);
}

static void check_refused(struct fixture *fixture, const char *first, const char *second,
                          const char *message, const char *hint)
{
    struct options options = {.word_count = 77};
    if (READ(fixture, &options, first, second))
        fail_msg("read: %s", first);
    assert_int_equal(options.word_count, 77);
    const struct diag *diag = take_only_diag(fixture, "usage");
    assert_string_equal(diag->message, message);
    if (hint == NULL)
        assert_null(diag->hint);
    else
        assert_string_equal(diag->hint, hint);
}

static void other_forms_are_refused(void **state)
{
    check_refused(*state, "--outpt", "x", "unknown option --outpt", "did you mean --output?");
    check_refused(*state, "--outpt=x", NULL, "unknown option --outpt", "did you mean --output?");
    check_refused(*state, "--out", NULL, "unknown option --out", NULL);
    check_refused(*state, "--zzz", NULL, "unknown option --zzz", NULL);
    check_refused(*state, "--=x", NULL, "unknown option --", NULL);
    check_refused(*state, "---quiet", NULL, "unknown option ---quiet", "did you mean --quiet?");
    check_refused(*state, "-x", NULL, "unknown option -x", NULL);
    check_refused(*state, "-qx", NULL, "unknown option -x", NULL);
    check_refused(*state, "-\xc3\xa9", NULL, "unknown option -\xc3\xa9", NULL);
    check_refused(*state, "--quiet=yes", NULL, "--quiet takes no value", NULL);
    check_refused(*state, "--output", NULL, "--output requires a value: DIR", NULL);
    check_refused(*state, "-qD", NULL, "--define requires a value: NAME=VALUE", NULL);
    check_refused(*state, "-oa", "--output=a", "--output is given twice", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_form_gives_the_value),      TEST(a_value_may_look_like_anything),
        TEST(what_was_not_given_is_not_there), TEST(values_are_kept_in_order),
        TEST(words_stand_between_options),     TEST(other_forms_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
