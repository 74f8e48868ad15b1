#include "base/leftover.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX ".imgbuild-"

const char *leftover_name(struct arena *arena, unsigned number, const char *rest)
{
    return arena_format(arena, PREFIX "%ld-%u%s", (long)getpid(), number, rest);
}

/* Reads a number as this module writes it; returns what follows, NULL when there is none. */
static const char *read_number(const char *text, long *ret)
{
    const size_t digits = strspn(text, "0123456789");
    enum { DIGITS_MOST = 9 };
    if (digits == 0 || digits > DIGITS_MOST || (digits > 1 && text[0] == '0'))
        return NULL;
    *ret = strtol(text, NULL, 10);
    return text + digits;
}

/* Whether a process has ended and nobody has asked for its status yet: `PID (NAME) Z …`, and a name
 * may hold anything. Where there is no /proc nothing has. */
static bool has_ended(pid_t pid)
{
    char path[32], text[256];
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    const int handle = open(path, O_RDONLY | O_CLOEXEC);
    if (handle < 0)
        return false;
    const ssize_t bytes = read(handle, text, sizeof text - 1);
    close(handle);
    text[bytes < 0 ? 0 : bytes] = '\0';
    const char *state = strrchr(text, ')');
    return state != NULL && (strncmp(state, ") Z", 3) == 0 || strncmp(state, ") X", 3) == 0);
}

static bool is_running(pid_t pid)
{
    return pid != getpid() && (kill(pid, 0) == 0 || errno != ESRCH) && !has_ended(pid);
}

enum leftover_state leftover_state_of(const char *name, const char *rest)
{
    long pid, number;
    if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
        return LEFTOVER_NONE;
    const char *at = read_number(name + strlen(PREFIX), &pid);
    if (at == NULL || *at != '-' || pid == 0)
        return LEFTOVER_NONE;
    at = read_number(at + 1, &number);
    if (at == NULL || (rest != NULL && strcmp(at, rest) != 0))
        return LEFTOVER_NONE;
    return is_running((pid_t)pid) ? LEFTOVER_LIVES : LEFTOVER_DEAD;
}
