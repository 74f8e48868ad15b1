/* One process a file, whatever the file is replaced by meanwhile. */
#include "base/file_lock.h"

#include "tests/unit/base/fixture.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

static const char *path_of(struct fixture *fixture)
{
    return make_file(fixture, "file", "content");
}

static void a_file_has_one_holder(void **state)
{
    struct fixture *fixture = *state;
    const char *path = path_of(fixture);
    struct file_lock first, second = {77};
    assert_int_equal(file_lock_take(path, 0, &first), FILE_LOCK_TAKEN);
    assert_int_equal(file_lock_take(path, 0, &second), FILE_LOCK_BUSY);
    assert_int_equal(second.handle, -1);
    assert_int_equal(file_lock_take(path, 30, &second), FILE_LOCK_BUSY);
    file_lock_release(&first);
    file_lock_release(&first);
    assert_int_equal(file_lock_take(path, 0, &second), FILE_LOCK_TAKEN);
    file_lock_release(&second);
    assert_string_equal(names_in_folder(fixture), "file");
}

static void only_files_are_locked(void **state)
{
    struct fixture *fixture = *state;
    struct file_lock lock = {77};
    assert_int_equal(file_lock_take(in_folder(fixture, "missing"), 0, &lock), FILE_LOCK_NO_FILE);
    assert_int_equal(lock.handle, -1);
    assert_int_equal(file_lock_take(fixture->folder, 0, &lock), FILE_LOCK_NO_FILE);
    assert_int_equal(file_lock_take("/dev/null", 0, &lock), FILE_LOCK_NO_FILE);
    file_lock_release(&lock);
}

static void a_link_is_its_file(void **state)
{
    struct fixture *fixture = *state;
    const char *path = path_of(fixture);
    const char *link = in_folder(fixture, "link");
    struct file_lock first, second;
    assert_int_equal(symlink("file", link), 0);
    assert_int_equal(file_lock_take(path, 0, &first), FILE_LOCK_TAKEN);
    assert_int_equal(file_lock_take(link, 0, &second), FILE_LOCK_BUSY);
    file_lock_release(&first);
}

struct holder {
    struct fixture *fixture;
    struct file_lock lock;
};

/* What a signer does while another one waits. */
static void *replace_and_release(void *context)
{
    struct holder *holder = context;
    struct diag_list diags = holder->fixture->diags;
    (void)poll(NULL, 0, 50);
    const bool moved =
        file_rename(in_folder(holder->fixture, "new"), in_folder(holder->fixture, "file"), &diags);
    file_lock_release(&holder->lock);
    return moved ? holder : NULL;
}

/* The lock of a file that is nowhere any more is worth nothing. */
static void who_waited_has_the_new_file(void **state)
{
    struct fixture *fixture = *state;
    const char *path = path_of(fixture);
    make_file(fixture, "new", "other content");
    struct holder holder = {fixture, {-1}};
    struct file_lock second, third;
    pthread_t thread;
    void *moved;
    assert_int_equal(file_lock_take(path, 0, &holder.lock), FILE_LOCK_TAKEN);
    assert_int_equal(pthread_create(&thread, NULL, replace_and_release, &holder), 0);
    assert_int_equal(file_lock_take(path, 10000, &second), FILE_LOCK_TAKEN);
    assert_int_equal(pthread_join(thread, &moved), 0);
    assert_non_null(moved);
    assert_int_equal(file_lock_take(path, 0, &third), FILE_LOCK_BUSY);
    file_lock_release(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_has_one_holder),
        TEST(only_files_are_locked),
        TEST(a_link_is_its_file),
        TEST(who_waited_has_the_new_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
