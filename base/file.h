/* Reading and writing files. With process.h, the only place that makes system calls on files.
 *
 * Errors of the system are turned into diagnostics in words, at the position that named the file.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/diag.h"
#include "base/span.h"

/* Who a file was when it was looked at: equal stamps mean, for all practical purposes, equal bytes.
 */
struct file_stamp {
    uint64_t bytes;
    uint64_t inode;
    uint64_t device;
    int64_t modified_ns;
    int64_t changed_ns;
};

/* A file's bytes, and what the file was while they were read. */
struct stamped_content {
    struct span bytes;
    struct file_stamp stamp;
    int64_t taken_ns; /* when, on file_clock_ns() */
};

struct path_list {
    const char **items;
    size_t count;
    size_t capacity;
};

void path_list_add(struct path_list *list, struct arena *arena, const char *path);

/* Reads a regular file whole.
 * Errors: file-missing, file-unreadable, file-too-large (more than limit_bytes). */
MUST_CHECK bool file_read(struct arena *arena, const char *path, uint64_t limit_bytes,
                          struct source_pos named_at, struct span *ret, struct diag_list *diags);

/* The same, and which file it was that these bytes are of: the stamp is that of the open file,
 * before and after. A file that changes while it is read is read again.
 * Errors: file-changing (three times in a row) besides. */
MUST_CHECK bool file_read_stamped(struct arena *arena, const char *path, uint64_t limit_bytes,
                                  struct source_pos named_at, struct stamped_content *ret,
                                  struct diag_list *diags);

/* Whether a stamp that was taken at a time, in nanoseconds since 1970, vouches for the bytes: a
 * file that changed just before may change once more without another time of change, as file
 * systems
 * count time in ticks or whole seconds. Source: git's "racy git" problem. */
bool file_stamp_is_settled(const struct file_stamp *stamp, int64_t taken_ns);

/* Now, as file systems stamp it, in nanoseconds since 1970. */
int64_t file_clock_ns(void);

/* Reads standard input whole, with the same limit and errors. */
MUST_CHECK bool file_read_input(struct arena *arena, uint64_t limit_bytes, struct span *ret,
                                struct diag_list *diags);

/* Reads a file of secrets whole into the caller's buffer, and into no other memory: a regular file,
 * or a pipe such as /dev/fd/N of a shell's <(command).
 * Shape:  fewer bytes than `capacity`. The caller overwrites the buffer after use, and on failure
 *         too, since it may hold a part of the file.
 * Errors: file-missing, file-unreadable, file-too-large. *ret_bytes is untouched on failure. */
MUST_CHECK bool file_read_secret(const char *path, uint8_t *buffer, size_t capacity,
                                 struct source_pos named_at, size_t *ret_bytes,
                                 struct diag_list *diags);

/* False when there is no regular file at the path. */
MUST_CHECK bool file_look(const char *path, struct file_stamp *ret);

bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b);

bool file_is_folder(const char *path);

/* Whether every user of the machine may read the regular file at the path. */
bool file_is_readable_by_all(const char *path);

/* The absolute path of an existing file, symbolic links resolved; NULL when there is none. */
const char *file_resolve(struct arena *arena, const char *path);

/* Appends the paths that a pattern (glob(7), without tilde) matches, in byte order. A pattern
 * without wildcards matches an existing file only. No match appends nothing and is no error.
 * Errors: file-unreadable. */
MUST_CHECK bool file_glob(struct arena *arena, const char *pattern, struct source_pos named_at,
                          struct path_list *ret, struct diag_list *diags);

/* Appends the names in a folder, without "." and "..", in byte order.
 * Errors: file-unreadable. */
MUST_CHECK bool file_list(struct arena *arena, const char *folder, struct path_list *ret,
                          struct diag_list *diags);

/* Creates a folder and those above it.
 * Errors: folder-not-made. */
MUST_CHECK bool folder_create(struct arena *arena, const char *folder, struct diag_list *diags);

/* ---- writing ---- */

enum file_sync { FILE_NOT_SYNCED, FILE_SYNCED };

/* Several files that are written under temporary names beside their places and appear together.
 * After a failure or a kill each file is the old one or the new one, whole. A file whose content is
 * already right is not written; its time of change is set to now. */
struct file_batch {
    struct arena *arena;
    struct file_batch_item *items;
    size_t count;
    size_t capacity;
};

struct file_batch file_batch_in(struct arena *arena);

/* Writes the content of one file of the batch under a temporary name.
 * Errors: file-not-written. */
MUST_CHECK bool file_batch_add(struct file_batch *batch, const char *path, struct span content,
                               enum file_sync sync, struct diag_list *diags);

/* Renames all temporary files to their places.
 * Errors: file-not-written. */
MUST_CHECK bool file_batch_commit(struct file_batch *batch, struct diag_list *diags);

/* Removes the temporary files that were not renamed. Harmless after a commit. */
void file_batch_abandon(struct file_batch *batch);

/* Writes one file through a batch of its own.
 * Errors: file-not-written. */
MUST_CHECK bool file_write(struct arena *arena, const char *path, struct span content,
                           enum file_sync sync, struct diag_list *diags);

/* Gives a file the present time.
 * Errors: file-not-written. */
MUST_CHECK bool file_touch(const char *path, struct diag_list *diags);

/* Removes a file if it is there. */
void file_remove(const char *path);

/* Moves a file to its place in one step.
 * Errors: file-not-written. */
MUST_CHECK bool file_rename(const char *from, const char *to, struct diag_list *diags);

/* Removes what a killed process left in a folder: files named as temporary ones of this module,
 * but those of another process that runs. To be called only by the holder of the folder's lock. */
void file_remove_leftovers(struct arena *arena, const char *folder);

/* The same for what would have become the file at a path. To be called only by the holder of the
 * file's lock (file_lock.h). */
void file_remove_leftovers_of(struct arena *arena, const char *path);

/* ---- one process a folder ---- */

/* An open lock; -1: none. */
struct folder_lock {
    int handle;
};

enum folder_lock_wait { FOLDER_LOCK_AT_ONCE, FOLDER_LOCK_WHEN_FREE };

enum folder_lock_answer {
    FOLDER_LOCK_TAKEN,
    FOLDER_LOCK_BUSY, /* another process has it; of FOLDER_LOCK_AT_ONCE only */
    FOLDER_LOCK_FAILED,
};

/* Takes the lock of a folder (the file `lock` in it).
 * Errors: file-not-written, interrupted (while it waited). A busy folder is no error. */
enum folder_lock_answer folder_lock_take(struct arena *arena, const char *folder,
                                         enum folder_lock_wait wait, struct folder_lock *ret,
                                         struct diag_list *diags);
void folder_lock_release(struct folder_lock *lock);

#endif
