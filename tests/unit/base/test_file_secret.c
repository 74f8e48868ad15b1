/* Files of secrets, which are read into one buffer of the caller's. */
#include "base/file.h"

#include "tests/unit/base/fixture.h"

#include <time.h>
#include <unistd.h>

enum { CAPACITY = 8 };

static bool read_at(struct fixture *fixture, const char *path, uint8_t *buffer, size_t *ret_bytes)
{
    return file_read_secret(path, buffer, CAPACITY, NOWHERE, ret_bytes, &fixture->diags);
}

static void a_file_is_read_up_to_its_limit(void **state)
{
    struct fixture *fixture = *state;
    uint8_t buffer[CAPACITY + 1] = {[CAPACITY] = 0x55};
    size_t bytes = 99;
    assert_true(read_at(fixture, make_file(fixture, "seven", "1234567"), buffer, &bytes));
    assert_int_equal(bytes, 7);
    assert_memory_equal(buffer, "1234567", 7);
    assert_true(read_at(fixture, make_file(fixture, "empty", ""), buffer, &bytes));
    assert_int_equal(bytes, 0);
    bytes = 99;
    assert_false(read_at(fixture, make_file(fixture, "eight", "12345678"), buffer, &bytes));
    assert_non_null(strstr(take_only_diag(fixture, "file-too-large")->message, "7 bytes"));
    assert_int_equal(bytes, 99);
    assert_int_equal(buffer[CAPACITY], 0x55);
}

static void what_is_no_file_is_not_read(void **state)
{
    struct fixture *fixture = *state;
    uint8_t buffer[CAPACITY];
    size_t bytes = 99;
    assert_false(read_at(fixture, fixture->folder, buffer, &bytes));
    assert_non_null(strstr(take_only_diag(fixture, "file-unreadable")->message, "is a folder"));
    assert_false(read_at(fixture, in_folder(fixture, "nothing"), buffer, &bytes));
    (void)take_only_diag(fixture, "file-missing");
    assert_false(read_at(fixture, "/dev/zero", buffer, &bytes));
    assert_non_null(
        strstr(take_only_diag(fixture, "file-unreadable")->message, "neither a regular file"));
    assert_int_equal(bytes, 99);
}

/* As a shell's <(command) names it; what it holds may come in pieces. */
static void a_pipe_is_read_to_its_end(void **state)
{
    struct fixture *fixture = *state;
    uint8_t buffer[CAPACITY];
    size_t bytes = 0;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct timespec pause = {0, 20000000};
        close(ends[0]);
        const bool ok = write(ends[1], "123", 3) == 3 && nanosleep(&pause, NULL) == 0 &&
                        write(ends[1], "456", 3) == 3;
        _exit(ok ? 0 : 1);
    }
    close(ends[1]);
    assert_true(
        read_at(fixture, arena_format(fixture->arena, "/dev/fd/%d", ends[0]), buffer, &bytes));
    close(ends[0]);
    assert_int_equal(bytes, 6);
    assert_memory_equal(buffer, "123456", 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_read_up_to_its_limit),
        TEST(what_is_no_file_is_not_read),
        TEST(a_pipe_is_read_to_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
