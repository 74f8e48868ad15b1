/* A program as a filter: what it reads, prints and says, how it ends, and what ends it. */
#include "base/buffer.h"
#include "base/interruption.h"
#include "base/process/process.h"
#include "base/process/process_filter.h"

#include "tests/unit/base/fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OUTPUT_MOST = 1000 };

static const char *const no_settings[] = {NULL};

struct script {
    const char *argv[4];
};

static struct script shell(const char *text)
{
    return (struct script){{"/bin/sh", "-c", text, NULL}};
}

static struct process_filter run_script(struct fixture *fixture, const char *text,
                                        struct span input)
{
    const struct script script = shell(text);
    struct process_filter filter = {.argv = script.argv,
                                    .settings = no_settings,
                                    .input = input,
                                    .output_bytes_most = OUTPUT_MOST};
    assert_true(process_filter_run(fixture->arena, &filter, &fixture->diags));
    no_diags(fixture);
    filter.argv = NULL;
    return filter;
}

static void check_text(struct span said, const char *expected)
{
    if (!span_equal(said, span_of_text(expected)))
        fail_msg("said '%.*s', not '%s'", (int)said.bytes, (const char *)said.data, expected);
}

static void input_output_and_words_are_apart(void **state)
{
    const struct process_filter filter =
        run_script(*state, "echo one >&2; tr a-z A-Z; echo two >&2; exit 3", span_of_text("abc"));
    assert_int_equal(filter.exit_status, 3);
    assert_int_equal(filter.signal_number, 0);
    check_text(filter.output, "ABC");
    check_text(filter.words, "one\ntwo\n");
}

static void any_byte_passes(void **state)
{
    uint8_t bytes[256];
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    const struct span input = {bytes, sizeof bytes};
    assert_true(span_equal(run_script(*state, "cat", input).output, input));
    assert_int_equal(run_script(*state, "cat", (struct span){NULL, 0}).output.bytes, 0);
}

/* More than a pipe holds, which a program need not read, or reads while it prints. */
static void much_input_blocks_nobody(void **state)
{
    struct fixture *fixture = *state;
    struct buffer much = buffer_in(fixture->arena);
    buffer_fill(&much, 'x', 300000);
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(run_script(fixture, "exit 4", buffer_span(&much)).exit_status, 4);
    check_text(run_script(fixture, "head -c 3", buffer_span(&much)).output, "xxx");
    const struct process_filter counted =
        run_script(fixture, "head -c 200000 /dev/zero >&2; wc -c", buffer_span(&much));
    check_text(counted.output, "300000\n");
    assert_int_equal(counted.words.bytes, PROCESS_FILTER_WORDS_MOST);
    signal(SIGPIPE, SIG_DFL);
}

static void as_much_output_as_allowed(void **state)
{
    const struct process_filter filter =
        run_script(*state, "head -c 1000 /dev/zero", (struct span){NULL, 0});
    assert_false(filter.is_too_long);
    assert_int_equal(filter.exit_status, 0);
    assert_int_equal(filter.output.bytes, OUTPUT_MOST);
}

static void too_much_output_ends_the_program(void **state)
{
    const time_t before = time(NULL);
    struct process_filter filter =
        run_script(*state, "head -c 1001 /dev/zero; exec sleep 60", (struct span){NULL, 0});
    assert_true(filter.is_too_long);
    assert_int_equal(filter.signal_number, SIGTERM);
    filter = run_script(*state, "yes", (struct span){NULL, 0});
    assert_true(filter.is_too_long);
    filter = run_script(*state, "trap '' TERM; yes & wait", (struct span){NULL, 0});
    assert_true(filter.is_too_long);
    assert_true(time(NULL) - before < 30);
}

static void a_deadly_signal_is_told(void **state)
{
    const struct process_filter filter =
        run_script(*state, "echo half; kill -KILL $$", (struct span){NULL, 0});
    assert_int_equal(filter.exit_status, -1);
    assert_int_equal(filter.signal_number, SIGKILL);
    check_text(filter.output, "half\n");
    assert_string_equal(process_signal_name(SIGKILL), "Killed");
}

/* Something left in the background holds the pipes open. */
static void the_end_of_the_program_counts(void **state)
{
    const time_t before = time(NULL);
    const struct process_filter filter =
        run_script(*state, "sleep 20 & echo $! >&2; echo done", (struct span){NULL, 0});
    check_text(filter.output, "done\n");
    assert_true(time(NULL) - before < 15);
    struct fixture *fixture = *state;
    const char *pid =
        arena_copy_text(fixture->arena, (const char *)filter.words.data, filter.words.bytes);
    assert_int_equal(kill((pid_t)strtol(pid, NULL, 10), SIGKILL), 0);
}

static void settings_are_laid_over_the_environment(void **state)
{
    struct fixture *fixture = *state;
    const struct script script = shell("echo \"$KEPT $OTHER $NEW\"; env | grep -c ^KEPT=");
    const char *const settings[] = {"KEPT=changed", "NEW=a b", NULL};
    setenv("KEPT", "as before", 1);
    setenv("OTHER", "other", 1);
    struct process_filter filter = {
        .argv = script.argv, .settings = settings, .output_bytes_most = OUTPUT_MOST};
    assert_true(process_filter_run(fixture->arena, &filter, &fixture->diags));
    check_text(filter.output, "changed other a b\n1\n");
}

static void listen(void *context, struct span words)
{
    buffer_append_span(context, words);
}

static void words_are_heard_as_they_come(void **state)
{
    struct fixture *fixture = *state;
    const struct script script = shell("echo touch the key >&2");
    struct buffer heard = buffer_in(fixture->arena);
    struct process_filter filter = {.argv = script.argv,
                                    .settings = no_settings,
                                    .output_bytes_most = OUTPUT_MOST,
                                    .heard = listen,
                                    .context = &heard};
    assert_true(process_filter_run(fixture->arena, &filter, &fixture->diags));
    check_text(buffer_span(&heard), "touch the key\n");
}

static void a_missing_program_is_told(void **state)
{
    struct fixture *fixture = *state;
    const char *const argv[] = {"imgbuild-no-such-program", NULL};
    struct process_filter filter = {.argv = argv, .settings = no_settings};
    assert_false(process_filter_run(fixture->arena, &filter, &fixture->diags));
    assert_non_null(strstr(take_only_diag(fixture, "process-not-started")->message, argv[0]));
}

/* ---- interruption, in a process of its own, since a signal is remembered for good ---- */

static bool is_alive(struct fixture *fixture, const char *file)
{
    struct span text;
    if (!file_read(fixture->arena, in_folder(fixture, file), 100, NOWHERE, &text, &fixture->diags))
        return true;
    const char *pid = arena_copy_text(fixture->arena, (const char *)text.data, text.bytes);
    const struct timespec pause = {0, 20000000};
    for (int i = 0; i < 100; i++) { /* init may need a moment to bury it */
        if (kill((pid_t)strtol(pid, NULL, 10), 0) != 0)
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}

static int interrupted_while_running(struct fixture *fixture)
{
    (void)setsid(); /* no terminal: the filter leads a group of its own */
    const struct script script = shell(arena_format(
        fixture->arena, "sleep 60 & echo $! >'%s/inner'; echo $$ >'%s/outer'; kill -TERM %ld; wait",
        fixture->folder, fixture->folder, (long)getpid()));
    struct process_filter filter = {
        .argv = script.argv, .settings = no_settings, .output_bytes_most = OUTPUT_MOST};
    interruption_catch();
    const time_t before = time(NULL);
    if (process_filter_run(fixture->arena, &filter, &fixture->diags))
        return 1;
    if (interruption_signal() != SIGTERM || time(NULL) - before > 30)
        return 2;
    if (strcmp(take_only_diag(fixture, "interrupted")->message, "interrupted") != 0)
        return 3;
    return is_alive(fixture, "inner") || is_alive(fixture, "outer") ? 4 : 0;
}

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

static void a_signal_ends_the_whole_group(void **state)
{
    assert_int_equal(in_child(*state, interrupted_while_running), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(input_output_and_words_are_apart), TEST(any_byte_passes),
        TEST(much_input_blocks_nobody),         TEST(as_much_output_as_allowed),
        TEST(too_much_output_ends_the_program), TEST(a_deadly_signal_is_told),
        TEST(the_end_of_the_program_counts),    TEST(settings_are_laid_over_the_environment),
        TEST(words_are_heard_as_they_come),     TEST(a_missing_program_is_told),
        TEST(a_signal_ends_the_whole_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
