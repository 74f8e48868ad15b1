/* Running other programs: how they end, what they say, and what ends them. */
#include "base/interruption.h"
#include "base/process/process.h"
#include "base/process/process_pool.h"

#include "tests/unit/base/fixture.h"

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

static bool run(struct fixture *fixture, struct process_job *jobs, size_t count, unsigned parallel)
{
    const struct process_pool_options options = {.parallel = parallel};
    return process_run_all(fixture->arena, jobs, count, &options, &fixture->diags);
}

static struct process_job run_script(struct fixture *fixture, const char *text)
{
    const struct script script = shell(text);
    struct process_job job = {.argv = script.argv};
    assert_true(run(fixture, &job, 1, 1));
    assert_true(job.end == PROCESS_EXITED || job.end == PROCESS_KILLED);
    job.argv = NULL;
    return job;
}

static void check_output(const struct process_job *job, const char *expected)
{
    if (!span_equal(job->output, span_of_text(expected)))
        fail_msg("said '%.*s', not '%s'", (int)job->output.bytes, (const char *)job->output.data,
                 expected);
}

static void the_exit_status_is_told(void **state)
{
    struct process_job job = run_script(*state, "exit 0");
    assert_int_equal(job.exit_status, 0);
    assert_int_equal(job.signal_number, 0);
    check_output(&job, "");
    job = run_script(*state, "exit 42");
    assert_int_equal(job.exit_status, 42);
    assert_int_equal(job.signal_number, 0);
}

static void a_deadly_signal_is_told(void **state)
{
    const struct process_job job = run_script(*state, "echo before; kill -KILL $$");
    assert_int_equal(job.exit_status, -1);
    assert_int_equal(job.signal_number, SIGKILL);
    check_output(&job, "before\n");
}

static void both_outputs_come_in_order(void **state)
{
    const struct process_job job = run_script(*state, "echo 1; echo 2 >&2; echo 3");
    check_output(&job, "1\n2\n3\n");
}

static void standard_input_is_empty(void **state)
{
    const struct process_job job = run_script(*state, "cat; echo end");
    check_output(&job, "end\n");
}

/* A pipe that breaks ends a child as it always does, also when this process ignores the signal. */
static void a_broken_pipe_ends_a_child(void **state)
{
    struct fixture *fixture = *state;
    signal(SIGPIPE, SIG_IGN);
    const struct process_job job = run_script(fixture, "kill -PIPE $$; echo survived");
    signal(SIGPIPE, SIG_DFL);
    assert_int_equal(job.signal_number, SIGPIPE);
}

static void output_is_cut_at_its_limit(void **state)
{
    const struct process_job job =
        run_script(*state, "head -c 3000000 /dev/zero; echo end; exit 3");
    assert_int_equal(job.output.bytes, PROCESS_OUTPUT_LIMIT);
    assert_int_equal(job.exit_status, 3);
    for (size_t i = 0; i < job.output.bytes; i++)
        assert_int_equal(job.output.data[i], 0);
}

static void arguments_arrive_unchanged(void **state)
{
    struct fixture *fixture = *state;
    const char *const argv[] = {"printf", "<%s>", "a b", "$HOME *", "", "\"", NULL};
    struct process_job job = {.argv = argv};
    assert_true(run(fixture, &job, 1, 1));
    check_output(&job, "<a b><$HOME *><><\">");
}

/* ---- many ---- */

struct told {
    size_t calls, last, count;
};

static void remember(void *context, size_t ended, size_t count)
{
    struct told *told = context;
    assert_true(ended > told->last && ended <= count);
    *told = (struct told){told->calls + 1, ended, count};
}

static void many_jobs_all_run(void **state)
{
    struct fixture *fixture = *state;
    enum { JOBS = 120 };
    static struct script scripts[JOBS];
    static struct process_job jobs[JOBS];
    struct told told = {0};
    for (unsigned i = 0; i < JOBS; i++) {
        scripts[i] = shell(arena_format(fixture->arena, "echo job %u; exit %u", i, i % 7));
        jobs[i] = (struct process_job){.argv = scripts[i].argv};
    }
    const struct process_pool_options options = {
        .parallel = 7, .progress = remember, .progress_context = &told};
    assert_true(process_run_all(fixture->arena, jobs, JOBS, &options, &fixture->diags));
    assert_int_equal(told.last, JOBS);
    assert_int_equal(told.count, JOBS);
    for (unsigned i = 0; i < JOBS; i++) {
        check_output(&jobs[i], arena_format(fixture->arena, "job %u\n", i));
        assert_int_equal(jobs[i].exit_status, i % 7);
    }
}

/* Each job leaves a file while it runs and says how many it sees. */
static void no_more_run_than_asked(void **state)
{
    struct fixture *fixture = *state;
    enum { JOBS = 12 };
    static struct script scripts[JOBS];
    for (unsigned parallel = 0; parallel <= 3; parallel++) {
        struct process_job jobs[JOBS];
        unsigned most = 0;
        for (unsigned i = 0; i < JOBS; i++) {
            scripts[i] = shell(arena_format(fixture->arena,
                                            "cd '%s' && : >j%u && ls | wc -l && sleep 0.05; rm j%u",
                                            fixture->folder, i, i));
            jobs[i] = (struct process_job){.argv = scripts[i].argv};
        }
        assert_true(run(fixture, jobs, JOBS, parallel));
        for (unsigned i = 0; i < JOBS; i++) {
            assert_int_equal(jobs[i].exit_status, 0);
            const unsigned seen = (unsigned)(jobs[i].output.data[0] - '0');
            most = seen > most ? seen : most;
        }
        assert_true(most <= (parallel < 1 ? 1 : parallel));
    }
}

/* The first job ends only when the second one runs beside it. */
static void jobs_run_beside_each_other(void **state)
{
    struct fixture *fixture = *state;
    const struct script waiting = shell(
        arena_format(fixture->arena,
                     "for i in $(seq 1000); do [ -e '%s/go' ] && exit 0; sleep 0.01; done; exit 1",
                     fixture->folder));
    const struct script going = shell(arena_format(fixture->arena, ": >'%s/go'", fixture->folder));
    struct process_job jobs[] = {{.argv = waiting.argv}, {.argv = going.argv}};
    assert_true(run(fixture, jobs, 2, 2));
    assert_int_equal(jobs[0].exit_status, 0);
}

static void no_jobs_are_no_trouble(void **state)
{
    struct fixture *fixture = *state;
    assert_true(run(fixture, NULL, 0, 4));
    no_diags(fixture);
}

static void a_missing_program_does_not_stop_the_others(void **state)
{
    struct fixture *fixture = *state;
    const char *const missing[] = {"imgbuild-no-such-program", NULL};
    const struct script good = shell("echo good");
    struct process_job jobs[] = {{.argv = missing}, {.argv = good.argv}, {.argv = missing}};
    struct told told = {0};
    const struct process_pool_options options = {
        .parallel = 1, .progress = remember, .progress_context = &told};
    assert_false(process_run_all(fixture->arena, jobs, COUNT(jobs), &options, &fixture->diags));
    assert_int_equal(told.last, 3);
    assert_int_equal(fixture->diags.count, 2);
    assert_string_equal(fixture->diags.items[0].code, "process-not-started");
    assert_non_null(strstr(fixture->diags.items[0].message, missing[0]));
    assert_int_equal(jobs[0].end, PROCESS_NOT_STARTED);
    assert_int_equal(jobs[0].exit_status, -1);
    assert_int_equal(jobs[1].end, PROCESS_EXITED);
    check_output(&jobs[1], "good\n");
}

static void what_cannot_be_run_is_not_started(void **state)
{
    struct fixture *fixture = *state;
    const char *const argv[] = {make_file(fixture, "text", "no program"), NULL};
    struct process_job job = {.argv = argv};
    assert_false(run(fixture, &job, 1, 1));
    take_only_diag(fixture, "process-not-started");
    assert_int_equal(job.end, PROCESS_NOT_STARTED);
}

/* ---- programs ---- */

static void make_program(struct fixture *fixture, const char *name)
{
    assert_int_equal(chmod(make_file(fixture, name, "#!/bin/sh\n"), 0755), 0);
}

static void programs_are_found_on_the_path(void **state)
{
    struct fixture *fixture = *state;
    struct arena *arena = fixture->arena;
    const char *kept = arena_format(arena, "%s", getenv("PATH"));
    make_program(fixture, "tool");
    make_file(fixture, "text", "x");
    assert_int_equal(mkdir(in_folder(fixture, "sub"), 0755), 0);
    make_program(fixture, "sub/tool");
    setenv("PATH", arena_format(arena, "/no/such:%s/sub:%s", fixture->folder, fixture->folder), 1);
    assert_string_equal(process_find_program(arena, "tool"), in_folder(fixture, "sub/tool"));
    assert_null(process_find_program(arena, "text"));
    assert_null(process_find_program(arena, "sub"));
    assert_null(process_find_program(arena, "missing"));
    assert_string_equal(process_find_program(arena, in_folder(fixture, "tool")),
                        in_folder(fixture, "tool"));
    assert_null(process_find_program(arena, in_folder(fixture, "missing")));
    setenv("PATH", "", 1);
    assert_null(process_find_program(arena, "tool"));
    setenv("PATH", kept, 1);
    assert_non_null(process_find_program(arena, "sh"));
    assert_true(process_processor_count() >= 1);
}

/* ---- interruption ---- */

/* In a process of its own, since a signal is remembered for good. What it returns is the exit
 * status. */
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

static int interrupted_while_running(struct fixture *fixture)
{
    const struct script sleeper = shell("exec sleep 60");
    const struct script signaller =
        shell(arena_format(fixture->arena, "kill -TERM %ld; exec sleep 60", (long)getpid()));
    struct process_job jobs[] = {
        {.argv = sleeper.argv}, {.argv = signaller.argv}, {.argv = sleeper.argv}};
    interruption_catch();
    const time_t before = time(NULL);
    if (interruption_signal() != 0 || run(fixture, jobs, COUNT(jobs), 2))
        return 1;
    if (interruption_signal() != SIGTERM || time(NULL) - before > 30)
        return 2;
    if (jobs[0].signal_number != SIGTERM || jobs[1].signal_number != SIGTERM ||
        jobs[2].end != PROCESS_WAITING)
        return 3;
    const struct diag_list *diags = &fixture->diags;
    return diags->count == 1 && strcmp(diags->items[0].code, "interrupted") == 0 ? 0 : 4;
}

static void a_signal_ends_the_running_jobs(void **state)
{
    assert_int_equal(in_child(*state, interrupted_while_running), 0);
}

/* A child that has nothing to say any more, but goes on. */
static int interrupted_while_silent(struct fixture *fixture)
{
    const struct script silent = shell(
        arena_format(fixture->arena, "(sleep 0.3; kill -INT %ld) >&- 2>&- & exec sleep 60 >&- 2>&-",
                     (long)getpid()));
    struct process_job job = {.argv = silent.argv};
    interruption_catch();
    const time_t before = time(NULL);
    if (run(fixture, &job, 1, 1))
        return 1;
    return interruption_signal() == SIGINT && time(NULL) - before <= 30 ? 0 : 2;
}

static void a_signal_ends_a_silent_job(void **state)
{
    assert_int_equal(in_child(*state, interrupted_while_silent), 0);
}

static int interrupted_before(struct fixture *fixture)
{
    const struct script script = shell("echo ran");
    struct process_job job = {.argv = script.argv};
    interruption_catch();
    raise(SIGINT);
    return !run(fixture, &job, 1, 1) && job.end == PROCESS_WAITING &&
                   interruption_signal() == SIGINT
               ? 0
               : 1;
}

static void nothing_starts_after_a_signal(void **state)
{
    assert_int_equal(in_child(*state, interrupted_before), 0);
}

/* What `nohup imgbuild` asks for. */
static int ignored_hangup(struct fixture *fixture)
{
    (void)fixture;
    signal(SIGHUP, SIG_IGN);
    interruption_catch();
    raise(SIGHUP);
    return interruption_signal();
}

static void an_ignored_hangup_stays_ignored(void **state)
{
    assert_int_equal(in_child(*state, ignored_hangup), 0);
}

/* A parent may have made it so that nobody waits for children. */
static int ignored_children(struct fixture *fixture)
{
    signal(SIGCHLD, SIG_IGN);
    interruption_catch();
    const struct script script = shell("exit 3");
    struct process_job job = {.argv = script.argv};
    return run(fixture, &job, 1, 1) && job.exit_status == 3 ? 0 : 1;
}

static void the_exit_status_is_told_where_a_parent_ignored_it(void **state)
{
    assert_int_equal(in_child(*state, ignored_children), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_exit_status_is_told),
        TEST(a_deadly_signal_is_told),
        TEST(both_outputs_come_in_order),
        TEST(standard_input_is_empty),
        TEST(a_broken_pipe_ends_a_child),
        TEST(output_is_cut_at_its_limit),
        TEST(arguments_arrive_unchanged),
        TEST(many_jobs_all_run),
        TEST(no_more_run_than_asked),
        TEST(jobs_run_beside_each_other),
        TEST(no_jobs_are_no_trouble),
        TEST(a_missing_program_does_not_stop_the_others),
        TEST(what_cannot_be_run_is_not_started),
        TEST(programs_are_found_on_the_path),
        TEST(a_signal_ends_the_running_jobs),
        TEST(a_signal_ends_a_silent_job),
        TEST(nothing_starts_after_a_signal),
        TEST(an_ignored_hangup_stays_ignored),
        TEST(the_exit_status_is_told_where_a_parent_ignored_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
