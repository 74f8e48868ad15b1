#include "base/leftover.h"

#include <errno.h>
#include <signal.h>
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

static bool is_running(pid_t pid)
{
    return pid != getpid() && (kill(pid, 0) == 0 || errno != ESRCH);
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
