/* SHA256SUMS: what is written, and that nothing else is read. */
#include "tests/unit/sign/fixture.h"

#include "sign/archive/sums.h"

#include "base/buffer.h"

#include <string.h>

#define ZEROS        "0000000000000000000000000000000000000000000000000000000000000000"
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct source_pos sums_file = {.file = "SHA256SUMS"};

static struct span write_three(struct fixture *fixture)
{
    const struct sums_line lines[] = {{digest_of(span_of_text("")), "image/image.bin"},
                                      {digest_of(span_of_text("abc")), "README.txt"},
                                      {{{0}}, "archive.json"}};
    return sums_write(lines, COUNT(lines), fixture->arena);
}

static void lines_are_written_as_sha256sum_does(void **state)
{
    const struct span text = write_three(*state);
    const struct span expected = span_of_text(
        ZEROS
        "  archive.json\n"
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  README.txt\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  image/image.bin\n");
    assert_true(span_equal(text, expected));
}

static void what_is_written_is_read(void **state)
{
    struct fixture *fixture = *state;
    struct sums sums;
    const struct span text = write_three(fixture);
    assert_true(sums_parse(text, sums_file, fixture->arena, &sums, &fixture->diags));
    assert_int_equal(sums.line_count, 3);
    assert_string_equal(sums.lines[2].name, "image/image.bin");
    assert_true(span_equal(text, sums_write(sums.lines, 3, fixture->arena)));
    assert_true(
        sums_parse((struct span){NULL, 0}, sums_file, fixture->arena, &sums, &fixture->diags));
    assert_int_equal(sums.line_count, 0);
}

static void check_refused(struct fixture *fixture, const char *text, const char *code,
                          uint32_t line)
{
    struct sums sums = {.line_count = 77};
    const size_t count = fixture->diags.count;
    if (sums_parse(span_of_text(text), sums_file, fixture->arena, &sums, &fixture->diags))
        fail_msg("read: %s", text);
    assert_int_equal(sums.line_count, 77);
    assert_int_equal(fixture->diags.count, count + 1);
    assert_string_equal(fixture->diags.items[count].code, code);
    assert_int_equal(fixture->diags.items[count].pos.line, line);
    assert_string_equal(fixture->diags.items[count].pos.file, "SHA256SUMS");
}

static void other_lines_are_refused(void **state)
{
    static const char *const texts[] = {
        "\n",
        ZEROS,
        ZEROS "\n",
        ZEROS "  \n",
        ZEROS " a\n",
        ZEROS "   a\n",
        ZEROS " *a\n", /* what sha256sum -b writes */
        ZEROS "  a",
        ZEROS "  a\r\n",
        ZEROS "  a \n",
        ZEROS "  ../a\n",
        ZEROS "  /a\n",
        ZEROS "0  a\n",
        " " ZEROS "  a\n",
        "\\" ZEROS "  a\n",
        "00000000000000000000000000000000000000000000000000000000000000A0  a\n",
        "000000000000000000000000000000000000000000000000000000000000000  a\n",
        "\xef\xbb\xbf" ZEROS "  a\n",
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        check_refused(*state, texts[i], "sums-form", 1);
    check_refused(*state, ZEROS "  a\n\n", "sums-form", 2);
    check_refused(*state, ZEROS "  a\n" ZEROS "  b", "sums-form", 2);
    check_refused(*state, ZEROS "  a\n# comment\n", "sums-form", 2);
}

static void lines_out_of_order_are_refused(void **state)
{
    check_refused(*state, ZEROS "  b\n" ZEROS "  a\n", "sums-order", 2);
    check_refused(*state, ZEROS "  a\n" ZEROS "  a\n", "sums-order", 2);
    check_refused(*state, ZEROS "  a\n" ZEROS "  a.b\n" ZEROS "  a-b\n", "sums-order", 3);
}

static void the_digest_decides_the_order(void **state)
{
#define ONE "0000000000000000000000000000000000000000000000000000000000000001"
    struct fixture *fixture = *state;
    struct sums sums;
    assert_true(sums_parse(span_of_text(ZEROS "  b\n" ONE "  a\n"), sums_file, fixture->arena,
                           &sums, &fixture->diags));
    check_refused(fixture, ONE "  a\n" ZEROS "  b\n", "sums-order", 2);
    check_refused(fixture, ZEROS "  a\n" ONE "  a\n", "sums-duplicate", 0);
}

/* Whatever one flipped bit makes of the text: it is refused, or it says something else. */
static void no_flipped_bit_is_overlooked(void **state)
{
    struct fixture *fixture = *state;
    const struct span text = write_three(fixture);
    uint8_t *flipped =
        (uint8_t *)arena_copy_text(fixture->arena, (const char *)text.data, text.bytes);
    for (size_t bit = 0; bit < 8 * text.bytes; bit++) {
        struct sums sums;
        const struct span changed = {flipped, text.bytes};
        flipped[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (sums_parse(changed, sums_file, fixture->arena, &sums, &fixture->diags))
            assert_true(
                span_equal(changed, sums_write(sums.lines, sums.line_count, fixture->arena)));
        flipped[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(lines_are_written_as_sha256sum_does),
        TEST(what_is_written_is_read),
        TEST(other_lines_are_refused),
        TEST(lines_out_of_order_are_refused),
        TEST(the_digest_decides_the_order),
        TEST(no_flipped_bit_is_overlooked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
