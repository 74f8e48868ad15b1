/* Writing: whole files or none, nothing left behind, one process a folder. */
#include "base/file.h"

#include "tests/unit/base/fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static bool add(struct fixture *fixture, struct file_batch *batch, const char *name,
                const char *content)
{
    return file_batch_add(batch, in_folder(fixture, name), span_of_text(content), FILE_NOT_SYNCED,
                          &fixture->diags);
}

static bool write_one(struct fixture *fixture, const char *name, const char *content)
{
    return file_write(fixture->arena, in_folder(fixture, name), span_of_text(content), FILE_SYNCED,
                      &fixture->diags);
}

/* Makes a file look as if it had been written in 2001. */
static void make_old(const char *path)
{
    const struct timespec times[2] = {{1000000000, 0}, {1000000000, 0}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static struct stat look(const char *path)
{
    struct stat status;
    assert_int_equal(lstat(path, &status), 0);
    return status;
}

static void files_appear_together(void **state)
{
    struct fixture *fixture = *state;
    struct file_batch batch = file_batch_in(fixture->arena);
    make_file(fixture, "b", "old b");
    for (unsigned i = 0; i < 40; i++)
        assert_true(add(fixture, &batch, arena_format(fixture->arena, "f%02u", i), "new"));
    assert_true(add(fixture, &batch, "b", "new b"));
    check_content(fixture, "b", "old b");
    struct file_stamp stamp;
    assert_false(file_look(in_folder(fixture, "f00"), &stamp));
    assert_true(file_batch_commit(&batch, &fixture->diags));
    file_batch_abandon(&batch);
    check_content(fixture, "b", "new b");
    check_content(fixture, "f00", "new");
    check_content(fixture, "f39", "new");
    assert_null(strstr(names_in_folder(fixture), ".imgbuild-"));
    no_diags(fixture);
}

static void an_abandoned_batch_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct file_batch batch = file_batch_in(fixture->arena);
    make_file(fixture, "old", "old");
    assert_true(add(fixture, &batch, "old", "new"));
    assert_true(add(fixture, &batch, "other", "new"));
    assert_string_not_equal(names_in_folder(fixture), "old");
    file_batch_abandon(&batch);
    file_batch_abandon(&batch);
    assert_string_equal(names_in_folder(fixture), "old");
    check_content(fixture, "old", "old");
}

static void right_content_is_touched_not_written(void **state)
{
    struct fixture *fixture = *state;
    const char *path = make_file(fixture, "same", "content");
    make_old(path);
    const struct stat before = look(path);
    assert_true(write_one(fixture, "same", "content"));
    const struct stat after = look(path);
    assert_int_equal(after.st_ino, before.st_ino);
    assert_true(after.st_mtim.tv_sec > before.st_mtim.tv_sec);
    assert_true(write_one(fixture, "same", "CONTENT"));
    assert_true(look(path).st_ino != before.st_ino);
    check_content(fixture, "same", "CONTENT");
}

/* The difference may lie anywhere, also behind the part that is compared at once. */
static void one_other_byte_is_noticed(void **state)
{
    struct fixture *fixture = *state;
    enum { BYTES = 200000 };
    char *content = arena_alloc(fixture->arena, BYTES + 1, 1);
    memset(content, 'x', BYTES);
    static const size_t places[] = {0, 65535, 65536, 131072, BYTES - 1};
    for (size_t i = 0; i < COUNT(places); i++) {
        assert_true(write_one(fixture, "large", content));
        content[places[i]] = 'y';
        assert_true(write_one(fixture, "large", content));
        check_content(fixture, "large", content);
    }
    assert_true(write_one(fixture, "large", "x"));
    check_content(fixture, "large", "x");
    assert_true(write_one(fixture, "large", ""));
    check_content(fixture, "large", "");
}

static void a_failed_add_leaves_the_old_files(void **state)
{
    struct fixture *fixture = *state;
    struct file_batch batch = file_batch_in(fixture->arena);
    make_file(fixture, "old", "old");
    assert_true(add(fixture, &batch, "old", "new"));
    assert_false(add(fixture, &batch, "missing/file", "new"));
    assert_non_null(strstr(take_only_diag(fixture, "file-not-written")->message, "missing/file"));
    assert_false(add(fixture, &batch, "old/below", "new"));
    take_only_diag(fixture, "file-not-written");
    file_batch_abandon(&batch);
    check_content(fixture, "old", "old");
    assert_string_equal(names_in_folder(fixture), "old");
}

/* What is no file is not replaced by one, and is found out before anything is renamed. */
static void only_files_are_replaced(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"folder", "pipe", "link"};
    assert_int_equal(mkdir(in_folder(fixture, "folder"), 0777), 0);
    assert_int_equal(mkfifo(in_folder(fixture, "pipe"), 0666), 0);
    assert_int_equal(symlink("/dev/null", in_folder(fixture, "link")), 0);
    make_file(fixture, "old", "old");
    for (size_t i = 0; i < COUNT(names); i++) {
        struct file_batch batch = file_batch_in(fixture->arena);
        const mode_t kind = look(in_folder(fixture, names[i])).st_mode & S_IFMT;
        assert_true(add(fixture, &batch, "old", "new"));
        assert_false(add(fixture, &batch, names[i], "x"));
        take_only_diag(fixture, "file-not-written");
        file_batch_abandon(&batch);
        assert_true((look(in_folder(fixture, names[i])).st_mode & S_IFMT) == kind);
    }
    check_content(fixture, "old", "old");
    assert_string_equal(names_in_folder(fixture), "folder link old pipe");
}

/* A folder that takes the place between add and commit. */
static void a_failed_commit_leaves_no_temporary_file(void **state)
{
    struct fixture *fixture = *state;
    struct file_batch batch = file_batch_in(fixture->arena);
    assert_true(add(fixture, &batch, "a", "new"));
    assert_true(add(fixture, &batch, "b", "new"));
    assert_true(add(fixture, &batch, "c", "new"));
    assert_int_equal(mkdir(in_folder(fixture, "b"), 0777), 0);
    assert_false(file_batch_commit(&batch, &fixture->diags));
    take_only_diag(fixture, "file-not-written");
    file_batch_abandon(&batch);
    assert_string_equal(names_in_folder(fixture), "a b");
    check_content(fixture, "a", "new");
}

static void names_may_hold_anything(void **state)
{
    struct fixture *fixture = *state;
    char *longest = arena_alloc(fixture->arena, 256, 1);
    memset(longest, 'n', 255);
    const char *const names[] = {"two words", "-dash", "%s%n", "a\nb", "\xff", longest};
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_true(write_one(fixture, names[i], "x"));
        check_content(fixture, names[i], "x");
    }
    no_diags(fixture);
}

static void two_batches_do_not_meet(void **state)
{
    struct fixture *fixture = *state;
    struct file_batch first = file_batch_in(fixture->arena);
    struct file_batch second = file_batch_in(fixture->arena);
    assert_true(add(fixture, &first, "file", "first"));
    assert_true(add(fixture, &second, "file", "second"));
    assert_true(file_batch_commit(&second, &fixture->diags));
    check_content(fixture, "file", "second");
    assert_true(file_batch_commit(&first, &fixture->diags));
    check_content(fixture, "file", "first");
    assert_string_equal(names_in_folder(fixture), "file");
}

static void leftovers_of_a_killed_build_go(void **state)
{
    struct fixture *fixture = *state;
    struct file_batch killed = file_batch_in(fixture->arena);
    assert_true(add(fixture, &killed, "a b", "half"));
    assert_true(add(fixture, &killed, "c", "half"));
    make_file(fixture, "imgbuild-keep", "");
    make_file(fixture, "keep", "");
    file_remove_leftovers(fixture->arena, fixture->folder);
    assert_string_equal(names_in_folder(fixture), "imgbuild-keep keep");
    file_remove_leftovers(fixture->arena, in_folder(fixture, "missing"));
}

/* A signer may be at work on the archive of a folder into which a build writes. */
static void what_others_are_writing_stays(void **state)
{
    struct fixture *fixture = *state;
    struct file_batch killed = file_batch_in(fixture->arena);
    const char *living = arena_format(fixture->arena, ".imgbuild-%ld-0-file", (long)getppid());
    assert_true(add(fixture, &killed, "file", "half"));
    assert_true(add(fixture, &killed, "other", "half"));
    make_file(fixture, living, "");
    file_remove_leftovers_of(fixture->arena, in_folder(fixture, "file"));
    const char *left = names_in_folder(fixture);
    assert_non_null(strstr(left, living));
    assert_non_null(strstr(left, "-other"));
    assert_null(strstr(left, arena_format(fixture->arena, "%ld-0-file", (long)getpid())));
    file_remove_leftovers(fixture->arena, fixture->folder);
    assert_string_equal(names_in_folder(fixture), living);
}

/* Names that are cut are still found. */
static void leftovers_of_long_names_go(void **state)
{
    struct fixture *fixture = *state;
    struct file_batch killed = file_batch_in(fixture->arena);
    char name[201] = {0};
    memset(name, 'n', sizeof name - 1);
    assert_true(add(fixture, &killed, name, "half"));
    file_remove_leftovers_of(fixture->arena, in_folder(fixture, name));
    assert_string_equal(names_in_folder(fixture), "");
}

static void removing_and_renaming(void **state)
{
    struct fixture *fixture = *state;
    make_file(fixture, "a", "a");
    make_file(fixture, "b", "b");
    assert_true(file_rename(in_folder(fixture, "a"), in_folder(fixture, "b"), &fixture->diags));
    check_content(fixture, "b", "a");
    assert_false(file_rename(in_folder(fixture, "a"), in_folder(fixture, "b"), &fixture->diags));
    take_only_diag(fixture, "file-not-written");
    file_remove(in_folder(fixture, "b"));
    file_remove(in_folder(fixture, "b"));
    assert_string_equal(names_in_folder(fixture), "");
}

/* ---- the lock ---- */

static void a_folder_has_one_builder(void **state)
{
    struct fixture *fixture = *state;
    struct folder_lock first, second = {77};
    assert_int_equal(folder_lock_take(fixture->arena, fixture->folder, FOLDER_LOCK_AT_ONCE, &first,
                                      &fixture->diags),
                     FOLDER_LOCK_TAKEN);
    assert_int_equal(folder_lock_take(fixture->arena, fixture->folder, FOLDER_LOCK_AT_ONCE, &second,
                                      &fixture->diags),
                     FOLDER_LOCK_BUSY);
    assert_int_equal(second.handle, 77);
    assert_int_equal(fixture->diags.count, 0);
    folder_lock_release(&first);
    folder_lock_release(&first);
    assert_int_equal(folder_lock_take(fixture->arena, fixture->folder, FOLDER_LOCK_AT_ONCE, &second,
                                      &fixture->diags),
                     FOLDER_LOCK_TAKEN);
    folder_lock_release(&second);
    assert_int_equal(folder_lock_take(fixture->arena, in_folder(fixture, "missing"),
                                      FOLDER_LOCK_AT_ONCE, &second, &fixture->diags),
                     FOLDER_LOCK_FAILED);
    take_only_diag(fixture, "file-not-written");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_appear_together),
        TEST(an_abandoned_batch_leaves_nothing),
        TEST(right_content_is_touched_not_written),
        TEST(one_other_byte_is_noticed),
        TEST(a_failed_add_leaves_the_old_files),
        TEST(only_files_are_replaced),
        TEST(a_failed_commit_leaves_no_temporary_file),
        TEST(names_may_hold_anything),
        TEST(two_batches_do_not_meet),
        TEST(leftovers_of_a_killed_build_go),
        TEST(what_others_are_writing_stays),
        TEST(leftovers_of_long_names_go),
        TEST(removing_and_renaming),
        TEST(a_folder_has_one_builder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
