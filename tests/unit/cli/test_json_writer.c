/* Written JSON is what jansson prints of the same values. */
#include "cli/format/json_writer.h"

#include "tests/unit/base/fixture.h"

#include <jansson.h>

static void assert_like_jansson(const char *text)
{
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(json);
    char *printed = json_dumps(json, JSON_INDENT(1) | JSON_ENCODE_ANY);
    assert_non_null(printed);
    assert_int_equal(strlen(text), strlen(printed) + 1);
    assert_int_equal(text[strlen(printed)], '\n');
    assert_memory_equal(text, printed, strlen(printed));
    free(printed);
    json_decref(json);
}

static void write_inner(struct json_writer *writer)
{
    json_writer_open_list(writer, "list");
    json_writer_number(writer, NULL, 0);
    json_writer_text(writer, NULL, "");
    json_writer_open_list(writer, NULL);
    json_writer_close_list(writer);
    json_writer_open_object(writer, NULL);
    json_writer_flag(writer, "yes", true);
    json_writer_flag(writer, "no", false);
    json_writer_close_object(writer);
    json_writer_close_list(writer);
}

static void structure(void **state)
{
    struct fixture *fixture = *state;
    struct json_writer writer = json_writer_in(fixture->arena, JSON_LINES);
    json_writer_open_object(&writer, NULL);
    json_writer_number(&writer, "most", INT64_MAX);
    json_writer_open_object(&writer, "none");
    json_writer_close_object(&writer);
    write_inner(&writer);
    json_writer_number(&writer, "last", 10);
    json_writer_close_object(&writer);
    assert_like_jansson(json_writer_end(&writer));
}

static void empty_document(void **state)
{
    struct fixture *fixture = *state;
    struct json_writer writer = json_writer_in(fixture->arena, JSON_LINES);
    json_writer_open_list(&writer, NULL);
    json_writer_close_list(&writer);
    assert_string_equal(json_writer_end(&writer), "[]\n");
}

static void texts_are_escaped(void **state)
{
    struct fixture *fixture = *state;
    static const char *const texts[] = {
        "plain", "a \"quoted\" word",  "back\\slash",         "line\nline\ttab", "\x01\x1f",
        "/'",    "gr\xc3\xbc\xc3\x9f", "\xf0\x9f\x94\xa5 \"",
    };
    struct json_writer writer = json_writer_in(fixture->arena, JSON_LINES);
    json_writer_open_list(&writer, NULL);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_writer_open_object(&writer, NULL);
        json_writer_text(&writer, texts[i], texts[i]);
        json_writer_close_object(&writer);
    }
    json_writer_close_list(&writer);
    const char *written = json_writer_end(&writer);
    assert_like_jansson(written);
    json_t *json = json_loads(written, 0, NULL);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const json_t *value = json_object_get(json_array_get(json, i), texts[i]);
        assert_string_equal(json_string_value(value), texts[i]);
    }
    json_decref(json);
}

static const char *written(struct arena *arena, enum json_style style, const char *text)
{
    struct json_writer writer = json_writer_in(arena, style);
    json_writer_text(&writer, NULL, text);
    return json_writer_end_inline(&writer);
}

static void what_a_terminal_may_not_show_is_escaped(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *text, *lines, *ascii, *script;
    } cases[] = {
        {"<a>&", "\"<a>&\"", "\"<a>&\"", "\"\\u003Ca\\u003E\\u0026\""},
        {"\x7f", "\"\\u007F\"", "\"\\u007F\"", "\"\\u007F\""},
        {"\xc2\x9b", "\"\\u009B\"", "\"\\u009B\"", "\"\\u009B\""},
        {"\xe2\x80\xae", "\"\\u202E\"", "\"\\u202E\"", "\"\\u202E\""},
        {"\xc3\xa9", "\"\xc3\xa9\"", "\"\\u00E9\"", "\"\\u00E9\""},
        {"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"", "\"\\uD83D\\uDE00\"", "\"\\uD83D\\uDE00\""},
        {"\xff\xc3", "\"\\\\xff\\\\xc3\"", "\"\\\\xff\\\\xc3\"", "\"\\\\xff\\\\xc3\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(written(fixture->arena, JSON_LINES, cases[i].text), cases[i].lines);
        assert_string_equal(written(fixture->arena, JSON_LINE, cases[i].text), cases[i].lines);
        assert_string_equal(written(fixture->arena, JSON_ASCII, cases[i].text), cases[i].ascii);
        assert_string_equal(written(fixture->arena, JSON_SCRIPT, cases[i].text), cases[i].script);
    }
}

static void json_is_copied_in_the_style_of_the_document(void **state)
{
    struct fixture *fixture = *state;
    static const char json[] =
        "{ \"a\": [1, -2, 2.5, true, false, null, \"x\", {}, []], \"b\": {\"c\": \"\\u00e9\"} }";
    struct json_writer line = json_writer_in(fixture->arena, JSON_LINE);
    json_writer_json(&line, NULL, json);
    assert_string_equal(
        json_writer_end(&line),
        "{\"a\":[1,-2,2.5,true,false,null,\"x\",{},[]],\"b\":{\"c\":\"\xc3\xa9\"}}\n");
    struct json_writer lines = json_writer_in(fixture->arena, JSON_LINES);
    json_writer_json(&lines, NULL, json);
    assert_like_jansson(json_writer_end(&lines));
}

static void changes_and_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct json_writer writer = json_writer_in(fixture->arena, JSON_LINE);
    json_writer_open_list(&writer, NULL);
    json_writer_change(&writer, NULL, 5, 3);
    json_writer_change(&writer, NULL, 3, 5);
    json_writer_change(&writer, NULL, 0, UINT64_MAX);
    json_writer_text(&writer, NULL, NULL);
    json_writer_close_list(&writer);
    assert_string_equal(json_writer_end(&writer), "[-2,2,18446744073709551615,null]\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(structure),
        TEST(empty_document),
        TEST(texts_are_escaped),
        TEST(what_a_terminal_may_not_show_is_escaped),
        TEST(json_is_copied_in_the_style_of_the_document),
        TEST(changes_and_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
