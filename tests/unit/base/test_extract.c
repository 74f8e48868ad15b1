/* Files that somebody else named: nothing outside the folder, nothing replaced, nothing by half. */
#include "base/extract.h"

#include "tests/unit/base/fixture.h"

#include <sys/stat.h>
#include <unistd.h>

static const char *path_of(struct fixture *fixture, const char *name)
{
    return path_join(fixture->arena, fixture->folder, name);
}

static struct extract_file file_of(const char *name, const char *content)
{
    return (struct extract_file){name, span_of_text(content)};
}

static bool extract(struct fixture *fixture, const struct extract_file *files, size_t count)
{
    fixture->diags = diag_list_in(fixture->arena);
    return extract_files(fixture->arena, path_of(fixture, "out"), files, count, &fixture->diags);
}

static void put(struct fixture *fixture, const char *name, const char *content)
{
    struct diag_list diags = diag_list_in(fixture->arena);
    assert_true(
        folder_create(fixture->arena, path_folder(fixture->arena, path_of(fixture, name)), &diags));
    assert_true(file_write(fixture->arena, path_of(fixture, name), span_of_text(content),
                           FILE_NOT_SYNCED, &diags));
}

static void expect_content(struct fixture *fixture, const char *name, const char *content)
{
    struct span found;
    assert_true(
        file_read(fixture->arena, path_of(fixture, name), 1000, NOWHERE, &found, &fixture->diags));
    assert_true(span_equal(found, span_of_text(content)));
}

static size_t count_in(struct fixture *fixture, const char *folder)
{
    struct path_list names = {0};
    assert_true(file_list(fixture->arena, path_of(fixture, folder), &names, &fixture->diags));
    return names.count;
}

static void test_writes_all(void **state)
{
    struct fixture *fixture = *state;
    const struct extract_file files[] = {file_of("a", "1"), file_of("b/c", ""),
                                         file_of("b/d/e", "333"), file_of("b/d/f.x", "4")};
    assert_true(extract(fixture, files, COUNT(files)));
    assert_int_equal(fixture->diags.count, 0);
    expect_content(fixture, "out/a", "1");
    expect_content(fixture, "out/b/c", "");
    expect_content(fixture, "out/b/d/e", "333");
    expect_content(fixture, "out/b/d/f.x", "4");
    assert_int_equal(count_in(fixture, "out"), 2); /* no staging folder is left */
}

static void test_joins_what_is_there(void **state)
{
    struct fixture *fixture = *state;
    const struct extract_file files[] = {file_of("b/c", "new")};
    put(fixture, "out/b/other", "old");
    assert_true(extract(fixture, files, COUNT(files)));
    expect_content(fixture, "out/b/c", "new");
    expect_content(fixture, "out/b/other", "old");
}

/* All files that are in the way are listed, and none of the others is written. */
static void test_replaces_nothing(void **state)
{
    struct fixture *fixture = *state;
    const struct extract_file files[] = {file_of("a", "new"), file_of("b/c", "new"),
                                         file_of("d", "new")};
    put(fixture, "out/a", "old");
    put(fixture, "out/d", "old");
    assert_false(extract(fixture, files, COUNT(files)));
    assert_int_equal(fixture->diags.count, 2);
    assert_string_equal(fixture->diags.items[0].code, "extract-exists");
    assert_non_null(strstr(fixture->diags.items[1].message, "out/d"));
    expect_content(fixture, "out/a", "old");
    assert_int_equal(count_in(fixture, "out"), 2);
}

static void link_to(struct fixture *fixture, const char *target, const char *name)
{
    assert_int_equal(symlink(target, path_of(fixture, name)), 0);
}

static void test_follows_no_link(void **state)
{
    struct fixture *fixture = *state;
    const struct extract_file below[] = {file_of("a", "1"), file_of("b/c", "2")};
    put(fixture, "outside/file", "old");
    put(fixture, "out/kept", "old");
    link_to(fixture, "../outside", "out/b");
    assert_false(extract(fixture, below, COUNT(below)));
    assert_string_equal(fixture->diags.items[0].code, "extract-not-folder");
    assert_int_equal(count_in(fixture, "outside"), 1);

    const struct extract_file same[] = {file_of("dangling", "1")};
    link_to(fixture, "../outside/new", "out/dangling");
    assert_false(extract(fixture, same, COUNT(same)));
    assert_string_equal(fixture->diags.items[0].code, "extract-exists");
    assert_int_equal(count_in(fixture, "outside"), 1);
    assert_int_equal(count_in(fixture, "out"), 3);
}

/* "a" is a file when the folder "a" is needed: found out halfway. */
static void test_leaves_nothing_by_half(void **state)
{
    struct fixture *fixture = *state;
    const struct extract_file files[] = {file_of("0/1/2", "1"), file_of("a", "2"),
                                         file_of("a/b", "3")};
    assert_false(extract(fixture, files, COUNT(files)));
    assert_string_equal(fixture->diags.items[0].code, "extract-not-folder");
    assert_false(file_is_folder(path_of(fixture, "out")));

    put(fixture, "out/kept", "old");
    assert_false(extract(fixture, files, COUNT(files)));
    assert_int_equal(count_in(fixture, "out"), 1);
}

static void test_refuses_names(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"",     "/a",    "a/", "a//b",      "..",         "../a",
                                        "a/..", "a/./b", ".",  "a/../../b", "/etc/passwd"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct extract_file files[] = {file_of("fine", "1"), file_of(names[i], "2")};
        assert_false(extract(fixture, files, COUNT(files)));
        assert_string_equal(fixture->diags.items[0].code, "extract-name");
        assert_false(file_is_folder(path_of(fixture, "out")));
    }
}

static void test_folder_that_cannot_be_made(void **state)
{
    struct fixture *fixture = *state;
    const struct extract_file files[] = {file_of("a", "1")};
    put(fixture, "out", "a file");
    assert_false(extract(fixture, files, COUNT(files)));
    assert_string_equal(fixture->diags.items[0].code, "folder-not-made");
    expect_content(fixture, "out", "a file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_writes_all),
        TEST(test_joins_what_is_there),
        TEST(test_replaces_nothing),
        TEST(test_follows_no_link),
        TEST(test_leaves_nothing_by_half),
        TEST(test_refuses_names),
        TEST(test_folder_that_cannot_be_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
