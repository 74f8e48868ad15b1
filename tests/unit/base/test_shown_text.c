/* Text of others as a terminal may show it. */
#include "base/shown_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int set_up(void **state)
{
    *state = arena_create(NULL);
    return 0;
}

static int tear_down(void **state)
{
    arena_destroy(*state);
    return 0;
}

static void what_shows_nothing_is_not_plain(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\x01",
        "a\x1b[2J",
        "line\n",
        "tab\t",
        "\x7f",
        "\xc2\x80",
        "\xc2\x9b[J",
        "a\xc2\xad",
        "\xd8\x9c",
        "\xe2\x80\x8b",
        "\xe2\x80\x8f",
        "\xe2\x80\xa8",
        "\xe2\x80\xae",
        "gpj\xe2\x80\xaa",
        "\xe2\x81\xa6",
        "\xef\xbb\xbf",
        "\xef\xbf\xb9",
        "\xf3\xa0\x80\x81",
        "\xf3\xa0\x81\xbf",
        "\xc3\xa9\xe2\x80\x8d",
        "\xe2\x80",
        "\xff\xfe",
        "\xc2",
        "\xf3\xa0\x80",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        if (shown_text_is_plain(texts[i]))
            fail_msg("%zu", i);
    }
}

static void what_is_seen_is_plain(void **state)
{
    static const char *const texts[] = {
        "",
        "rev-b 1.2~",
        "\xc2\xa0\xc3\xa4",
        "\xe2\x80\x90\xe2\x80\xa7",
        "\xe2\x80\xaf",
        "\xe6\x97\xa5",
        "\xf0\x9f\x98\x80",
        "\xd7\xa9\xd7\x9c",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        if (!shown_text_is_plain(texts[i]))
            fail_msg("%zu", i);
        assert_ptr_equal(shown_text(*state, texts[i]), texts[i]);
    }
}

static void what_cannot_be_shown_becomes_its_bytes(void **state)
{
    static const struct {
        const char *name, *shown;
    } cases[] = {
        {"plain", "plain"},
        {"a\nb\x1b[0m\x7f", "a\\x0ab\\x1b[0m\\x7f"},
        {"\xc2\x9b", "\\xc2\\x9b"},          /* a control character */
        {"\xc0\xaf", "\\xc0\\xaf"},          /* longer than it need be */
        {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"}, /* the same */
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"}, /* half of a pair */
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
        {"\xe2\x80\xaeno", "\\xe2\\x80\\xaeno"}, /* from right to left */
        {"\xe2\x81\xa6", "\\xe2\\x81\\xa6"},
        {"\xe2\x80\xa6", "\xe2\x80\xa6"},
        {"\xe2\x80\x8b", "\\xe2\\x80\\x8b"}, /* joins without being seen */
        {"cut \xe2\x82", "cut \\xe2\\x82"},
        {"\xe2\x82\xe2\x82\xac", "\\xe2\\x82\xe2\x82\xac"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(shown_text(*state, cases[i].name), cases[i].shown);
}

static void a_writer_keeps_its_own_lines(void **state)
{
    static const uint8_t text[] = {'a', '\t', 0, '\n', '\r'};
    const struct span span = {text, sizeof text};
    assert_string_equal(shown_text_of_span(*state, span, SHOWN_WORD), "a\\x09\\x00\\x0a\\x0d");
    assert_string_equal(shown_text_of_span(*state, span, SHOWN_LINE), "a\t\\x00\\x0a\\x0d");
    assert_string_equal(shown_text_of_span(*state, span, SHOWN_LINES), "a\t\\x00\n\\x0d");
    assert_string_equal(shown_text_of_span(*state, (struct span){NULL, 0}, SHOWN_LINES), "");
}

static void no_byte_behind_the_end_is_read(void **state)
{
    (void)state;
    static const uint8_t euro[] = {0xe2, 0x82, 0xac};
    uint32_t character = 7;
    assert_int_equal(shown_text_decode(euro, 2, &character), 0);
    assert_int_equal(character, 7);
    assert_int_equal(shown_text_decode(euro, 3, &character), 3);
    assert_int_equal(character, 0x20ac);
    assert_int_equal(shown_text_bytes(euro, 3), 3);
    assert_int_equal(shown_text_bytes(euro, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_shows_nothing_is_not_plain),
        cmocka_unit_test(what_is_seen_is_plain),
        cmocka_unit_test(what_cannot_be_shown_becomes_its_bytes),
        cmocka_unit_test(a_writer_keeps_its_own_lines),
        cmocka_unit_test(no_byte_behind_the_end_is_read),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
