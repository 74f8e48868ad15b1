#define _GNU_SOURCE /* pipe2 */
#include "base/process/process_filter.h"

#include "base/buffer.h"
#include "base/interruption.h"
#include "base/process/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum {
    PIPE_COUNT = 3, /* standard input, output and error, by their numbers */
    CHUNK_BYTES = 16 * 1024,
    WAIT_MS = 100,      /* closes the race between a signal and poll() */
    SHORT_WAIT_MS = 5,  /* for the end of a program that has closed its outputs */
    PATIENCE_MS = 2000, /* from SIGTERM to SIGKILL */
    NS_PER_MS = 1000000,
    UNKNOWN_STATUS = -1 /* neither exited nor ended by a signal */
};

struct filtering {
    struct process_filter *filter;
    pid_t pid;
    bool leads_group;
    int ends[PIPE_COUNT]; /* this process's; -1 once closed */
    struct span input;    /* what is not written yet */
    struct buffer output, words;
    bool has_ended;
    int status; /* as waitpid tells it */
};

/* ---- starting ---- */

/* Whether a program that this process starts could ask the terminal's user: it must stay in the
 * group that the terminal talks to. */
static bool has_users_attention(void)
{
    const int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0)
        return false;
    const bool is_foreground = tcgetpgrp(terminal) == getpgrp();
    close(terminal);
    return is_foreground;
}

static bool has_same_name(const char *setting, const char *other)
{
    const size_t bytes = strcspn(setting, "=");
    return strncmp(setting, other, bytes) == 0 && other[bytes] == '=';
}

static char **environment_with(struct arena *arena, const char *const *settings)
{
    size_t count = 0, setting_count = 0, kept = 0;
    while (environ[count] != NULL)
        count++;
    while (settings[setting_count] != NULL)
        setting_count++;
    char **copy = ARENA_ARRAY(arena, char *, count + setting_count + 1);
    for (size_t i = 0; i < count; i++) {
        bool is_replaced = false;
        for (size_t k = 0; k < setting_count && !is_replaced; k++)
            is_replaced = has_same_name(settings[k], environ[i]);
        if (!is_replaced)
            copy[kept++] = environ[i];
    }
    for (size_t k = 0; k < setting_count; k++)
        copy[kept++] = arena_copy_text(arena, settings[k], strlen(settings[k]));
    return copy;
}

static int spawn(struct filtering *filtering, const int *child_ends, char **environment)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < PIPE_COUNT; i++)
        posix_spawn_file_actions_adddup2(&actions, child_ends[i], i);
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, filtering->leads_group ? (short)(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP)
                                            : (short)POSIX_SPAWN_SETSIGDEF);
    /* posix_spawn promises not to write to argv, though its type cannot say so */
    union {
        const char *const *promised;
        char *const *asked;
    } argv = {.promised = filtering->filter->argv};
    const int error = posix_spawnp(&filtering->pid, filtering->filter->argv[0], &actions,
                                   &attributes, argv.asked, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static void close_ends(int *ends)
{
    for (int i = 0; i < PIPE_COUNT; i++) {
        if (ends[i] >= 0)
            close(ends[i]);
        ends[i] = -1;
    }
}

/* Makes the three pipes; 0 or an error number. */
static int open_pipes(int *ends, int *child_ends)
{
    for (int i = 0; i < PIPE_COUNT; i++)
        ends[i] = child_ends[i] = -1;
    for (int i = 0; i < PIPE_COUNT; i++) {
        int pair[2];
        if (pipe2(pair, O_CLOEXEC) != 0)
            return errno;
        const bool is_input = i == STDIN_FILENO;
        ends[i] = pair[is_input ? 1 : 0];
        child_ends[i] = pair[is_input ? 0 : 1];
        if (fcntl(ends[i], F_SETFL, O_NONBLOCK) != 0)
            return errno;
    }
    return 0;
}

static bool start(struct arena *arena, struct filtering *filtering, struct diag_list *diags)
{
    const char *program = filtering->filter->argv[0];
    int child_ends[PIPE_COUNT];
    int error = open_pipes(filtering->ends, child_ends);
    if (error == 0)
        error = spawn(filtering, child_ends, environment_with(arena, filtering->filter->settings));
    close_ends(child_ends);
    if (error == 0)
        return true;
    close_ends(filtering->ends);
    return diag_error(diags, "process-not-started", NOWHERE, "cannot run %s: %s", program,
                      error == ENOENT ? "there is no such program" : strerror(error));
}

/* ---- talking ---- */

static void close_end(struct filtering *filtering, int number)
{
    close(filtering->ends[number]);
    filtering->ends[number] = -1;
}

/* Writes on; a program that does not want to read it all need not. */
static void write_input(struct filtering *filtering)
{
    struct span *left = &filtering->input;
    const ssize_t put =
        left->bytes == 0 ? 0 : write(filtering->ends[STDIN_FILENO], left->data, left->bytes);
    if (put < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (put > 0)
        *left = (struct span){left->data + put, left->bytes - (size_t)put};
    if (put < 0 || left->bytes == 0)
        close_end(filtering, STDIN_FILENO);
}

static void keep_output(struct filtering *filtering, struct span chunk)
{
    const size_t room = filtering->filter->output_bytes_most - filtering->output.bytes;
    filtering->filter->is_too_long = chunk.bytes > room;
    buffer_append(&filtering->output, chunk.data, chunk.bytes < room ? chunk.bytes : room);
}

static void keep_words(struct filtering *filtering, struct span chunk)
{
    const size_t room = PROCESS_FILTER_WORDS_MOST - filtering->words.bytes;
    buffer_append(&filtering->words, chunk.data, chunk.bytes < room ? chunk.bytes : room);
    if (filtering->filter->heard != NULL)
        filtering->filter->heard(filtering->filter->context, chunk);
}

/* Reads what there is; false when there is no more for now. */
static bool read_end(struct filtering *filtering, int number)
{
    uint8_t bytes[CHUNK_BYTES];
    const ssize_t got = read(filtering->ends[number], bytes, sizeof bytes);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (got <= 0) {
        close_end(filtering, number);
        return false;
    }
    const struct span chunk = {bytes, (size_t)got};
    if (number == STDOUT_FILENO)
        keep_output(filtering, chunk);
    else
        keep_words(filtering, chunk);
    return true;
}

static void look_whether_ended(struct filtering *filtering)
{
    const pid_t ended = waitpid(filtering->pid, &filtering->status, WNOHANG);
    filtering->has_ended = ended == filtering->pid || (ended < 0 && errno != EINTR);
}

static void talk(struct filtering *filtering)
{
    const int *ends = filtering->ends;
    while (!filtering->has_ended && !filtering->filter->is_too_long && !interruption_signal()) {
        /* poll() passes over ends that are closed */
        struct pollfd polls[PIPE_COUNT] = {{ends[STDIN_FILENO], POLLOUT, 0},
                                           {ends[STDOUT_FILENO], POLLIN, 0},
                                           {ends[STDERR_FILENO], POLLIN, 0}};
        const bool is_silent = ends[STDOUT_FILENO] < 0 && ends[STDERR_FILENO] < 0;
        if (poll(polls, PIPE_COUNT, is_silent ? SHORT_WAIT_MS : WAIT_MS) > 0) {
            if (polls[STDIN_FILENO].revents != 0)
                write_input(filtering);
            for (int i = STDOUT_FILENO; i <= STDERR_FILENO; i++) {
                if (polls[i].revents != 0)
                    (void)read_end(filtering, i);
            }
        }
        look_whether_ended(filtering);
    }
}

/* What was printed before the end still lies in the pipes. A program left in the background may
 * hold them open for ever, so their end is not waited for. */
static void read_rest(struct filtering *filtering)
{
    for (int i = STDOUT_FILENO; i <= STDERR_FILENO; i++) {
        while (filtering->ends[i] >= 0 && !filtering->filter->is_too_long && read_end(filtering, i))
            continue;
    }
}

/* ---- ending ---- */

static void send_signal(const struct filtering *filtering, int number)
{
    (void)kill(filtering->leads_group ? -filtering->pid : filtering->pid, number);
}

/* Ends the program: it is asked first, and then not asked. */
static void end_program(struct filtering *filtering)
{
    const struct timespec pause = {0, (long)SHORT_WAIT_MS * NS_PER_MS};
    send_signal(filtering, SIGTERM);
    for (int waited_ms = 0; !filtering->has_ended && waited_ms < PATIENCE_MS;
         waited_ms += SHORT_WAIT_MS) {
        nanosleep(&pause, NULL);
        look_whether_ended(filtering);
    }
    if (filtering->leads_group || !filtering->has_ended) /* others of the group may be left */
        send_signal(filtering, SIGKILL);
    while (!filtering->has_ended) {
        const pid_t ended = waitpid(filtering->pid, &filtering->status, 0);
        filtering->has_ended = ended == filtering->pid || errno != EINTR;
    }
}

bool process_filter_run(struct arena *arena, struct process_filter *filter, struct diag_list *diags)
{
    struct filtering filtering = {.filter = filter,
                                  .leads_group = !has_users_attention(),
                                  .input = filter->input,
                                  .output = buffer_in(arena),
                                  .words = buffer_in(arena),
                                  .status = UNKNOWN_STATUS};
    filter->exit_status = -1;
    filter->signal_number = 0;
    filter->is_too_long = false;
    if (interruption_signal())
        return diag_error(diags, "interrupted", NOWHERE, "interrupted");
    if (!start(arena, &filtering, diags))
        return false;
    talk(&filtering);
    if (filtering.has_ended)
        read_rest(&filtering);
    else
        end_program(&filtering);
    close_ends(filtering.ends);
    if (interruption_signal())
        return diag_error(diags, "interrupted", NOWHERE, "interrupted");
    if (WIFEXITED(filtering.status))
        filter->exit_status = WEXITSTATUS(filtering.status);
    else if (WIFSIGNALED(filtering.status))
        filter->signal_number = WTERMSIG(filtering.status);
    filter->output = buffer_span(&filtering.output);
    filter->words = buffer_span(&filtering.words);
    return true;
}

const char *process_signal_name(int number)
{
    return strsignal(number);
}
