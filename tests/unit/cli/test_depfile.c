/* Rules for make: the text, and what make itself understands of it. */
#include "cli/build/depfile.h"

#include "base/process/process_pool.h"
#include "tests/unit/base/fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

static struct path_list paths_of(struct fixture *fixture, const char *const *paths, size_t count)
{
    struct path_list list = {0};
    for (size_t i = 0; i < count; i++)
        path_list_add(&list, fixture->arena, paths[i]);
    return list;
}

static void files_come_sorted_and_once(void **state)
{
    struct fixture *fixture = *state;
    static const char *const paths[] = {"b.o", "a.o", "b.o", "../c.yaml"};
    const struct path_list list = paths_of(fixture, paths, COUNT(paths));
    assert_string_equal(depfile_text("out/image.elf", &list, fixture->arena),
                        "out/image.elf: \\\n ../c.yaml \\\n a.o \\\n b.o\n"
                        "\n../c.yaml:\n\na.o:\n\nb.o:\n");
    assert_string_equal(list.items[0], "b.o");
    const struct path_list none = {0};
    assert_string_equal(depfile_text("t", &none, fixture->arena), "t:\n");
}

static void special_letters_are_escaped(void **state)
{
    struct fixture *fixture = *state;
    static const char *const paths[] = {"a b", "c#d", "e$f", "g\\h", "i\\ j"};
    const struct path_list list = paths_of(fixture, paths, COUNT(paths));
    assert_string_equal(depfile_text("t u", &list, fixture->arena),
                        "t\\ u: \\\n a\\ b \\\n c\\#d \\\n e$$f \\\n g\\h \\\n i\\\\\\ j\n"
                        "\na\\ b:\n\nc\\#d:\n\ne$$f:\n\ng\\h:\n\ni\\\\\\ j:\n");
}

/* Runs make in the test's folder: 0, the target is up to date; 1, it is not; 2, make fails. */
static int ask_make(struct fixture *fixture, const char *target)
{
    const char *const argv[] = {"make", "--no-print-directory", "-C", fixture->folder, "-q", target,
                                NULL};
    struct process_job job = {.argv = argv};
    const struct process_pool_options options = {.parallel = 1};
    assert_true(process_run_all(fixture->arena, &job, 1, &options, &fixture->diags));
    return job.exit_status;
}

/* For every awkward name: make sees that it is newer, and does not stop when it is gone. */
static void make_understands_it(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"plain", "a b",  "c#d",  "e$f",   "$x",    "g\\h",
                                        "i\\ j", "k'l",  "m\"n", "o(p",   "q&r",   "s,t",
                                        "u+v@",  "w  x", "y:z",  "a\\#b", "a\\:b", "a\\\\ b"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct path_list list = paths_of(fixture, &names[i], 1);
        const char *target = "the target";
        make_file(fixture, "Makefile",
                  arena_format(fixture->arena, "%s\nthe\\ target: ; touch '$@'\n",
                               depfile_text(target, &list, fixture->arena)));
        make_file(fixture, names[i], "");
        if (ask_make(fixture, target) != 1)
            fail_msg("make does not take '%s'", names[i]);
        make_file(fixture, target, "");
        if (ask_make(fixture, target) != 0)
            fail_msg("make does not find '%s' up to date", names[i]);
        struct timespec later = {4000000000, 0};
        const struct timespec times[2] = {later, later};
        assert_int_equal(utimensat(AT_FDCWD, in_folder(fixture, names[i]), times, 0), 0);
        if (ask_make(fixture, target) != 1)
            fail_msg("make does not see that '%s' is newer", names[i]);
        file_remove(in_folder(fixture, names[i]));
        if (ask_make(fixture, target) != 1)
            fail_msg("make stops without '%s'", names[i]);
        file_remove(in_folder(fixture, target));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_come_sorted_and_once),
        TEST(special_letters_are_escaped),
        TEST(make_understands_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
