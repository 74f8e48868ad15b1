#define _GNU_SOURCE /* sched_getaffinity, pipe2 */
#include "base/process.h"

#include "base/buffer.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The one fact that a signal handler can tell: which signal asked the process to end. */
static volatile sig_atomic_t interrupting_signal;

static void remember_signal(int number)
{
    interrupting_signal = number;
}

void process_catch_signals(void)
{
    struct sigaction action = {.sa_handler = remember_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct sigaction before;
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) /* not under nohup */
        sigaction(SIGHUP, &action, NULL);
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    sigaction(SIGCHLD, &usual, NULL); /* where a parent ignored it, no exit status can be had */
}

int process_interrupted(void)
{
    return interrupting_signal;
}

unsigned process_processor_count(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    const int count = CPU_COUNT(&set);
    return count < 1 ? 1 : (unsigned)count;
}

static bool is_program(const char *path)
{
    struct file_stamp stamp;
    return file_look(path, &stamp) && access(path, X_OK) == 0;
}

const char *process_find_program(struct arena *arena, const char *name)
{
    if (strchr(name, '/') != NULL)
        return is_program(name) ? name : NULL;
    const char *path = getenv("PATH");
    while (path != NULL && *path != '\0') {
        const size_t length = strcspn(path, ":");
        const char *folder = length == 0 ? "." : arena_copy_text(arena, path, length);
        const char *candidate = path_join(arena, folder, name);
        if (is_program(candidate))
            return candidate;
        path += length + (path[length] == ':');
    }
    return NULL;
}

const char *process_own_path(struct arena *arena)
{
    return file_resolve(arena, "/proc/self/exe");
}

/* ---- running ---- */

struct running {
    struct process_job *job; /* NULL: this place is free */
    pid_t pid;
    int from_child; /* read end of its output; -1 once closed */
    struct buffer output;
};

struct run {
    struct arena *arena;
    struct process_job *jobs;
    size_t count, next, ended;
    struct running *running;
    struct pollfd *polls;
    unsigned parallel;
    char **environment;
    struct diag_list *diags;
};

/* The environment of children: this process's own, but for the language, since their messages are
 * read. */
static char **environment_of_children(struct arena *arena)
{
    size_t count = 0;
    while (environ[count] != NULL)
        count++;
    char **copy = ARENA_ARRAY(arena, char *, count + 2);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(environ[i], "LC_ALL=", strlen("LC_ALL=")) != 0)
            copy[kept++] = environ[i];
    }
    copy[kept] = arena_format(arena, "LC_ALL=C");
    return copy;
}

static int spawn_job(const struct process_job *job, int output, pid_t *ret_pid, char **environment)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    /* posix_spawn promises not to write to argv, though its type cannot say so */
    union {
        const char *const *promised;
        char *const *asked;
    } argv = {.promised = job->argv};
    const int error =
        posix_spawnp(ret_pid, job->argv[0], &actions, &attributes, argv.asked, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static void start_job(struct run *run, struct running *place)
{
    struct process_job *job = &run->jobs[run->next++];
    *job = (struct process_job){.argv = job->argv, .exit_status = -1};
    int ends[2];
    int error = pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno;
    pid_t pid = -1;
    if (error == 0) {
        error = spawn_job(job, ends[1], &pid, run->environment);
        close(ends[1]);
        if (error != 0)
            close(ends[0]);
    }
    if (error != 0) {
        diag_error(run->diags, "process-not-started", NOWHERE, "cannot run %s: %s", job->argv[0],
                   error == ENOENT ? "there is no such program on PATH" : strerror(error));
        run->ended++;
        return;
    }
    job->started = true;
    *place = (struct running){job, pid, ends[0], buffer_in(run->arena)};
}

static void read_output(struct running *place)
{
    uint8_t chunk[16 * 1024];
    const ssize_t got = read(place->from_child, chunk, sizeof chunk);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got <= 0) {
        close(place->from_child);
        place->from_child = -1;
        return;
    }
    const size_t room = PROCESS_OUTPUT_LIMIT - place->output.bytes;
    buffer_append(&place->output, chunk, (size_t)got < room ? (size_t)got : room);
}

/* Collects a job whose output has ended. */
static void end_job(struct run *run, struct running *place)
{
    int status = 0;
    pid_t ended;
    do {
        if (process_interrupted())
            kill(place->pid, SIGTERM);
        ended = waitpid(place->pid, &status, 0);
    } while (ended < 0 && errno == EINTR);
    if (ended == place->pid && WIFEXITED(status))
        place->job->exit_status = WEXITSTATUS(status);
    else if (ended == place->pid)
        place->job->signal_number = WTERMSIG(status);
    place->job->output = buffer_span(&place->output);
    place->job = NULL;
    run->ended++;
}

static void start_jobs(struct run *run)
{
    for (unsigned i = 0; i < run->parallel; i++) {
        while (run->running[i].job == NULL && run->next < run->count && !process_interrupted())
            start_job(run, &run->running[i]);
    }
}

/* Waits for output of any running job; false when none runs. */
static bool wait_for_output(struct run *run)
{
    nfds_t count = 0;
    for (unsigned i = 0; i < run->parallel; i++) {
        if (run->running[i].job != NULL)
            run->polls[count++] = (struct pollfd){run->running[i].from_child, POLLIN, 0};
    }
    if (count == 0)
        return false;
    if (poll(run->polls, count, 100) <= 0) /* the time-out closes the race with a signal */
        return true;
    count = 0;
    for (unsigned i = 0; i < run->parallel; i++) {
        struct running *place = &run->running[i];
        if (place->job != NULL && run->polls[count++].revents != 0) {
            read_output(place);
            if (place->from_child < 0)
                end_job(run, place);
        }
    }
    return true;
}

static void end_all(struct run *run)
{
    for (unsigned i = 0; i < run->parallel; i++) {
        if (run->running[i].job != NULL)
            kill(run->running[i].pid, SIGTERM);
    }
    for (unsigned i = 0; i < run->parallel; i++) {
        if (run->running[i].job == NULL)
            continue;
        close(run->running[i].from_child);
        end_job(run, &run->running[i]);
    }
}

bool process_run_all(struct arena *arena, struct process_job *jobs, size_t count, unsigned parallel,
                     process_progress_fn *progress, void *context, struct diag_list *diags)
{
    const size_t errors_before = diags->error_count;
    const unsigned places = parallel < 1 ? 1 : parallel;
    struct run run = {.arena = arena,
                      .jobs = jobs,
                      .count = count,
                      .parallel = places,
                      .running = ARENA_ARRAY(arena, struct running, places),
                      .polls = ARENA_ARRAY(arena, struct pollfd, places),
                      .environment = environment_of_children(arena),
                      .diags = diags};
    size_t told = 0;
    do {
        start_jobs(&run);
        if (progress != NULL && run.ended != told)
            progress(context, run.ended, count);
        told = run.ended;
        if (process_interrupted()) {
            end_all(&run);
            return diag_error(diags, "interrupted", NOWHERE, "interrupted");
        }
    } while (wait_for_output(&run) || run.next < run.count);
    if (progress != NULL && run.ended != told)
        progress(context, run.ended, count);
    return diags->error_count == errors_before;
}
