#include "base/file_lock.h"

#include "base/interruption.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_MS = 5, NS_PER_MS = 1000000, MS_PER_SECOND = 1000 };

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * MS_PER_SECOND + (uint64_t)now.tv_nsec / NS_PER_MS;
}

/* Opens a regular file; -1 for anything else. */
static int open_regular(const char *path, int mode)
{
    const int handle = open(path, mode | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    if (handle >= 0 && (fstat(handle, &status) != 0 || !S_ISREG(status.st_mode))) {
        close(handle);
        return -1;
    }
    return handle;
}

/* Whether the path still means the open file. */
static bool is_at(int handle, const char *path)
{
    struct stat opened, named;
    return fstat(handle, &opened) == 0 && stat(path, &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

enum attempt { ATTEMPT_TAKEN, ATTEMPT_BUSY, ATTEMPT_REPLACED, ATTEMPT_IMPOSSIBLE };

static enum attempt try_lock(int handle, const char *path)
{
    if (flock(handle, LOCK_EX | LOCK_NB) == 0)
        return is_at(handle, path) ? ATTEMPT_TAKEN : ATTEMPT_REPLACED;
    if (errno == EWOULDBLOCK || errno == EINTR)
        return ATTEMPT_BUSY;
    return ATTEMPT_IMPOSSIBLE;
}

/* Opens the file and tries once. Some network file systems want it open for writing. */
static enum attempt open_and_try(const char *path, int *ret_handle)
{
    *ret_handle = open_regular(path, O_RDONLY);
    enum attempt attempt = *ret_handle < 0 ? ATTEMPT_REPLACED : try_lock(*ret_handle, path);
    if (attempt != ATTEMPT_IMPOSSIBLE)
        return attempt;
    const int writable = open_regular(path, O_RDWR);
    if (writable < 0)
        return attempt;
    close(*ret_handle);
    *ret_handle = writable;
    return try_lock(writable, path);
}

static void pause_for_others(void)
{
    const struct timespec pause = {0, (long)PAUSE_MS * NS_PER_MS};
    (void)nanosleep(&pause, NULL); /* a signal ends it early, and is asked for */
}

enum file_lock_answer file_lock_take(const char *path, uint64_t wait_ms, struct file_lock *ret)
{
    const uint64_t end_ms = now_ms() + wait_ms;
    ret->handle = -1;
    for (;;) {
        int handle;
        const enum attempt attempt = open_and_try(path, &handle);
        if (attempt == ATTEMPT_TAKEN) {
            ret->handle = handle;
            return FILE_LOCK_TAKEN;
        }
        if (handle < 0)
            return FILE_LOCK_NO_FILE;
        close(handle);
        if (attempt == ATTEMPT_IMPOSSIBLE)
            return FILE_LOCK_IMPOSSIBLE;
        if (interruption_signal())
            return FILE_LOCK_INTERRUPTED;
        if (attempt == ATTEMPT_BUSY && now_ms() >= end_ms)
            return FILE_LOCK_BUSY;
        if (attempt == ATTEMPT_BUSY)
            pause_for_others();
    }
}

void file_lock_release(struct file_lock *lock)
{
    if (lock->handle >= 0)
        close(lock->handle);
    lock->handle = -1;
}
