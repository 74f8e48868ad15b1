#include "base/process/jobserver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TOKENS_MOST = 4096 };

struct jobserver {
    int from;                    /* this process's own, not blocking */
    int to;                      /* the same as `from` for a FIFO, else make's */
    uint8_t tokens[TOKENS_MOST]; /* as they were read: each goes back as it came */
    size_t count;
};

/* ---- which job server ---- */

/* What follows the last word of the flags that begins with `name`; NULL when there is none. The
 * last one counts, as make says. */
static const char *find_word(const char *flags, const char *name)
{
    const char *found = NULL;
    const size_t length = strlen(name);
    for (const char *at = flags; *at != '\0';) {
        at += strspn(at, " ");
        if (strncmp(at, name, length) == 0)
            found = at + length;
        at += strcspn(at, " ");
    }
    return found;
}

static bool has_word(const char *flags, const char *word)
{
    const char *rest = find_word(flags, word);
    return rest != NULL && (*rest == '\0' || *rest == ' ');
}

/* A file number of make's: digits; -1 when it is none. Advances *text. */
static int read_number(const char **text)
{
    int number = 0;
    const char *at = *text;
    while (*at >= '0' && *at <= '9' && number < 100000)
        number = 10 * number + (*at++ - '0');
    const bool is_number = at != *text && number < 100000;
    *text = at;
    return is_number ? number : -1;
}

static bool is_pipe(int handle)
{
    struct stat status;
    return handle >= 0 && fstat(handle, &status) == 0 && S_ISFIFO(status.st_mode);
}

/* The pipe's read end, opened once more: make and its other children share the flags of the one
 * that was inherited, so that one cannot be made non-blocking. */
static int open_again(struct arena *arena, int handle)
{
    return open(arena_format(arena, "/proc/self/fd/%d", handle), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

static bool open_pipe(struct arena *arena, const char *text, struct jobserver *server)
{
    const int from = read_number(&text);
    if (*text != ',')
        return false;
    text++;
    const int to = read_number(&text);
    if ((*text != '\0' && *text != ' ') || !is_pipe(from) || !is_pipe(to))
        return false;
    server->from = open_again(arena, from);
    server->to = to;
    return server->from >= 0;
}

static bool open_fifo(struct arena *arena, const char *text, struct jobserver *server)
{
    const char *path = arena_copy_text(arena, text, strcspn(text, " "));
    server->from = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    server->to = server->from;
    if (server->from >= 0 && is_pipe(server->from))
        return true;
    if (server->from >= 0)
        close(server->from);
    return false;
}

enum jobserver_state jobserver_open(struct arena *arena, const char *makeflags,
                                    struct jobserver **ret)
{
    *ret = NULL;
    if (makeflags == NULL)
        return JOBSERVER_NONE;
    const char *named = find_word(makeflags, "--jobserver-auth=");
    if (named == NULL)
        named = find_word(makeflags, "--jobserver-fds="); /* make before 4.2 */
    if (named == NULL)
        return has_word(makeflags, "-j1") ? JOBSERVER_CLOSED : JOBSERVER_NONE;
    struct jobserver *server = ARENA_NEW(arena, struct jobserver);
    const bool is_open = strncmp(named, "fifo:", strlen("fifo:")) == 0
                             ? open_fifo(arena, named + strlen("fifo:"), server)
                             : open_pipe(arena, named, server);
    if (!is_open)
        return JOBSERVER_CLOSED;
    *ret = server;
    return JOBSERVER_OPEN;
}

/* ---- tokens ---- */

bool jobserver_take(struct jobserver *server)
{
    if (server->count == TOKENS_MOST)
        return false;
    ssize_t got;
    do {
        got = read(server->from, &server->tokens[server->count], 1);
    } while (got < 0 && errno == EINTR);
    if (got == 1)
        server->count++;
    return got == 1;
}

void jobserver_give(struct jobserver *server)
{
    if (server->count == 0)
        return;
    server->count--;
    ssize_t put;
    do {
        put = write(server->to, &server->tokens[server->count], 1);
    } while (put < 0 && errno == EINTR);
}

void jobserver_give_all(struct jobserver *server)
{
    while (server->count > 0)
        jobserver_give(server);
}

int jobserver_handle(const struct jobserver *server)
{
    return server->from;
}

void jobserver_close(struct jobserver *server)
{
    if (server == NULL)
        return;
    jobserver_give_all(server);
    close(server->from);
}
