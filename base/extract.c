#define _GNU_SOURCE /* renameat2 */
#include "base/extract.h"

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

enum { FILE_MODE = 0666, FOLDER_MODE = 0777, STAGING_MODE = 0700, ATTEMPTS_MOST = 1000 };

/* Opens a folder, not what a symbolic link points to. */
#define OPEN_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* All files are written into a staging folder first, and moved to their places when every one of
 * them is whole. */
struct extraction {
    struct arena *arena;
    const char *folder;
    const struct extract_file *files;
    size_t count;
    struct diag_list *diags;
    int root;    /* the folder, open; -1: not yet */
    int staging; /* open; -1: not yet */
    const char *staging_name;
    size_t staged_count, placed_count;
    struct path_list made_roots;   /* the folder and those above it, if they were made */
    struct path_list made_folders; /* below it, by names like those of files */
};

static bool not_written(const struct extraction *extraction, const char *name, int error)
{
    return diag_error(extraction->diags, "file-not-written", NOWHERE, "cannot write %s/%s: %s",
                      extraction->folder, name, strerror(error));
}

static bool already_there(const struct extraction *extraction, const char *name)
{
    return diag_error(extraction->diags, "extract-exists", NOWHERE,
                      "%s/%s already exists and is not replaced", extraction->folder, name);
}

static bool is_interrupted(const struct extraction *extraction)
{
    if (interruption_signal() == 0)
        return false;
    diag_add(extraction->diags, DIAG_ERROR, "interrupted", NOWHERE, "interrupted");
    return true;
}

/* ---- names ---- */

static bool name_is_safe(const char *name)
{
    for (;;) {
        const size_t part = strcspn(name, "/");
        if (part == 0 || (part == 1 && name[0] == '.') ||
            (part == 2 && name[0] == '.' && name[1] == '.'))
            return false;
        if (name[part] == '\0')
            return true;
        name += part + 1;
    }
}

static const char *last_part(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash == NULL ? name : slash + 1;
}

/* ---- folders ---- */

static bool make_root(struct extraction *extraction)
{
    char *path = arena_format(extraction->arena, "%s", extraction->folder);
    int error = 0; /* why the first folder could not be made: those below it are missing then */
    for (char *end = path;; end++) {
        if (*end != '\0' && (*end != '/' || end == path))
            continue;
        const char kept = *end;
        *end = '\0';
        if (mkdir(path, FOLDER_MODE) == 0)
            path_list_add(&extraction->made_roots, extraction->arena,
                          arena_format(extraction->arena, "%s", path));
        else if (errno != EEXIST && error == 0)
            error = errno;
        *end = kept;
        if (kept == '\0')
            break;
    }
    extraction->root = open(extraction->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (extraction->root >= 0)
        return true;
    error = errno == ENOENT && error != 0 ? error : errno;
    return diag_error(extraction->diags, "folder-not-made", NOWHERE,
                      "cannot create the folder %s: %s", extraction->folder, strerror(error));
}

/* Makes one folder unless it is there. */
static bool make_part(struct extraction *extraction, int above, const char *part,
                      const char *name_so_far)
{
    if (mkdirat(above, part, FOLDER_MODE) == 0) {
        path_list_add(&extraction->made_folders, extraction->arena, name_so_far);
        return true;
    }
    return errno == EEXIST;
}

enum missing_folders { MISSING_STAY, MISSING_ARE_MADE };

/* Opens the folder in which a name lies, part by part; -1 with errno on failure. */
static int open_folder_of(struct extraction *extraction, const char *name,
                          enum missing_folders missing)
{
    int handle = fcntl(extraction->root, F_DUPFD_CLOEXEC, 0);
    const char *at = name;
    for (const char *slash = strchr(at, '/'); handle >= 0 && slash != NULL;
         slash = strchr(at, '/')) {
        const char *part = arena_copy_text(extraction->arena, at, (size_t)(slash - at));
        const char *so_far = arena_copy_text(extraction->arena, name, (size_t)(slash - name));
        int below = -1;
        if (missing == MISSING_STAY || make_part(extraction, handle, part, so_far))
            below = openat(handle, part, OPEN_FOLDER);
        const int error = errno;
        close(handle);
        errno = error;
        handle = below;
        at = slash + 1;
    }
    return handle;
}

static bool no_folder(const struct extraction *extraction, const char *name, int error)
{
    if (error != ENOTDIR && error != ELOOP)
        return not_written(extraction, name, error);
    diag_error(extraction->diags, "extract-not-folder", NOWHERE,
               "cannot write %s/%s: a file or a symbolic link is where a folder is needed",
               extraction->folder, name);
    diag_hint(extraction->diags, "symbolic links inside the folder are not followed");
    return false;
}

/* ---- what is there already ---- */

static bool check_free(struct extraction *extraction, const char *name)
{
    struct stat status;
    const int folder = open_folder_of(extraction, name, MISSING_STAY);
    if (folder < 0)
        return errno == ENOENT || no_folder(extraction, name, errno);
    const bool is_there = fstatat(folder, last_part(name), &status, AT_SYMLINK_NOFOLLOW) == 0;
    close(folder);
    return !is_there || already_there(extraction, name);
}

static bool check_names(struct extraction *extraction)
{
    bool ok = true;
    for (size_t i = 0; i < extraction->count; i++) {
        const char *name = extraction->files[i].name;
        if (!name_is_safe(name))
            return diag_error(extraction->diags, "extract-name", NOWHERE,
                              "the name %s could lead out of the folder", name);
        ok = check_free(extraction, name) && ok;
    }
    return ok;
}

/* ---- staging ---- */

/* Whether a name is one of those that staged_name() makes. */
static bool is_staged_name(const char *name)
{
    return strspn(name, "0123456789") == strlen(name);
}

/* Removes the staging folder of a process that was killed, unless somebody put something else there
 * or still holds it. */
static void remove_old_staging(const struct extraction *extraction, const char *name)
{
    const char *path = path_join(extraction->arena, extraction->folder, name);
    struct path_list names = {0};
    struct diag_list ignored = diag_list_in(extraction->arena);
    const int handle = openat(extraction->root, name, OPEN_FOLDER);
    if (handle < 0)
        return;
    bool is_ours = flock(handle, LOCK_EX | LOCK_NB) == 0 &&
                   file_list(extraction->arena, path, &names, &ignored);
    for (size_t i = 0; i < names.count; i++)
        is_ours = is_ours && is_staged_name(names.items[i]);
    for (size_t i = 0; is_ours && i < names.count; i++)
        (void)unlinkat(handle, names.items[i], 0);
    if (is_ours)
        (void)unlinkat(extraction->root, name, AT_REMOVEDIR);
    close(handle);
}

static void remove_leftovers(const struct extraction *extraction)
{
    struct path_list names = {0};
    struct diag_list ignored = diag_list_in(extraction->arena);
    if (!file_list(extraction->arena, extraction->folder, &names, &ignored))
        return;
    for (size_t i = 0; i < names.count; i++) {
        if (leftover_state_of(names.items[i], "") == LEFTOVER_DEAD)
            remove_old_staging(extraction, names.items[i]);
    }
}

static bool make_staging(struct extraction *extraction)
{
    for (unsigned attempt = 0; attempt < ATTEMPTS_MOST; attempt++) {
        const char *name = leftover_name(extraction->arena, attempt, "");
        if (mkdirat(extraction->root, name, STAGING_MODE) != 0) {
            if (errno == EEXIST)
                continue;
            return not_written(extraction, name, errno);
        }
        extraction->staging_name = name;
        extraction->staging = openat(extraction->root, name, OPEN_FOLDER);
        if (extraction->staging < 0)
            return not_written(extraction, name, errno);
        /* tells processes that cannot see this one, in other containers, that it lives */
        (void)flock(extraction->staging, LOCK_EX | LOCK_NB);
        return true;
    }
    return not_written(extraction, ".imgbuild-*", EEXIST);
}

static const char *staged_name(const struct extraction *extraction, size_t i)
{
    return arena_format(extraction->arena, "%zu", i);
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

static bool stage_file(struct extraction *extraction, size_t i)
{
    const struct extract_file *file = &extraction->files[i];
    const int handle = openat(extraction->staging, staged_name(extraction, i),
                              O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    if (handle < 0)
        return not_written(extraction, file->name, errno);
    extraction->staged_count = i + 1;
    const bool written = write_fully(handle, file->content);
    const int error = errno;
    if (close(handle) != 0 && written)
        return not_written(extraction, file->name, errno);
    return written || not_written(extraction, file->name, error);
}

/* ---- to their places ---- */

/* Moves without replacing: some file systems can do the one, some the other. */
static bool move_file(const struct extraction *extraction, size_t i, int folder, const char *name)
{
    const char *staged = staged_name(extraction, i);
    if (renameat2(extraction->staging, staged, folder, name, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    return linkat(extraction->staging, staged, folder, name, 0) == 0 &&
           unlinkat(extraction->staging, staged, 0) == 0;
}

static bool place_file(struct extraction *extraction, size_t i)
{
    const char *name = extraction->files[i].name;
    const int folder = open_folder_of(extraction, name, MISSING_ARE_MADE);
    if (folder < 0)
        return no_folder(extraction, name, errno);
    const bool moved = move_file(extraction, i, folder, last_part(name));
    const int error = errno;
    close(folder);
    if (moved)
        extraction->placed_count = i + 1;
    else if (error == EEXIST)
        return already_there(extraction, name);
    return moved || not_written(extraction, name, error);
}

/* ---- tidying up ---- */

static void close_handle(int handle)
{
    if (handle >= 0)
        close(handle);
}

static void remove_placed(struct extraction *extraction)
{
    for (size_t i = 0; i < extraction->placed_count; i++) {
        const char *name = extraction->files[i].name;
        const int folder = open_folder_of(extraction, name, MISSING_STAY);
        if (folder >= 0)
            (void)unlinkat(folder, last_part(name), 0);
        close_handle(folder);
    }
    for (size_t i = extraction->made_folders.count; i > 0; i--) {
        const char *name = extraction->made_folders.items[i - 1];
        const int above = open_folder_of(extraction, name, MISSING_STAY);
        if (above >= 0)
            (void)unlinkat(above, last_part(name), AT_REMOVEDIR);
        close_handle(above);
    }
}

static void remove_staging(struct extraction *extraction)
{
    for (size_t i = extraction->placed_count; i < extraction->staged_count; i++)
        (void)unlinkat(extraction->staging, staged_name(extraction, i), 0);
    if (extraction->staging_name != NULL)
        (void)unlinkat(extraction->root, extraction->staging_name, AT_REMOVEDIR);
}

static void tidy_up(struct extraction *extraction, bool ok)
{
    remove_staging(extraction);
    if (!ok)
        remove_placed(extraction);
    close_handle(extraction->staging);
    close_handle(extraction->root);
    for (size_t i = ok ? 0 : extraction->made_roots.count; i > 0; i--)
        (void)rmdir(extraction->made_roots.items[i - 1]);
}

static bool write_files(struct extraction *extraction)
{
    remove_leftovers(extraction);
    if (!make_staging(extraction))
        return false;
    for (size_t i = 0; i < extraction->count; i++) {
        if (is_interrupted(extraction) || !stage_file(extraction, i))
            return false;
    }
    for (size_t i = 0; i < extraction->count; i++) {
        if (is_interrupted(extraction) || !place_file(extraction, i))
            return false;
    }
    return true;
}

bool extract_files(struct arena *arena, const char *folder, const struct extract_file *files,
                   size_t count, struct diag_list *diags)
{
    struct extraction extraction = {
        .arena = arena,
        .folder = folder,
        .files = files,
        .count = count,
        .diags = diags,
        .root = -1,
        .staging = -1,
    };
    const bool ok = make_root(&extraction) && check_names(&extraction) && write_files(&extraction);
    tidy_up(&extraction, ok);
    return ok;
}
