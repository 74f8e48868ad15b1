/* Reading and finding files. */
#include "base/file.h"

#include "tests/unit/base/fixture.h"

#include <sys/stat.h>
#include <unistd.h>

/* ---- reading ---- */

static void a_file_is_read_up_to_its_limit(void **state)
{
    struct fixture *fixture = *state;
    const char *path = make_file(fixture, "five", "12345");
    struct span content;
    assert_true(file_read(fixture->arena, path, 5, NOWHERE, &content, &fixture->diags));
    assert_true(span_equal(content, span_of_text("12345")));
    content = span_of_text("untouched");
    const struct source_pos named_at = {"board.yaml", 7, 8};
    assert_false(file_read(fixture->arena, path, 4, named_at, &content, &fixture->diags));
    assert_true(span_equal(content, span_of_text("untouched")));
    const struct diag *diag = take_only_diag(fixture, "file-too-large");
    assert_int_equal(diag->pos.line, 7);
    assert_non_null(strstr(diag->message, "4 bytes"));
    assert_non_null(strstr(diag->message, path));
}

static void an_empty_file_is_no_error(void **state)
{
    struct fixture *fixture = *state;
    const char *path = make_file(fixture, "empty", "");
    struct span content = {NULL, 77};
    assert_true(file_read(fixture->arena, path, 0, NOWHERE, &content, &fixture->diags));
    assert_int_equal(content.bytes, 0);
    no_diags(fixture);
}

static void what_is_no_file_is_not_read(void **state)
{
    struct fixture *fixture = *state;
    const char *file = make_file(fixture, "file", "x");
    const char *pipe = in_folder(fixture, "pipe");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    const struct {
        const char *path, *code;
    } cases[] = {
        {in_folder(fixture, "missing"), "file-missing"},
        {in_folder(fixture, "no/such"), "file-missing"},
        {path_join(fixture->arena, file, "below"), "file-missing"},
        {"", "file-missing"},
        {fixture->folder, "file-unreadable"},
        {pipe, "file-unreadable"}, /* and nobody waits for a writer */
        {"/dev/zero", "file-unreadable"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct span content = {NULL, 77};
        assert_false(
            file_read(fixture->arena, cases[i].path, 1 << 20, NOWHERE, &content, &fixture->diags));
        assert_int_equal(content.bytes, 77);
        take_only_diag(fixture, cases[i].code);
    }
}

/* Files of /proc say that they have no bytes. */
static void a_file_may_hold_more_than_it_says(void **state)
{
    struct fixture *fixture = *state;
    struct span content;
    assert_true(file_read(fixture->arena, "/proc/self/status", 1 << 20, NOWHERE, &content,
                          &fixture->diags));
    assert_true(content.bytes > 100);
    assert_false(
        file_read(fixture->arena, "/proc/self/status", 100, NOWHERE, &content, &fixture->diags));
    take_only_diag(fixture, "file-too-large");
}

/* Standard input is exchanged for a file and put back. */
static bool read_as_input(struct fixture *fixture, const char *path, uint64_t limit_bytes,
                          struct span *ret)
{
    const int kept = dup(STDIN_FILENO);
    assert_non_null(freopen(path, "rb", stdin));
    const bool ok = file_read_input(fixture->arena, limit_bytes, ret, &fixture->diags);
    assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
    close(kept);
    return ok;
}

static void standard_input_has_a_limit_too(void **state)
{
    struct fixture *fixture = *state;
    char *content = arena_alloc(fixture->arena, 300001, 1);
    memset(content, 'x', 300000);
    const char *path = make_file(fixture, "large", content);
    struct span input;
    assert_true(read_as_input(fixture, path, 300000, &input));
    assert_true(span_equal(input, span_of_text(content)));
    assert_false(read_as_input(fixture, path, 299999, &input));
    take_only_diag(fixture, "file-too-large");
}

/* ---- looking ---- */

static void a_stamp_tells_a_change(void **state)
{
    struct fixture *fixture = *state;
    const char *path = make_file(fixture, "file", "one");
    struct file_stamp before, after;
    assert_true(file_look(path, &before));
    assert_true(file_look(path, &after));
    assert_true(file_stamp_equal(&before, &after));
    assert_int_equal(before.bytes, 3);
    make_file(fixture, "other", "two");
    assert_int_equal(rename(in_folder(fixture, "other"), path), 0);
    assert_true(file_look(path, &after));
    assert_false(file_stamp_equal(&before, &after));
    make_file(fixture, "file", "three");
    before = after;
    assert_true(file_look(path, &after));
    assert_false(file_stamp_equal(&before, &after));
}

static void every_part_of_a_stamp_counts(void **state)
{
    (void)state;
    const struct file_stamp stamp = {1, 2, 3, 4, 5};
    const struct file_stamp others[] = {
        {0, 2, 3, 4, 5}, {1, 0, 3, 4, 5}, {1, 2, 0, 4, 5}, {1, 2, 3, 0, 5}, {1, 2, 3, 4, 0}};
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(file_stamp_equal(&stamp, &others[i]));
    assert_true(file_stamp_equal(&stamp, &(struct file_stamp){1, 2, 3, 4, 5}));
}

static void folders_and_links_are_told_apart(void **state)
{
    struct fixture *fixture = *state;
    struct file_stamp stamp = {.bytes = 77};
    const char *file = make_file(fixture, "file", "x");
    const char *link = in_folder(fixture, "link");
    const char *dangling = in_folder(fixture, "dangling");
    assert_int_equal(symlink("file", link), 0);
    assert_int_equal(symlink("missing", dangling), 0);
    assert_false(file_look(fixture->folder, &stamp));
    assert_false(file_look(dangling, &stamp));
    assert_false(file_look(in_folder(fixture, "missing"), &stamp));
    assert_int_equal(stamp.bytes, 77);
    assert_true(file_look(link, &stamp));
    assert_int_equal(stamp.bytes, 1);
    assert_true(file_is_folder(fixture->folder));
    assert_false(file_is_folder(file));
    assert_false(file_is_folder(dangling));
    assert_string_equal(file_resolve(fixture->arena, link), file);
    assert_null(file_resolve(fixture->arena, dangling));
}

/* ---- finding ---- */

static const char *found(struct fixture *fixture, const char *pattern)
{
    struct path_list paths = {0};
    assert_true(
        file_glob(fixture->arena, in_folder(fixture, pattern), NOWHERE, &paths, &fixture->diags));
    const char *joined = "";
    for (size_t i = 0; i < paths.count; i++) {
        assert_memory_equal(paths.items[i], fixture->folder, strlen(fixture->folder));
        joined = arena_format(fixture->arena, "%s%s%s", joined, i == 0 ? "" : " ",
                              paths.items[i] + strlen(fixture->folder) + 1);
    }
    return joined;
}

static void matches_come_in_byte_order(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"b.o", "a.o", "B.o",       "\xc3\xa4.o", "a-b.o",
                                        "a.c", "_.o", ".hidden.o", "10.o",       "9.o"};
    for (size_t i = 0; i < COUNT(names); i++)
        make_file(fixture, names[i], "");
    assert_string_equal(found(fixture, "*.o"), "10.o 9.o B.o _.o a-b.o a.o b.o \xc3\xa4.o");
    assert_string_equal(found(fixture, "?.o"), "9.o B.o _.o a.o b.o");
    assert_string_equal(found(fixture, "[ab].o"), "a.o b.o");
    assert_string_equal(found(fixture, "[!ab].o"), "9.o B.o _.o");
    assert_string_equal(found(fixture, "a.c"), "a.c");
}

static void nothing_found_is_no_error(void **state)
{
    struct fixture *fixture = *state;
    const char *file = make_file(fixture, "file", "");
    assert_string_equal(found(fixture, "*.o"), "");
    assert_string_equal(found(fixture, "missing.o"), "");
    assert_string_equal(found(fixture, "missing/*.o"), "");
    assert_string_equal(found(fixture, "*/missing/*.o"), "");
    assert_string_equal(found(fixture, "file/*.o"), "");
    assert_string_equal(found(fixture, "~"), "");
    assert_non_null(file);
    no_diags(fixture);
}

static void brackets_in_names_can_be_escaped(void **state)
{
    struct fixture *fixture = *state;
    make_file(fixture, "a[1].o", "");
    make_file(fixture, "a1.o", "");
    make_file(fixture, "{a,b}.o", "");
    assert_string_equal(found(fixture, "a[1].o"), "a1.o");
    assert_string_equal(found(fixture, "a\\[1].o"), "a[1].o");
    assert_string_equal(found(fixture, "a[[]1].o"), "a[1].o");
    assert_string_equal(found(fixture, "{a,b}.o"), "{a,b}.o");
}

static void matches_are_appended_to_what_is_there(void **state)
{
    struct fixture *fixture = *state;
    struct path_list paths = {0};
    path_list_add(&paths, fixture->arena, "zzz");
    make_file(fixture, "b", "");
    make_file(fixture, "a", "");
    assert_true(
        file_glob(fixture->arena, in_folder(fixture, "*"), NOWHERE, &paths, &fixture->diags));
    assert_true(file_list(fixture->arena, fixture->folder, &paths, &fixture->diags));
    static const char *const names[] = {"zzz", "a", "b", "a", "b"};
    assert_int_equal(paths.count, COUNT(names));
    for (size_t i = 0; i < COUNT(names); i++)
        assert_string_equal(path_name(paths.items[i]), names[i]);
}

static void a_list_holds_every_name(void **state)
{
    struct fixture *fixture = *state;
    for (unsigned i = 0; i < 100; i++)
        make_file(fixture, arena_format(fixture->arena, ".%u", 99 - i), "");
    struct path_list names = {0};
    assert_true(file_list(fixture->arena, fixture->folder, &names, &fixture->diags));
    assert_int_equal(names.count, 100);
    for (size_t i = 1; i < names.count; i++)
        assert_true(strcmp(names.items[i - 1], names.items[i]) < 0);
    assert_false(file_list(fixture->arena, in_folder(fixture, "missing"), &names, &fixture->diags));
    take_only_diag(fixture, "file-missing");
    assert_int_equal(names.count, 100);
}

/* ---- folders ---- */

static void folders_are_made_with_those_above(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"a", "a", "a/b/c", "d//e", "f/", "g/./h", "a/../i j/k"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *path = in_folder(fixture, names[i]);
        assert_true(folder_create(fixture->arena, path, &fixture->diags));
        assert_true(file_is_folder(path));
    }
    assert_true(folder_create(fixture->arena, "/", &fixture->diags));
    assert_true(folder_create(fixture->arena, ".", &fixture->diags));
    no_diags(fixture);
}

static void a_file_in_the_way_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    const char *file = make_file(fixture, "file", "x");
    assert_false(folder_create(fixture->arena, file, &fixture->diags));
    assert_non_null(strstr(take_only_diag(fixture, "folder-not-made")->message, file));
    assert_false(
        folder_create(fixture->arena, path_join(fixture->arena, file, "a/b"), &fixture->diags));
    take_only_diag(fixture, "folder-not-made");
    assert_false(folder_create(fixture->arena, "", &fixture->diags));
    take_only_diag(fixture, "folder-not-made");
    check_content(fixture, "file", "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_read_up_to_its_limit),   TEST(an_empty_file_is_no_error),
        TEST(what_is_no_file_is_not_read),      TEST(a_file_may_hold_more_than_it_says),
        TEST(standard_input_has_a_limit_too),   TEST(a_stamp_tells_a_change),
        TEST(every_part_of_a_stamp_counts),     TEST(folders_and_links_are_told_apart),
        TEST(matches_come_in_byte_order),       TEST(nothing_found_is_no_error),
        TEST(brackets_in_names_can_be_escaped), TEST(matches_are_appended_to_what_is_there),
        TEST(a_list_holds_every_name),          TEST(folders_are_made_with_those_above),
        TEST(a_file_in_the_way_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
