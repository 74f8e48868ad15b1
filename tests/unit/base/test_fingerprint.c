/* Fingerprints, and which stamps vouch for a file's bytes. */
#include "base/file_version.h"
#include "base/fingerprint.h"

#include "tests/unit/base/fixture.h"

static void bytes_have_the_fingerprint_of_the_specification(void **state)
{
    struct fixture *fixture = *state;
    /* xxHash's own tool: printf '' | xxhsum -H2, printf 'imgbuild' | xxhsum -H2 */
    const struct fingerprint nothing = fingerprint_of((struct span){0});
    assert_string_equal(fingerprint_hex(&nothing, fixture->arena),
                        "99aa06d3014798d86001c324468d497f");
    const struct fingerprint word = fingerprint_of(span_of_text("imgbuild"));
    assert_string_equal(fingerprint_hex(&word, fixture->arena), "3a91bafb6f9f1cf365b2736151d74ea2");
}

static void digits_are_read_back(void **state)
{
    struct fixture *fixture = *state;
    const struct fingerprint word = fingerprint_of(span_of_text("word"));
    const char *text = fingerprint_hex(&word, fixture->arena);
    struct fingerprint again;
    assert_true(fingerprint_parse(text, &again));
    assert_true(fingerprint_equal(&word, &again));
    again.bytes[15] ^= 1;
    assert_false(fingerprint_equal(&word, &again));
    static const char *const bad[] = {"", "99", "99aa06d3014798d86001c324468d497g",
                                      "99AA06D3014798D86001C324468D497F",
                                      "99aa06d3014798d86001c324468d497f0"};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(fingerprint_parse(bad[i], &again));
}

static struct fingerprint of_pieces(struct fixture *fixture, const char *first, const char *second)
{
    struct fingerprint_stream *stream = fingerprint_begin(fixture->arena);
    fingerprint_add_text(stream, first);
    fingerprint_add_text(stream, second);
    return fingerprint_end(stream);
}

static void pieces_do_not_run_into_each_other(void **state)
{
    const struct fingerprint one = of_pieces(*state, "ab", "c");
    const struct fingerprint other = of_pieces(*state, "a", "bc");
    const struct fingerprint same = of_pieces(*state, "ab", "c");
    assert_false(fingerprint_equal(&one, &other));
    assert_true(fingerprint_equal(&one, &same));
}

static void a_stamp_that_is_too_young_vouches_for_nothing(void **state)
{
    (void)state;
    const int64_t second_ns = 1000000000, now_ns = 1000 * second_ns + 7;
    struct file_stamp stamp = {.modified_ns = now_ns - second_ns, .changed_ns = now_ns - second_ns};
    assert_true(file_stamp_is_settled(&stamp, now_ns));
    assert_false(file_stamp_is_settled(&stamp, now_ns - second_ns));
    stamp.changed_ns = now_ns;
    assert_false(file_stamp_is_settled(&stamp, now_ns));
    stamp.modified_ns = stamp.changed_ns = 999 * second_ns; /* a file system of whole seconds */
    assert_false(file_stamp_is_settled(&stamp, now_ns));
    assert_true(file_stamp_is_settled(&stamp, now_ns + second_ns));
}

static void content_comes_with_the_stamp_of_its_file(void **state)
{
    struct fixture *fixture = *state;
    const char *path = make_file(fixture, "file", "content");
    struct stamped_content content;
    struct file_stamp stamp;
    assert_true(file_read_stamped(fixture->arena, path, 100, NOWHERE, &content, &fixture->diags));
    assert_true(span_equal(content.bytes, span_of_text("content")));
    assert_true(file_look(path, &stamp));
    assert_true(file_stamp_equal(&stamp, &content.stamp));
    assert_false(file_read_stamped(fixture->arena, path, 6, NOWHERE, &content, &fixture->diags));
    take_only_diag(fixture, "file-too-large");
    assert_false(
        file_read_stamped(fixture->arena, fixture->folder, 6, NOWHERE, &content, &fixture->diags));
    take_only_diag(fixture, "file-unreadable");
}

static void a_version_knows_its_bytes(void **state)
{
    struct fixture *fixture = *state;
    const char *path = make_file(fixture, "file", "one");
    struct file_version version = {0};
    struct span bytes;
    assert_true(
        file_version_read(fixture->arena, path, 100, NOWHERE, &bytes, &version, &fixture->diags));
    assert_int_equal(file_version_check(fixture->arena, &version, 100), FILE_VERSION_SAME);
    make_file(fixture, "file", "one"); /* written anew, the same */
    assert_int_equal(file_version_check(fixture->arena, &version, 100), FILE_VERSION_SAME);
    make_file(fixture, "file", "two"); /* of the same size, and maybe in the same tick */
    assert_int_equal(file_version_check(fixture->arena, &version, 100), FILE_VERSION_OTHER);
    file_remove(path);
    assert_int_equal(file_version_check(fixture->arena, &version, 100), FILE_VERSION_GONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bytes_have_the_fingerprint_of_the_specification),
        TEST(digits_are_read_back),
        TEST(pieces_do_not_run_into_each_other),
        TEST(a_stamp_that_is_too_young_vouches_for_nothing),
        TEST(content_comes_with_the_stamp_of_its_file),
        TEST(a_version_knows_its_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
