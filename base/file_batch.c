/* Writing: temporary files that are renamed together. */
#include "base/file.h"

#include "base/interruption.h"

#include "base/leftover.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MODE = 0666, COMPARE_BYTES = 64 * 1024 };

struct file_batch_item {
    const char *path;
    const char *temporary; /* NULL: nothing to rename */
    enum file_sync sync;
};

static bool not_written(const char *path, int error, struct diag_list *diags)
{
    return diag_error(diags, "file-not-written", NOWHERE, "cannot write %s: %s", path,
                      strerror(error));
}

struct file_batch file_batch_in(struct arena *arena)
{
    return (struct file_batch){.arena = arena};
}

static struct file_batch_item *add_item(struct file_batch *batch)
{
    if (batch->count == batch->capacity) {
        const size_t capacity = batch->capacity == 0 ? 16 : batch->capacity * 2;
        batch->items =
            arena_grow(batch->arena, batch->items, batch->count, capacity, sizeof *batch->items);
        batch->capacity = capacity;
    }
    return &batch->items[batch->count++];
}

static bool read_fully(int handle, uint8_t *data, size_t bytes)
{
    size_t done = 0;
    while (done < bytes) {
        const ssize_t got = read(handle, data + done, bytes - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

/* Renaming would put a file in the place of what is there, be it /dev/null. */
static bool may_be_replaced(const char *path)
{
    struct stat status;
    return stat(path, &status) != 0 || S_ISREG(status.st_mode);
}

/* A file that takes the place of another is as secret as that one. */
static void take_permissions(int handle, const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0)
        (void)fchmod(handle, status.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO));
}

/* Whether a regular file already has this content. */
static bool has_content(const char *path, struct span content)
{
    const int handle = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (handle < 0)
        return false;
    struct stat status;
    bool same = fstat(handle, &status) == 0 && S_ISREG(status.st_mode) &&
                (uint64_t)status.st_size == content.bytes;
    uint8_t chunk[COMPARE_BYTES];
    for (size_t done = 0; same && done < content.bytes;) {
        const size_t left = content.bytes - done;
        const size_t bytes = left < sizeof chunk ? left : sizeof chunk;
        same = read_fully(handle, chunk, bytes) && memcmp(chunk, content.data + done, bytes) == 0;
        done += bytes;
    }
    close(handle);
    return same;
}

static bool write_fully(int handle, struct span content)
{
    size_t done = 0;
    while (done < content.bytes) {
        const ssize_t put = write(handle, content.data + done, content.bytes - done);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        done += (size_t)put;
    }
    return true;
}

/* What follows the number in the name of a temporary file: it only tells a reader what it was. A
 * long name leaves no room for all of it. */
static const char *rest_for(struct arena *arena, const char *path)
{
    return arena_format(arena, "-%.100s", path_name(path));
}

/* Creates a new file beside `path` with a name that nobody has; -1 with errno on failure. */
static int create_beside(struct arena *arena, const char *path, const char **ret_temporary)
{
    const char *folder = path_folder(arena, path);
    const char *rest = rest_for(arena, path);
    for (unsigned attempt = 0; attempt < 1000; attempt++) {
        const char *temporary = path_join(arena, folder, leftover_name(arena, attempt, rest));
        const int handle =
            open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
        if (handle >= 0 || errno != EEXIST) {
            *ret_temporary = temporary;
            return handle;
        }
    }
    errno = EEXIST;
    return -1;
}

bool file_batch_add(struct file_batch *batch, const char *path, struct span content,
                    enum file_sync sync, struct diag_list *diags)
{
    if (!may_be_replaced(path))
        return diag_error(diags, "file-not-written", NOWHERE,
                          "cannot write %s: it is not a regular file", path);
    if (has_content(path, content)) {
        *add_item(batch) = (struct file_batch_item){path, NULL, sync};
        return true;
    }
    const char *temporary = NULL;
    const int handle = create_beside(batch->arena, path, &temporary);
    if (handle < 0)
        return not_written(path, errno, diags);
    *add_item(batch) = (struct file_batch_item){path, temporary, sync};
    take_permissions(handle, path);
    const bool written =
        write_fully(handle, content) && (sync == FILE_NOT_SYNCED || fsync(handle) == 0);
    const int error = errno;
    if (close(handle) != 0 && written)
        return not_written(path, errno, diags);
    return written || not_written(path, error, diags);
}

static bool sync_folder_of(struct arena *arena, const char *path)
{
    const int handle = open(path_folder(arena, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0)
        return false;
    const bool synced = fsync(handle) == 0;
    close(handle);
    return synced;
}

bool file_batch_commit(struct file_batch *batch, struct diag_list *diags)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct file_batch_item *item = &batch->items[i];
        if (item->temporary == NULL) {
            (void)utimensat(AT_FDCWD, item->path, NULL, 0); /* a courtesy to make */
            continue;
        }
        if (rename(item->temporary, item->path) != 0)
            return not_written(item->path, errno, diags);
        item->temporary = NULL;
        if (item->sync == FILE_SYNCED && !sync_folder_of(batch->arena, item->path))
            return not_written(item->path, errno, diags);
    }
    batch->count = 0;
    return true;
}

void file_batch_abandon(struct file_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->items[i].temporary != NULL)
            file_remove(batch->items[i].temporary);
    }
    batch->count = 0;
}

bool file_write(struct arena *arena, const char *path, struct span content, enum file_sync sync,
                struct diag_list *diags)
{
    struct file_batch batch = file_batch_in(arena);
    const bool ok =
        file_batch_add(&batch, path, content, sync, diags) && file_batch_commit(&batch, diags);
    file_batch_abandon(&batch);
    return ok;
}

bool file_touch(const char *path, struct diag_list *diags)
{
    return utimensat(AT_FDCWD, path, NULL, 0) == 0 || not_written(path, errno, diags);
}

void file_remove(const char *path)
{
    (void)unlink(path);
}

bool file_rename(const char *from, const char *to, struct diag_list *diags)
{
    return rename(from, to) == 0 || not_written(to, errno, diags);
}

static void remove_leftovers(struct arena *arena, const char *folder, const char *rest)
{
    struct path_list names = {0};
    struct diag_list ignored = diag_list_in(arena);
    if (!file_list(arena, folder, &names, &ignored))
        return;
    for (size_t i = 0; i < names.count; i++) {
        if (leftover_state_of(names.items[i], rest) == LEFTOVER_DEAD)
            file_remove(path_join(arena, folder, names.items[i]));
    }
}

void file_remove_leftovers(struct arena *arena, const char *folder)
{
    remove_leftovers(arena, folder, NULL);
}

void file_remove_leftovers_of(struct arena *arena, const char *path)
{
    remove_leftovers(arena, path_folder(arena, path), rest_for(arena, path));
}

/* ---- one process a folder ---- */

/* Whether the open lock file is still the one at the path: another process may have removed the
 * folder while this one waited. */
static bool is_at(int handle, const char *path)
{
    struct stat open_status, path_status;
    return fstat(handle, &open_status) == 0 && stat(path, &path_status) == 0 &&
           open_status.st_dev == path_status.st_dev && open_status.st_ino == path_status.st_ino;
}

static enum folder_lock_answer lock_failed(const char *path, int error, struct diag_list *diags)
{
    if (error == EWOULDBLOCK)
        return FOLDER_LOCK_BUSY;
    if (error == EINTR && interruption_signal() != 0)
        (void)diag_error(diags, "interrupted", NOWHERE, "interrupted");
    else
        (void)not_written(path, error, diags);
    return FOLDER_LOCK_FAILED;
}

enum folder_lock_answer folder_lock_take(struct arena *arena, const char *folder,
                                         enum folder_lock_wait wait, struct folder_lock *ret,
                                         struct diag_list *diags)
{
    const char *path = path_join(arena, folder, "lock");
    for (;;) {
        const int handle = open(path, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
        if (handle < 0)
            return lock_failed(path, errno, diags);
        int error = 0;
        do {
            error = flock(handle, wait == FOLDER_LOCK_AT_ONCE ? LOCK_EX | LOCK_NB : LOCK_EX) == 0
                        ? 0
                        : errno;
        } while (error == EINTR && interruption_signal() == 0);
        if (error == 0 && is_at(handle, path)) {
            ret->handle = handle;
            return FOLDER_LOCK_TAKEN;
        }
        close(handle);
        if (error != 0)
            return lock_failed(path, error, diags);
        if (!file_is_folder(folder) && !folder_create(arena, folder, diags))
            return FOLDER_LOCK_FAILED;
    }
}

void folder_lock_release(struct folder_lock *lock)
{
    if (lock->handle >= 0)
        close(lock->handle);
    lock->handle = -1;
}
