/* Programs beside each other: which ones start, what ends them, and what is not waited for. */
#include "base/process/process_pool.h"

#include "base/interruption.h"
#include "tests/unit/base/fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct script {
    const char *argv[4];
};

static struct script shell(const char *text)
{
    return (struct script){{"sh", "-c", text, NULL}};
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool is_alive(pid_t pid)
{
    return kill(pid, 0) == 0;
}

/* The number that a job printed first. */
static long printed_number(const struct process_job *job)
{
    char text[32] = {0};
    assert_true(job->output.bytes < sizeof text);
    memcpy(text, job->output.data, job->output.bytes);
    return strtol(text, NULL, 10);
}

/* ---- ends ---- */

static void a_child_in_the_background_is_not_waited_for(void **state)
{
    struct fixture *fixture = *state;
    const struct script script = shell("sleep 60 & echo $!; exit 0");
    struct process_job job = {.argv = script.argv};
    const struct process_pool_options options = {.parallel = 1};
    const double before = now_s();
    assert_true(process_run_all(fixture->arena, &job, 1, &options, &fixture->diags));
    assert_true(now_s() - before < 30);
    assert_int_equal(job.end, PROCESS_EXITED);
    const long sleeper = printed_number(&job);
    assert_true(is_alive((pid_t)sleeper)); /* a daemon may go on */
    kill((pid_t)sleeper, SIGKILL);
}

static void a_job_that_takes_too_long_is_ended_with_its_children(void **state)
{
    struct fixture *fixture = *state;
    const struct script script = shell("trap '' TERM; sleep 60 & echo $!; wait; wait; sleep 60");
    struct process_job job = {.argv = script.argv};
    const struct process_pool_options options = {.parallel = 1, .timeout_seconds = 1};
    const double before = now_s();
    assert_true(process_run_all(fixture->arena, &job, 1, &options, &fixture->diags));
    assert_true(now_s() - before < 30);
    assert_int_equal(job.end, PROCESS_TIMED_OUT);
    const long sleeper = printed_number(&job);
    for (int i = 0; i < 200 && is_alive((pid_t)sleeper); i++)
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    assert_false(is_alive((pid_t)sleeper));
}

static void a_failure_stops_what_has_not_started(void **state)
{
    struct fixture *fixture = *state;
    const struct script bad = shell("exit 3"), good = shell("exit 0");
    struct process_job jobs[] = {{.argv = good.argv}, {.argv = bad.argv}, {.argv = good.argv}};
    struct process_pool_options options = {.parallel = 1, .on_failure = PROCESS_STOP_STARTING};
    assert_true(process_run_all(fixture->arena, jobs, 3, &options, &fixture->diags));
    assert_int_equal(jobs[0].end, PROCESS_EXITED);
    assert_int_equal(jobs[1].exit_status, 3);
    assert_int_equal(jobs[2].end, PROCESS_SKIPPED);
    options.on_failure = PROCESS_KEEP_GOING;
    assert_true(process_run_all(fixture->arena, jobs, 3, &options, &fixture->diags));
    assert_int_equal(jobs[2].end, PROCESS_EXITED);
}

static void jobs_come_back_as_they_end(void **state)
{
    struct fixture *fixture = *state;
    const struct script slow = shell("sleep 0.5"), quick = shell("exit 0");
    struct process_job jobs[] = {{.argv = slow.argv}, {.argv = quick.argv}};
    const struct process_pool_options options = {.parallel = 2};
    struct process_pool *pool = process_pool_open(fixture->arena, &options);
    process_pool_add(pool, &jobs[0], &fixture->diags);
    process_pool_add(pool, &jobs[1], &fixture->diags);
    struct process_job *ended = NULL;
    assert_true(process_pool_next(pool, &ended, &fixture->diags));
    assert_ptr_equal(ended, &jobs[1]);
    process_pool_add(pool, &jobs[1], &fixture->diags); /* more work, while the other goes on */
    assert_true(process_pool_next(pool, &ended, &fixture->diags));
    assert_ptr_equal(ended, &jobs[1]);
    assert_true(process_pool_next(pool, &ended, &fixture->diags));
    assert_ptr_equal(ended, &jobs[0]);
    assert_true(process_pool_next(pool, &ended, &fixture->diags));
    assert_null(ended);
    process_pool_close(pool);
}

static void closing_ends_what_runs(void **state)
{
    struct fixture *fixture = *state;
    const struct script script = shell("exec sleep 60");
    struct process_job job = {.argv = script.argv};
    const struct process_pool_options options = {.parallel = 1};
    const double before = now_s();
    struct process_pool *pool = process_pool_open(fixture->arena, &options);
    process_pool_add(pool, &job, &fixture->diags);
    process_pool_close(pool);
    assert_true(now_s() - before < 30);
    assert_int_equal(job.end, PROCESS_KILLED);
    assert_int_equal(job.signal_number, SIGTERM);
}

/* ---- signals ---- */

/* In a process of its own, since a signal is remembered for good. */
static int in_child(struct fixture *fixture, int (*body)(struct fixture *))
{
    const pid_t child = fork();
    if (child == 0)
        _exit(body(fixture));
    int status;
    assert_true(waitpid(child, &status, 0) == child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* A job that minds no signal but SIGKILL, while `signals` of them come. */
static int end_stubborn(struct fixture *fixture, const char *signals)
{
    const struct script script =
        shell(arena_format(fixture->arena,
                           "trap '' TERM INT HUP; for s in %s; do kill -$s %ld; sleep 0.2; done; "
                           "sleep 60; sleep 60",
                           signals, (long)getpid()));
    struct process_job job = {.argv = script.argv};
    const struct process_pool_options options = {.parallel = 1};
    interruption_catch();
    if (process_run_all(fixture->arena, &job, 1, &options, &fixture->diags))
        return 1;
    return job.end == PROCESS_KILLED && job.signal_number == SIGKILL ? 0 : 2;
}

static int one_signal(struct fixture *fixture)
{
    const double before = now_s();
    const int answer = end_stubborn(fixture, "TERM");
    const double taken = now_s() - before;
    return answer != 0 ? answer : taken >= 1.9 && taken < 30 ? 0 : 3;
}

static void a_stubborn_job_is_killed_after_two_seconds(void **state)
{
    assert_int_equal(in_child(*state, one_signal), 0);
}

static int two_signals(struct fixture *fixture)
{
    const double before = now_s();
    const int answer = end_stubborn(fixture, "INT INT");
    return answer != 0 ? answer : now_s() - before < 1.9 ? 0 : 3;
}

static void a_second_signal_kills_at_once(void **state)
{
    assert_int_equal(in_child(*state, two_signals), 0);
}

static int signal_with_grandchild(struct fixture *fixture)
{
    const struct script script = shell(
        arena_format(fixture->arena, "sleep 60 & echo $!; kill -TERM %ld; wait", (long)getpid()));
    struct process_job job = {.argv = script.argv};
    const struct process_pool_options options = {.parallel = 1};
    interruption_catch();
    if (process_run_all(fixture->arena, &job, 1, &options, &fixture->diags))
        return 1;
    const long sleeper = printed_number(&job);
    for (int i = 0; i < 200 && is_alive((pid_t)sleeper); i++)
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    return is_alive((pid_t)sleeper) ? 2 : 0;
}

static void a_signal_reaches_the_children_of_a_job(void **state)
{
    assert_int_equal(in_child(*state, signal_with_grandchild), 0);
}

/* Stops in the middle; the parent sees that the job stands still too. */
static int stopped(struct fixture *fixture)
{
    const struct script script =
        shell(arena_format(fixture->arena,
                           "kill -TSTP %ld; i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo $i; "
                           "echo $i >'%s/count'; sleep 0.01; done",
                           (long)getpid(), fixture->folder));
    struct process_job job = {.argv = script.argv};
    const struct process_pool_options options = {.parallel = 1, .timeout_seconds = 60};
    return process_run_all(fixture->arena, &job, 1, &options, &fixture->diags) &&
                   job.exit_status == 0
               ? 0
               : 1;
}

static off_t count_bytes(const struct fixture *fixture)
{
    struct stat status;
    char path[512];
    snprintf(path, sizeof path, "%s/count", fixture->folder);
    return stat(path, &status) == 0 ? (off_t)status.st_mtim.tv_nsec + status.st_mtim.tv_sec : 0;
}

static void jobs_stop_and_go_on_with_this_process(void **state)
{
    struct fixture *fixture = *state;
    const pid_t child = fork();
    if (child == 0) {
        setpgid(0, 0);
        _exit(stopped(fixture));
    }
    int status;
    assert_true(waitpid(child, &status, WUNTRACED) == child);
    assert_true(WIFSTOPPED(status));
    const off_t before = count_bytes(fixture);
    nanosleep(&(struct timespec){0, 300000000}, NULL);
    assert_int_equal(count_bytes(fixture), before);
    kill(child, SIGCONT);
    assert_true(waitpid(child, &status, 0) == child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- the job server of make ---- */

/* Each job says how many run beside it. */
static unsigned most_at_once(struct fixture *fixture, const char *makeflags)
{
    enum { JOBS = 12 };
    static struct process_job jobs[JOBS];
    struct jobserver *server;
    assert_int_equal(jobserver_open(fixture->arena, makeflags, &server), JOBSERVER_OPEN);
    const struct script script = shell(arena_format(
        fixture->arena, ": >'%s'/run-$$; ls '%s' | grep -c ^run-; sleep 0.05; rm '%s'/run-$$",
        fixture->folder, fixture->folder, fixture->folder));
    for (unsigned i = 0; i < JOBS; i++)
        jobs[i] = (struct process_job){.argv = script.argv};
    const struct process_pool_options options = {.parallel = 8, .jobserver = server};
    assert_true(process_run_all(fixture->arena, jobs, JOBS, &options, &fixture->diags));
    jobserver_close(server);
    unsigned most = 0;
    for (unsigned i = 0; i < JOBS; i++) {
        const unsigned seen = (unsigned)printed_number(&jobs[i]);
        most = seen > most ? seen : most;
    }
    return most;
}

static void jobs_take_tokens_of_a_pipe_and_give_them_back(void **state)
{
    struct fixture *fixture = *state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "ab", 2), 2);
    const char *flags =
        arena_format(fixture->arena, " -j3 --jobserver-auth=%d,%d", ends[0], ends[1]);
    const unsigned most = most_at_once(fixture, flags);
    assert_true(most <= 3);
    char tokens[3];
    assert_int_equal(read(ends[0], tokens, sizeof tokens), 2);
    assert_true((tokens[0] == 'a' && tokens[1] == 'b') || (tokens[0] == 'b' && tokens[1] == 'a'));
    close(ends[0]);
    close(ends[1]);
}

static void jobs_take_tokens_of_a_fifo(void **state)
{
    struct fixture *fixture = *state;
    const char *path = arena_format(fixture->arena, "/tmp/imgbuild-fifo-%ld", (long)getpid());
    assert_int_equal(mkfifo(path, 0600), 0);
    const int handle = open(path, O_RDWR | O_NONBLOCK);
    assert_int_equal(write(handle, "+", 1), 1);
    assert_true(most_at_once(fixture, arena_format(fixture->arena, "w -j2 --jobserver-auth=fifo:%s",
                                                   path)) <= 2);
    char token;
    assert_int_equal(read(handle, &token, 1), 1);
    assert_int_equal(token, '+');
    close(handle);
    unlink(path);
}

static void a_job_server_that_is_none_is_closed(void **state)
{
    struct fixture *fixture = *state;
    struct jobserver *server;
    static const char *const closed[] = {"-j4 --jobserver-auth=-2,-2",
                                         "-j4 --jobserver-auth=98,99",
                                         "--jobserver-auth=",
                                         "--jobserver-auth=fifo:/no/such",
                                         "--jobserver-auth=fifo:/dev/null",
                                         "--jobserver-fds=0",
                                         "--jobserver-auth=99999999999999999999,3",
                                         "s -j1"};
    for (size_t i = 0; i < COUNT(closed); i++)
        assert_int_equal(jobserver_open(fixture->arena, closed[i], &server), JOBSERVER_CLOSED);
    assert_int_equal(jobserver_open(fixture->arena, NULL, &server), JOBSERVER_NONE);
    assert_int_equal(jobserver_open(fixture->arena, "ks -- A=--jobserver", &server),
                     JOBSERVER_NONE);
    jobserver_close(server);
}

static int give_up(struct fixture *fixture)
{
    int ends[2];
    if (pipe(ends) != 0 || write(ends[1], "xy", 2) != 2)
        return 1;
    struct jobserver *server;
    const char *flags = arena_format(fixture->arena, "--jobserver-auth=%d,%d", ends[0], ends[1]);
    if (jobserver_open(fixture->arena, flags, &server) != JOBSERVER_OPEN)
        return 2;
    const struct script script = shell("exec sleep 60");
    struct process_job jobs[] = {{.argv = script.argv}, {.argv = script.argv}};
    const struct process_pool_options options = {.parallel = 2, .jobserver = server};
    struct process_pool *pool = process_pool_open(fixture->arena, &options);
    process_pool_add(pool, &jobs[0], &fixture->diags);
    process_pool_add(pool, &jobs[1], &fixture->diags);
    process_pool_abandon();
    char tokens[3];
    return read(ends[0], tokens, sizeof tokens) == 2 ? 0 : 3;
}

static void a_process_that_gives_up_gives_its_tokens_back(void **state)
{
    assert_int_equal(in_child(*state, give_up), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_child_in_the_background_is_not_waited_for),
        TEST(a_job_that_takes_too_long_is_ended_with_its_children),
        TEST(a_failure_stops_what_has_not_started),
        TEST(jobs_come_back_as_they_end),
        TEST(closing_ends_what_runs),
        TEST(a_stubborn_job_is_killed_after_two_seconds),
        TEST(a_second_signal_kills_at_once),
        TEST(a_signal_reaches_the_children_of_a_job),
        TEST(jobs_stop_and_go_on_with_this_process),
        TEST(jobs_take_tokens_of_a_pipe_and_give_them_back),
        TEST(jobs_take_tokens_of_a_fifo),
        TEST(a_job_server_that_is_none_is_closed),
        TEST(a_process_that_gives_up_gives_its_tokens_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
