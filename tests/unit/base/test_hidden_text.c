/* Characters that are not seen. */
#include "base/hidden_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void test_hidden(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\x01",         "a\x1b[2J",         "line\n",           "tab\t",
        "\x7f",         "\xc2\x80",         "\xc2\x9b[J",       "a\xc2\xad",
        "\xd8\x9c",     "\xe2\x80\x8b",     "\xe2\x80\x8f",     "\xe2\x80\xa8",
        "\xe2\x80\xae", "gpj\xe2\x80\xaa",  "\xe2\x81\xa6",     "\xef\xbb\xbf",
        "\xef\xbf\xb9", "\xf3\xa0\x80\x81", "\xf3\xa0\x81\xbf", "\xc3\xa9\xe2\x80\x8d",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        if (!hidden_text_is_in(texts[i]))
            fail_msg("%zu", i);
    }
    assert_int_equal(hidden_text_bytes((const uint8_t *)"\xe2\x80\xae"), 3);
    assert_int_equal(hidden_text_bytes((const uint8_t *)"\x1b["), 1);
    assert_int_equal(hidden_text_bytes((const uint8_t *)"\xf3\xa0\x80\x81"), 4);
}

static void test_seen(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "rev-b 1.2~",
        "\xc2\xa0\xc3\xa4",
        "\xe2\x80\x90\xe2\x80\xa7",
        "\xe2\x80\xaf",
        "\xe6\x97\xa5",
        "\xf0\x9f\x98\x80",
        "\xd7\xa9\xd7\x9c",
        "\xe2\x80",
        "\xff\xfe",
        "\xc2",
        "\xf3\xa0\x80",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        if (hidden_text_is_in(texts[i]))
            fail_msg("%zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_hidden), cmocka_unit_test(test_seen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
