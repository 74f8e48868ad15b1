#define _XOPEN_SOURCE 700 /* realpath */
#include "base/file.h"

#include "base/buffer.h"
#include "base/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const int64_t NS_PER_S = 1000000000;

enum { READ_CHUNK_BYTES = 64 * 1024, FOLDER_MODE = 0777 };

void path_list_add(struct path_list *list, struct arena *arena, const char *path)
{
    if (list->count == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        list->items = arena_grow(arena, list->items, list->count, capacity, sizeof *list->items);
        list->capacity = capacity;
    }
    list->items[list->count++] = path;
}

/* ---- looking ---- */

static struct file_stamp stamp_of(const struct stat *status)
{
    return (struct file_stamp){
        .bytes = (uint64_t)status->st_size,
        .inode = (uint64_t)status->st_ino,
        .device = (uint64_t)status->st_dev,
        .modified_ns = (int64_t)status->st_mtim.tv_sec * NS_PER_S + status->st_mtim.tv_nsec,
        .changed_ns = (int64_t)status->st_ctim.tv_sec * NS_PER_S + status->st_ctim.tv_nsec,
    };
}

bool file_look(const char *path, struct file_stamp *ret)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    *ret = stamp_of(&status);
    return true;
}

bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b)
{
    return a->bytes == b->bytes && a->inode == b->inode && a->device == b->device &&
           a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns;
}

int64_t file_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

bool file_stamp_is_settled(const struct file_stamp *stamp, int64_t taken_ns)
{
    const int64_t tick_ns = INT64_C(20000000); /* of Linux: 10 ms at the most; and some room */
    const bool has_whole_seconds =
        stamp->modified_ns % NS_PER_S == 0 || stamp->changed_ns % NS_PER_S == 0;
    const int64_t newest_ns =
        stamp->modified_ns > stamp->changed_ns ? stamp->modified_ns : stamp->changed_ns;
    return newest_ns <= taken_ns - (has_whole_seconds ? 2 * NS_PER_S : tick_ns);
}

bool file_begins_with(const char *path, struct span start)
{
    uint8_t first[16];
    struct stat status;
    size_t bytes = 0;
    const int handle = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (handle < 0)
        return false;
    const bool is_file = fstat(handle, &status) == 0 && S_ISREG(status.st_mode);
    while (is_file && bytes < start.bytes && start.bytes <= sizeof first) {
        const ssize_t got = read(handle, first + bytes, start.bytes - bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        bytes += (size_t)got;
    }
    close(handle);
    return is_file && bytes == start.bytes && memcmp(first, start.data, bytes) == 0;
}

bool file_is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool file_is_readable_by_all(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & S_IROTH) != 0;
}

const char *file_resolve(struct arena *arena, const char *path)
{
    char *resolved = realpath(path, NULL);
    if (resolved == NULL)
        return NULL;
    const char *copy = arena_copy_text(arena, resolved, strlen(resolved));
    free(resolved);
    return copy;
}

/* ---- reading ---- */

static bool not_opened(const char *path, int error, struct source_pos named_at,
                       struct diag_list *diags)
{
    if (error == ENOENT || error == ENOTDIR)
        return diag_error(diags, "file-missing", named_at, "there is no file %s", path);
    return diag_error(diags, "file-unreadable", named_at, "cannot read %s: %s", path,
                      strerror(error));
}

static bool too_large(const char *path, uint64_t limit_bytes, struct source_pos named_at,
                      struct diag_list *diags)
{
    return diag_error(diags, "file-too-large", named_at,
                      "%s is larger than %llu bytes, the limit for such a file", path,
                      (unsigned long long)limit_bytes);
}

/* Reads on from an open file until its end; at most limit_bytes in all. */
static bool read_handle(struct arena *arena, int handle, const char *path, size_t expected,
                        uint64_t limit_bytes, struct source_pos named_at, struct span *ret,
                        struct diag_list *diags)
{
    size_t capacity = expected + 1; /* one more byte shows the end without growing */
    uint8_t *data = arena_alloc(arena, capacity, 1);
    size_t bytes = 0;
    for (;;) {
        if (bytes == capacity) {
            data = arena_grow(arena, data, bytes, capacity * 2 + READ_CHUNK_BYTES, 1);
            capacity = capacity * 2 + READ_CHUNK_BYTES;
        }
        const ssize_t got = read(handle, data + bytes, capacity - bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return not_opened(path, errno, named_at, diags);
        if (got == 0)
            break;
        bytes += (size_t)got;
        if (bytes > limit_bytes)
            return too_large(path, limit_bytes, named_at, diags);
    }
    *ret = (struct span){data, bytes};
    return true;
}

/* Opens a regular file that is not too large. *ret_handle is untouched on failure. */
static bool open_regular(const char *path, uint64_t limit_bytes, struct source_pos named_at,
                         int *ret_handle, struct diag_list *diags)
{
    const int handle = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (handle < 0)
        return not_opened(path, errno, named_at, diags);
    struct stat status;
    bool ok = false;
    if (fstat(handle, &status) != 0)
        ok = not_opened(path, errno, named_at, diags);
    else if (S_ISDIR(status.st_mode))
        ok = diag_error(diags, "file-unreadable", named_at, "%s is a folder, not a file", path);
    else if (!S_ISREG(status.st_mode))
        ok = diag_error(diags, "file-unreadable", named_at, "%s is not a regular file", path);
    else if ((uint64_t)status.st_size > limit_bytes)
        ok = too_large(path, limit_bytes, named_at, diags);
    else
        ok = true;
    if (ok)
        *ret_handle = handle;
    else
        close(handle);
    return ok;
}

static bool stamp_handle(int handle, const char *path, struct source_pos named_at,
                         struct file_stamp *ret, struct diag_list *diags)
{
    struct stat status;
    if (fstat(handle, &status) != 0)
        return not_opened(path, errno, named_at, diags);
    *ret = stamp_of(&status);
    return true;
}

/* Reads once. *ret_is_stable: whether the file was the same before and after. */
static bool read_once(struct arena *arena, const char *path, uint64_t limit_bytes,
                      struct source_pos named_at, struct stamped_content *ret, bool *ret_is_stable,
                      struct diag_list *diags)
{
    int handle = -1;
    if (!open_regular(path, limit_bytes, named_at, &handle, diags))
        return false;
    struct stamped_content content = {.taken_ns = file_clock_ns()};
    struct file_stamp after = {0};
    const bool ok = stamp_handle(handle, path, named_at, &content.stamp, diags) &&
                    read_handle(arena, handle, path, (size_t)content.stamp.bytes, limit_bytes,
                                named_at, &content.bytes, diags) &&
                    stamp_handle(handle, path, named_at, &after, diags);
    close(handle);
    if (!ok)
        return false;
    *ret_is_stable = file_stamp_equal(&content.stamp, &after) && content.bytes.bytes == after.bytes;
    *ret = content;
    return true;
}

bool file_read_stamped(struct arena *arena, const char *path, uint64_t limit_bytes,
                       struct source_pos named_at, struct stamped_content *ret,
                       struct diag_list *diags)
{
    enum { TRIES = 3 };
    for (int i = 0; i < TRIES; i++) {
        struct stamped_content content = {0};
        bool is_stable = false;
        if (!read_once(arena, path, limit_bytes, named_at, &content, &is_stable, diags))
            return false;
        if (is_stable) {
            *ret = content;
            return true;
        }
    }
    return diag_error(diags, "file-changing", named_at, "%s changed each time it was read", path);
}

bool file_read(struct arena *arena, const char *path, uint64_t limit_bytes,
               struct source_pos named_at, struct span *ret, struct diag_list *diags)
{
    int handle = -1;
    struct file_stamp stamp = {0};
    if (!open_regular(path, limit_bytes, named_at, &handle, diags))
        return false;
    const bool ok =
        stamp_handle(handle, path, named_at, &stamp, diags) &&
        read_handle(arena, handle, path, (size_t)stamp.bytes, limit_bytes, named_at, ret, diags);
    close(handle);
    return ok;
}

bool file_read_input(struct arena *arena, uint64_t limit_bytes, struct span *ret,
                     struct diag_list *diags)
{
    return read_handle(arena, STDIN_FILENO, "standard input", READ_CHUNK_BYTES, limit_bytes,
                       NOWHERE, ret, diags);
}

static bool fill_buffer(int handle, const char *path, uint8_t *buffer, size_t capacity,
                        struct source_pos named_at, size_t *ret_bytes, struct diag_list *diags)
{
    size_t bytes = 0;
    while (bytes < capacity) {
        const ssize_t got = read(handle, buffer + bytes, capacity - bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return not_opened(path, errno, named_at, diags);
        if (got == 0) {
            *ret_bytes = bytes;
            return true;
        }
        bytes += (size_t)got;
    }
    return too_large(path, capacity - 1, named_at, diags);
}

bool file_read_secret(const char *path, uint8_t *buffer, size_t capacity,
                      struct source_pos named_at, size_t *ret_bytes, struct diag_list *diags)
{
    const int handle = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY); /* waits for a pipe's writer */
    if (handle < 0)
        return not_opened(path, errno, named_at, diags);
    struct stat status;
    bool ok = false;
    if (fstat(handle, &status) != 0)
        ok = not_opened(path, errno, named_at, diags);
    else if (S_ISDIR(status.st_mode))
        ok = diag_error(diags, "file-unreadable", named_at, "%s is a folder, not a file", path);
    else if (!S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode))
        ok = diag_error(diags, "file-unreadable", named_at,
                        "%s is neither a regular file nor a pipe", path);
    else
        ok = fill_buffer(handle, path, buffer, capacity, named_at, ret_bytes, diags);
    close(handle);
    return ok;
}

/* ---- finding ---- */

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_from(struct path_list *list, size_t first)
{
    if (list->count - first > 1)
        qsort(list->items + first, list->count - first, sizeof *list->items, compare_paths);
}

/* A folder that is not there matches nothing; any other failure ends the search. */
static int glob_error(const char *path, int error)
{
    (void)path;
    return error != ENOENT && error != ENOTDIR;
}

bool file_glob(struct arena *arena, const char *pattern, struct source_pos named_at,
               struct path_list *ret, struct diag_list *diags)
{
    glob_t found = {0};
    const int failure = glob(pattern, GLOB_NOSORT, glob_error, &found);
    if (failure == GLOB_NOMATCH)
        return true;
    if (failure != 0)
        return diag_error(diags, "file-unreadable", named_at, "cannot search %s: %s", pattern,
                          failure == GLOB_NOSPACE ? "not enough memory" : strerror(errno));
    const size_t first = ret->count;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        path_list_add(ret, arena, arena_copy_text(arena, path, strlen(path)));
    }
    globfree(&found);
    sort_from(ret, first);
    return true;
}

bool file_list(struct arena *arena, const char *folder, struct path_list *ret,
               struct diag_list *diags)
{
    DIR *stream = opendir(folder);
    if (stream == NULL)
        return not_opened(folder, errno, NOWHERE, diags);
    const size_t first = ret->count;
    const struct dirent *entry;
    while ((entry = readdir(stream)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        path_list_add(ret, arena, arena_copy_text(arena, entry->d_name, strlen(entry->d_name)));
    }
    closedir(stream);
    sort_from(ret, first);
    return true;
}

bool folder_create(struct arena *arena, const char *folder, struct diag_list *diags)
{
    char *path = arena_copy_text(arena, folder, strlen(folder));
    for (char *end = path;; end++) {
        if (*end != '\0' && (*end != '/' || end == path))
            continue;
        const char kept = *end;
        *end = '\0';
        const int error = mkdir(path, FOLDER_MODE) == 0 ? 0 : errno;
        if (error != 0 && !file_is_folder(path))
            return diag_error(diags, "folder-not-made", NOWHERE, "cannot create the folder %s: %s",
                              path, strerror(error));
        *end = kept;
        if (kept == '\0')
            return true;
    }
}
