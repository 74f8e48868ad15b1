#define _GNU_SOURCE /* pipe2, ppoll */
#include "base/process/process_pool.h"

#include "base/buffer.h"
#include "base/interruption.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum {
    PATIENCE_MS = 2000,  /* from the first signal to SIGKILL */
    KILL_AGAIN_MS = 100, /* what does not die at once is waiting for the system */
    CHUNKS_AT_ONCE = 64, /* more than a pipe holds */
    NS_PER_MS = 1000000,
    MS_PER_S = 1000
};

static const int64_t NEVER = INT64_MAX;

struct child {
    struct process_job *job; /* NULL: this place is free */
    pid_t pid;               /* and process group */
    int from_child;          /* read end of its output; -1 once closed */
    struct buffer output;
    int64_t deadline_ms; /* when it has taken too long, on the clock of now_ms() */
    int64_t kill_at_ms;  /* when it is killed, after it was asked to end */
    bool is_timed_out;
    bool has_ended;
};

struct process_pool {
    struct arena *arena;
    struct process_pool_options options;
    char **environment;
    struct child *children; /* [parallel] */
    struct pollfd *polls;   /* [parallel + 1] */
    unsigned running_count;
    struct process_job **queue; /* [queue_next..queue_count) have not started */
    size_t queue_next, queue_count, queue_capacity;
    struct process_job **ended; /* [ended_next..ended_count) were not returned yet */
    size_t ended_next, ended_count, ended_capacity;
    bool is_stopped;
    sigset_t waiting_mask; /* while it waits */
    sigset_t mask_before;
    struct sigaction child_before, stop_before;
};

/* Signals change these from outside, and process_pool_abandon() has no argument. */
static struct process_pool *open_pool;
static volatile sig_atomic_t stop_asked;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS;
}

/* ---- opening ---- */

static void note_child(int number)
{
    (void)number; /* that ppoll() returns is all that is wanted */
}

static void note_stop(int number)
{
    (void)number;
    stop_asked = 1;
}

/* Signals come while the pool waits, and at no other time: no one is missed between a look and a
 * wait. */
static void catch_signals(struct process_pool *pool)
{
    struct sigaction action = {.sa_handler = note_child};
    sigemptyset(&action.sa_mask);
    sigaction(SIGCHLD, &action, &pool->child_before);
    sigaction(SIGTSTP, NULL, &pool->stop_before);
    if (pool->stop_before.sa_handler == SIG_DFL) {
        action.sa_handler = note_stop;
        sigaction(SIGTSTP, &action, NULL);
    }
}

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

struct process_pool *process_pool_open(struct arena *arena,
                                       const struct process_pool_options *options)
{
    struct process_pool *pool = ARENA_NEW(arena, struct process_pool);
    pool->arena = arena;
    pool->options = *options;
    if (pool->options.parallel == 0)
        pool->options.parallel = 1;
    pool->environment = environment_of_children(arena);
    pool->children = ARENA_ARRAY(arena, struct child, pool->options.parallel);
    pool->polls = ARENA_ARRAY(arena, struct pollfd, pool->options.parallel + 1);
    catch_signals(pool);
    open_pool = pool;
    return pool;
}

/* ---- starting ---- */

static int spawn_job(const struct process_pool *pool, const struct process_job *job, int output,
                     pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    sigset_t defaults, none;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, (short)(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                                  POSIX_SPAWN_SETPGROUP));
    /* posix_spawn promises not to write to argv, though its type cannot say so */
    union {
        const char *const *promised;
        char *const *asked;
    } argv = {.promised = job->argv};
    const int error =
        posix_spawnp(ret_pid, job->argv[0], &actions, &attributes, argv.asked, pool->environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static struct process_job **add_to_list(struct arena *arena, struct process_job **items,
                                        size_t count, size_t *capacity)
{
    if (count < *capacity)
        return items;
    const size_t room = *capacity == 0 ? 32 : 2 * *capacity;
    *capacity = room;
    return arena_grow(arena, items, count, room, sizeof *items);
}

static void return_job(struct process_pool *pool, struct process_job *job, enum process_end end)
{
    job->end = end;
    pool->ended = add_to_list(pool->arena, pool->ended, pool->ended_count, &pool->ended_capacity);
    pool->ended[pool->ended_count++] = job;
    const bool is_good = end == PROCESS_EXITED && job->exit_status == 0;
    if (!is_good && pool->options.on_failure == PROCESS_STOP_STARTING)
        pool->is_stopped = true;
}

/* A pipe whose read end never blocks; the write end, which the child and its children have, does.
 * 0 or an error number. */
static int open_pipe(int *ends)
{
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
        return 0;
    const int error = errno;
    close(ends[0]);
    close(ends[1]);
    return error;
}

static void start_job(struct process_pool *pool, struct child *place, struct diag_list *diags)
{
    struct process_job *job = pool->queue[pool->queue_next++];
    int ends[2];
    pid_t pid = -1;
    int error = open_pipe(ends);
    if (error == 0) {
        error = spawn_job(pool, job, ends[1], &pid);
        close(ends[1]);
        if (error != 0)
            close(ends[0]);
    }
    if (error != 0) {
        diag_error(diags, "process-not-started", NOWHERE, "cannot run '%s': %s", job->argv[0],
                   error == ENOENT ? "no such program on PATH" : strerror(error));
        return_job(pool, job, PROCESS_NOT_STARTED);
        return;
    }
    job->end = PROCESS_RUNNING;
    const int64_t limit_ms = (int64_t)pool->options.timeout_seconds * MS_PER_S;
    *place = (struct child){.job = job,
                            .pid = pid,
                            .from_child = ends[0],
                            .output = buffer_in(pool->arena),
                            .deadline_ms = limit_ms == 0 ? NEVER : now_ms() + limit_ms,
                            .kill_at_ms = NEVER};
    pool->running_count++;
}

static bool may_start(struct process_pool *pool)
{
    return pool->queue_next < pool->queue_count && !pool->is_stopped &&
           interruption_signal() == 0 && pool->running_count < pool->options.parallel;
}

/* The first job needs no token: make gave one to this process. */
static bool has_token(struct process_pool *pool)
{
    return pool->running_count == 0 || pool->options.jobserver == NULL ||
           jobserver_take(pool->options.jobserver);
}

static void give_token(struct process_pool *pool)
{
    if (pool->options.jobserver != NULL)
        jobserver_give(pool->options.jobserver);
}

static struct child *free_place(struct process_pool *pool)
{
    struct child *place = pool->children;
    while (place->job != NULL)
        place++;
    return place;
}

static void start_jobs(struct process_pool *pool, struct diag_list *diags)
{
    while (may_start(pool) && has_token(pool)) {
        const unsigned before = pool->running_count;
        start_job(pool, free_place(pool), diags);
        if (pool->running_count == before && before > 0)
            give_token(pool);
    }
}

void process_pool_add(struct process_pool *pool, struct process_job *job, struct diag_list *diags)
{
    *job = (struct process_job){.argv = job->argv, .end = PROCESS_WAITING, .exit_status = -1};
    pool->queue = add_to_list(pool->arena, pool->queue, pool->queue_count, &pool->queue_capacity);
    pool->queue[pool->queue_count++] = job;
    start_jobs(pool, diags);
}

void process_pool_stop(struct process_pool *pool)
{
    pool->is_stopped = true;
}

/* ---- output and ends ---- */

/* Reads what there is, and stops after a while, as someone in the background may never. */
static void read_output(struct child *child)
{
    uint8_t chunk[16 * 1024];
    for (int i = 0; child->from_child >= 0 && i < CHUNKS_AT_ONCE; i++) {
        const ssize_t got = read(child->from_child, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0) {
            close(child->from_child);
            child->from_child = -1;
            return;
        }
        const size_t room = PROCESS_OUTPUT_LIMIT - child->output.bytes;
        buffer_append(&child->output, chunk, (size_t)got < room ? (size_t)got : room);
    }
}

/* Asks a program to end, or makes it. */
static void signal_group(const struct child *child, int number)
{
    (void)kill(-child->pid, number);
    if (number != SIGKILL)
        (void)kill(-child->pid, SIGCONT); /* a stopped one could not act on it */
}

/* Whether the program's first process has ended. It stays a zombie, so that its number cannot come
 * to mean another group before that was signalled. */
static bool has_ended(struct child *child)
{
    siginfo_t info = {0};
    int answer;
    do {
        answer = waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT);
    } while (answer != 0 && errno == EINTR);
    child->has_ended = answer != 0 || info.si_pid == child->pid;
    return child->has_ended;
}

/* Takes the exit status; what the program printed last is read before. */
static void collect(struct process_pool *pool, struct child *child)
{
    struct process_job *job = child->job;
    int status = 0;
    pid_t pid;
    const bool was_asked_to_end = child->kill_at_ms != NEVER;
    if (was_asked_to_end)
        signal_group(child, SIGKILL); /* nothing of the group outlives it */
    do {
        pid = waitpid(child->pid, &status, 0);
    } while (pid < 0 && errno == EINTR);
    read_output(child);
    if (child->from_child >= 0)
        close(child->from_child); /* someone in the background has it */
    job->output = buffer_span(&child->output);
    enum process_end end = PROCESS_KILLED;
    if (pid == child->pid && WIFEXITED(status)) {
        end = PROCESS_EXITED;
        job->exit_status = WEXITSTATUS(status);
    } else if (pid == child->pid) {
        job->signal_number = WTERMSIG(status);
    }
    if (child->is_timed_out)
        end = PROCESS_TIMED_OUT;
    child->job = NULL;
    pool->running_count--;
    if (pool->running_count > 0)
        give_token(pool);
    return_job(pool, job, end);
}

static void look_at_children(struct process_pool *pool)
{
    for (unsigned i = 0; i < pool->options.parallel; i++) {
        struct child *child = &pool->children[i];
        if (child->job == NULL)
            continue;
        read_output(child);
        if (has_ended(child))
            collect(pool, child);
    }
}

/* ---- time and signals ---- */

/* Asks a child to end; what is left of its group is killed later. */
static void ask_to_end(struct child *child, int number)
{
    if (child->kill_at_ms != NEVER)
        return;
    signal_group(child, number);
    child->kill_at_ms = now_ms() + PATIENCE_MS;
}

static void end_late_children(struct process_pool *pool)
{
    const int64_t now = now_ms();
    for (unsigned i = 0; i < pool->options.parallel; i++) {
        struct child *child = &pool->children[i];
        if (child->job == NULL)
            continue;
        if (interruption_signal() != 0)
            ask_to_end(child, interruption_signal());
        if (child->deadline_ms <= now && child->kill_at_ms == NEVER) {
            child->is_timed_out = true;
            ask_to_end(child, SIGTERM);
        }
        if (child->kill_at_ms <= now || interruption_count() > 1) {
            signal_group(child, SIGKILL);
            child->kill_at_ms = now + KILL_AGAIN_MS;
        }
    }
}

/* How long to wait at the most, from the nearest deadline; -1: for ever. */
static int64_t wait_limit_ms(const struct process_pool *pool)
{
    int64_t nearest = NEVER;
    for (unsigned i = 0; i < pool->options.parallel; i++) {
        const struct child *child = &pool->children[i];
        if (child->job == NULL)
            continue;
        const int64_t next = child->kill_at_ms != NEVER ? child->kill_at_ms : child->deadline_ms;
        nearest = next < nearest ? next : nearest;
    }
    if (nearest == NEVER)
        return -1;
    const int64_t left = nearest - now_ms();
    return left < 0 ? 0 : left;
}

static void signal_all(const struct process_pool *pool, int number)
{
    for (unsigned i = 0; i < pool->options.parallel; i++) {
        if (pool->children[i].job != NULL)
            (void)kill(-pool->children[i].pid, number);
    }
}

/* Stops with all programs, as the terminal's user asked; returns when it goes on. The time in
 * between counts for nobody. */
static void stop_and_go_on(struct process_pool *pool)
{
    const int64_t stopped_ms = now_ms();
    struct sigaction caught;
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t only_stop, before;
    stop_asked = 0;
    signal_all(pool, SIGSTOP);
    sigaction(SIGTSTP, &usual, &caught);
    sigemptyset(&only_stop);
    sigaddset(&only_stop, SIGTSTP);
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &only_stop, &before); /* here it stops */
    sigprocmask(SIG_SETMASK, &before, NULL);
    sigaction(SIGTSTP, &caught, NULL);
    signal_all(pool, SIGCONT);
    const int64_t pause_ms = now_ms() - stopped_ms;
    for (unsigned i = 0; i < pool->options.parallel; i++) {
        struct child *child = &pool->children[i];
        if (child->job != NULL && child->deadline_ms != NEVER)
            child->deadline_ms += pause_ms;
    }
}

/* ---- waiting ---- */

/* Waits for output, an end, a token, a signal or a deadline. */
static void wait_for_news(struct process_pool *pool)
{
    nfds_t count = 0;
    for (unsigned i = 0; i < pool->options.parallel; i++) {
        const struct child *child = &pool->children[i];
        if (child->job != NULL && child->from_child >= 0)
            pool->polls[count++] = (struct pollfd){child->from_child, POLLIN, 0};
    }
    if (may_start(pool) && pool->options.jobserver != NULL)
        pool->polls[count++] =
            (struct pollfd){jobserver_handle(pool->options.jobserver), POLLIN, 0};
    const int64_t limit_ms = wait_limit_ms(pool);
    const struct timespec limit = {(time_t)(limit_ms / MS_PER_S),
                                   (long)(limit_ms % MS_PER_S) * NS_PER_MS};
    (void)ppoll(pool->polls, count, limit_ms < 0 ? NULL : &limit, &pool->waiting_mask);
}

static void block_signals(struct process_pool *pool)
{
    static const int numbers[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGTSTP};
    sigset_t blocked;
    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaddset(&blocked, numbers[i]);
    sigprocmask(SIG_BLOCK, &blocked, &pool->mask_before);
    pool->waiting_mask = pool->mask_before;
}

static bool has_answer(const struct process_pool *pool)
{
    return pool->ended_next < pool->ended_count;
}

/* One round: what is due is done, and when nothing was, waits. */
static void go_round(struct process_pool *pool, struct diag_list *diags)
{
    start_jobs(pool, diags);
    if (has_answer(pool) && interruption_signal() == 0)
        return;
    wait_for_news(pool);
    if (stop_asked)
        stop_and_go_on(pool);
    look_at_children(pool);
    end_late_children(pool);
}

static void skip_rest(struct process_pool *pool)
{
    while (pool->queue_next < pool->queue_count)
        return_job(pool, pool->queue[pool->queue_next++], PROCESS_SKIPPED);
}

bool process_pool_next(struct process_pool *pool, struct process_job **ret, struct diag_list *diags)
{
    block_signals(pool);
    while (interruption_signal() == 0 && !has_answer(pool) &&
           (pool->running_count > 0 || may_start(pool)))
        go_round(pool, diags);
    while (interruption_signal() != 0 && pool->running_count > 0) {
        end_late_children(pool);
        go_round(pool, diags);
    }
    sigprocmask(SIG_SETMASK, &pool->mask_before, NULL);
    if (interruption_signal() != 0)
        return diag_error(diags, "interrupted", NOWHERE, "interrupted");
    if (!has_answer(pool))
        skip_rest(pool);
    *ret = has_answer(pool) ? pool->ended[pool->ended_next++] : NULL;
    start_jobs(pool, diags);
    return true;
}

/* ---- closing ---- */

static void end_all(struct process_pool *pool)
{
    block_signals(pool);
    for (unsigned i = 0; i < pool->options.parallel; i++) {
        if (pool->children[i].job != NULL)
            ask_to_end(&pool->children[i], SIGTERM);
    }
    while (pool->running_count > 0) {
        wait_for_news(pool);
        look_at_children(pool);
        end_late_children(pool);
    }
    sigprocmask(SIG_SETMASK, &pool->mask_before, NULL);
}

void process_pool_close(struct process_pool *pool)
{
    pool->is_stopped = true;
    end_all(pool);
    if (pool->options.jobserver != NULL)
        jobserver_give_all(pool->options.jobserver);
    sigaction(SIGCHLD, &pool->child_before, NULL);
    sigaction(SIGTSTP, &pool->stop_before, NULL);
    open_pool = NULL;
}

void process_pool_abandon(void)
{
    if (open_pool == NULL)
        return;
    signal_all(open_pool, SIGKILL);
    if (open_pool->options.jobserver != NULL)
        jobserver_give_all(open_pool->options.jobserver);
}

/* ---- all at once ---- */

bool process_run_all(struct arena *arena, struct process_job *jobs, size_t count,
                     const struct process_pool_options *options, struct diag_list *diags)
{
    const size_t errors_before = diags->error_count;
    struct process_pool *pool = process_pool_open(arena, options);
    for (size_t i = 0; i < count; i++)
        process_pool_add(pool, &jobs[i], diags);
    struct process_job *ended = NULL;
    bool goes_on = true;
    for (size_t i = 0; goes_on && i < count; i++) {
        goes_on = process_pool_next(pool, &ended, diags);
        if (goes_on && options->progress != NULL)
            options->progress(options->progress_context, i + 1, count);
    }
    process_pool_close(pool);
    return diags->error_count == errors_before;
}
