/* Paths as text: the corners. */
#include "base/path.h"

#include "tests/unit/base/fixture.h"

static void check_join(struct fixture *fixture, const char *folder, const char *name,
                       const char *expected)
{
    assert_string_equal(path_join(fixture->arena, folder, name), expected);
}

static void a_name_is_seen_from_its_folder(void **state)
{
    check_join(*state, "a", "b", "a/b");
    check_join(*state, "a/", "b", "a/b");
    check_join(*state, "a/b", "../c", "a/b/../c");
    check_join(*state, "/", "b", "/b");
    check_join(*state, "/a b", "c d", "/a b/c d");
    check_join(*state, "..", "b", "../b");
    check_join(*state, "./a", "b", "./a/b");
    check_join(*state, "100%s", "%n", "100%s/%n");
}

static void a_name_may_stand_alone(void **state)
{
    check_join(*state, "", "b", "b");
    check_join(*state, ".", "b", "b");
    check_join(*state, "a", "/b", "/b");
    check_join(*state, "/a", "/b/c", "/b/c");
    check_join(*state, "", "/", "/");
    check_join(*state, "", "", "");
}

static void check_parts(struct fixture *fixture, const char *path, const char *folder,
                        const char *name)
{
    assert_string_equal(path_folder(fixture->arena, path), folder);
    assert_string_equal(path_name(path), name);
}

static void a_path_has_a_folder_and_a_name(void **state)
{
    check_parts(*state, "a", ".", "a");
    check_parts(*state, "./a", ".", "a");
    check_parts(*state, "a/b", "a", "b");
    check_parts(*state, "a/b.c/d.e", "a/b.c", "d.e");
    check_parts(*state, "/a", "/", "a");
    check_parts(*state, "/", "/", "");
    check_parts(*state, "/a/b", "/a", "b");
    check_parts(*state, "a/", "a", "");
    check_parts(*state, "", ".", "");
}

/* What the parts of a path were joined to means the same file. */
static void parts_join_to_the_path(void **state)
{
    struct fixture *fixture = *state;
    static const char *const paths[] = {"a", "a/b", "/a", "/a/b", "/", "../a", "a b/c"};
    for (size_t i = 0; i < COUNT(paths); i++)
        assert_string_equal(
            path_join(fixture->arena, path_folder(fixture->arena, paths[i]), path_name(paths[i])),
            paths[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_name_is_seen_from_its_folder),
        TEST(a_name_may_stand_alone),
        TEST(a_path_has_a_folder_and_a_name),
        TEST(parts_join_to_the_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
