/* Whose a temporary file is. */
#include "base/leftover.h"

#include "tests/unit/base/fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* The id of a process that is no more. */
static long dead_pid(void)
{
    const pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    return (long)pid;
}

static void check(struct fixture *fixture, const char *before, long pid, const char *after,
                  const char *rest, enum leftover_state expected)
{
    const char *name = arena_format(fixture->arena, "%s%ld%s", before, pid, after);
    if (leftover_state_of(name, rest) != expected)
        fail_msg("%s with %s is not %d", name, rest == NULL ? "anything" : rest, expected);
}

static void whose_it_is(void **state)
{
    struct fixture *fixture = *state;
    const long dead = dead_pid();
    check(fixture, ".imgbuild-", dead, "-0-a.zip", "-a.zip", LEFTOVER_DEAD);
    check(fixture, ".imgbuild-", dead, "-0-a.zip", NULL, LEFTOVER_DEAD);
    check(fixture, ".imgbuild-", dead, "-999", "", LEFTOVER_DEAD);
    check(fixture, ".imgbuild-", (long)getppid(), "-0-a.zip", "-a.zip", LEFTOVER_LIVES);
    check(fixture, ".imgbuild-", 1, "-0-a.zip", NULL, LEFTOVER_LIVES); /* not ours to signal */
    const char *own = leftover_name(fixture->arena, 7, "-a b");
    assert_int_equal(leftover_state_of(own, "-a b"), LEFTOVER_DEAD);
    assert_int_equal(leftover_state_of(own, "-a"), LEFTOVER_NONE);
}

/* Killed, and its status not asked for. */
static void an_ended_process(void **state)
{
    struct fixture *fixture = *state;
    const pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    assert_true(pid > 0);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    check(fixture, ".imgbuild-", (long)pid, "-0-a.zip", "-a.zip", LEFTOVER_DEAD);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void other_names(void **state)
{
    struct fixture *fixture = *state;
    const long dead = dead_pid();
    const char *const parts[][2] = {
        {"imgbuild-", "-0"},   {".imgbuild-", ""},    {".imgbuild-", "-"},
        {".imgbuild-", "-x"},  {".imgbuild-0", "-0"}, {".imgbuild--", "-0"},
        {".imgbuild-+", "-0"}, {".imgbuild- ", "-0"}, {".imgbuild-", "-00"},
        {".imgbuild-", "--1"}, {".imgbuild-", "_0"},  {"x.imgbuild-", "-0"},
        {".imgbuild-x", "-0"}, {".imgbuild-", "x-0"}, {".imgbuild-99999999", "99-0"},
    };
    for (size_t i = 0; i < COUNT(parts); i++)
        check(fixture, parts[i][0], dead, parts[i][1], NULL, LEFTOVER_NONE);
    check(fixture, ".imgbuild-", dead, "-0-a.zip2", "-a.zip", LEFTOVER_NONE);
    check(fixture, ".imgbuild-", dead, "-0-b.zip", "-a.zip", LEFTOVER_NONE);
    check(fixture, ".imgbuild-", dead, "-0-a.zip", "", LEFTOVER_NONE);
    check(fixture, ".imgbuild-", 0, "-0", NULL, LEFTOVER_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(whose_it_is), TEST(an_ended_process),
                                       TEST(other_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
