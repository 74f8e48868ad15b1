/* A lock for whoever reads a file and then puts another in its place. */
#ifndef BASE_FILE_LOCK_H
#define BASE_FILE_LOCK_H

#include <stdbool.h>
#include <stdint.h>

/* An open lock; -1: none. */
struct file_lock {
    int handle;
};

enum file_lock_answer {
    FILE_LOCK_TAKEN,
    FILE_LOCK_NO_FILE, /* no regular file that this user can read: nothing to lock */
    FILE_LOCK_BUSY,    /* another process had it for the whole time */
    FILE_LOCK_INTERRUPTED,
    FILE_LOCK_IMPOSSIBLE, /* the file system has no locks */
};

/* Takes the lock of the file at a path, symbolic links followed, and waits for it. What lies at the
 * path does not change until the release, as far as other holders of the lock are concerned: when
 * the file was replaced while this process waited, it is the new file that is locked. The lock
 * leaves nothing behind, in the folder or after a kill.
 * Units:  wait_ms: milliseconds; 0: asks once.
 * Shape:  ret->handle is -1 unless the answer is FILE_LOCK_TAKEN.
 * Source: flock(2). */
enum file_lock_answer file_lock_take(const char *path, uint64_t wait_ms, struct file_lock *ret);

/* Harmless without a lock. */
void file_lock_release(struct file_lock *lock);

#endif
