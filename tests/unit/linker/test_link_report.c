/* Linkers' words, as they were once printed, and what is made of them. */
#include "workshop.h"

#include "base/buffer.h"

static const char *const no_objects[] = {"a.o"};

static struct link_step step_with(const struct program *program, const char *words)
{
    return (struct link_step){
        .program = program,
        .output = span_of_text(words),
        .exit_status = 0,
    };
}

static struct link_step failed_with(const struct program *program, const char *words)
{
    struct link_step step = step_with(program, words);
    step.failed = true;
    step.exit_status = 1;
    return step;
}

static void test_largest_overflow_of_each_memory(void **state)
{
    struct workshop *shop = *state;
    struct program program = task_of(no_objects, 1);
    static const char *const memories[] = {"flash", "ram-1", "ram.1"};
    program.memories = memories;
    program.memory_count = 3;
    static const char words[] =
        "ld.lld: error: section '.text' will not fit in region 'flash': overflowed by 40 bytes\n"
        "ld.lld: error: section '.data' will not fit in region 'flash': overflowed by 12 bytes\n"
        "ld: region `ram_1_2' overflowed by 5 bytes\n"
        "ld: region `flash2' overflowed by 9999 bytes\n"
        "ld: region `ram_1' overflowed by 99999999999999999999999999 bytes\n";
    size_t count;
    const struct link_overflow *overflows =
        link_report_overflows(shop->arena, &program, span_of_text(words), &count);
    assert_int_equal(count, 3);
    assert_int_equal(overflows[0].bytes_over, 40);
    assert_true(overflows[1].bytes_over == UINT64_MAX);
    assert_int_equal(overflows[2].memory, 2);
    assert_int_equal(overflows[2].bytes_over, 5);
}

static void test_words_of_a_good_link(void **state)
{
    struct workshop *shop = *state;
    const struct program program = task_of(no_objects, 1);
    static const char *const harmless[] = {
        "",
        "ld: warning: cannot find entry symbol x; defaulting to 00002000\n",
    };
    for (size_t i = 0; i < COUNT(harmless); i++) {
        const struct link_step step = step_with(&program, harmless[i]);
        link_report(shop->arena, &step, &shop->diags);
        link_report_words(shop->arena, &step, DIAG_WARNING, &shop->diags);
    }
    assert_int_equal(shop->diags.count, 0);
    const struct link_step step =
        step_with(&program, "ld: a.o: odd\033[31m\nplugin needed\nld: a.o: odd\033[31m\n");
    link_report_words(shop->arena, &step, DIAG_WARNING, &shop->diags);
    link_report_words(shop->arena, &step, DIAG_WARNING, &shop->diags); /* linked again */
    assert_int_equal(shop->diags.count, 1);
    assert_int_equal(shop->diags.items[0].level, DIAG_WARNING);
    assert_string_equal(shop->diags.items[0].code, "link-warning");
    assert_string_equal(shop->diags.items[0].quote, "ld: a.o: odd?[31m\nplugin needed\n");
}

static void test_many_lines_are_cut(void **state)
{
    struct workshop *shop = *state;
    const struct program program = task_of(no_objects, 1);
    struct buffer words = buffer_in(shop->arena);
    for (int i = 0; i < 100; i++)
        buffer_format(&words, "a.c: undefined reference to `f%d'\n\n", i);
    const struct link_step step = failed_with(&program, buffer_text(&words));
    link_report(shop->arena, &step, &shop->diags);
    assert_int_equal(shop->diags.count, 1);
    assert_string_equal(shop->diags.items[0].message,
                        "task net refers to `f0`, `f1`, `f2`, `f3`, `f4`, `f5`, `f6`, `f7` and "
                        "others, which nothing defines");
    const char *quote = shop->diags.items[0].quote;
    assert_null(strstr(quote, "f40"));
    assert_non_null(strstr(quote, "(and 60 more lines)\n"));
}

static void test_failures_without_known_words(void **state)
{
    struct workshop *shop = *state;
    const struct program program = task_of(no_objects, 1);
    struct link_step step = failed_with(&program, "something new\n");
    link_report(shop->arena, &step, &shop->diags);
    step.exit_status = -1;
    step.signal_number = 11;
    link_report(shop->arena, &step, &shop->diags);
    assert_string_equal(shop->diags.items[0].code, "link-failed");
    assert_string_equal(shop->diags.items[0].message,
                        "the linker of task net failed with status 1");
    assert_string_equal(shop->diags.items[0].quote, "something new\n");
    assert_string_equal(shop->diags.items[1].code, "link-crashed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_largest_overflow_of_each_memory),
        TEST(test_words_of_a_good_link),
        TEST(test_many_lines_are_cut),
        TEST(test_failures_without_known_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
