#include "cli/archive/archive_lock.h"

#include "base/file.h"

enum { WAIT_MS = 60 * 1000 };

static bool busy(const char *path, struct diag_list *diags)
{
    diag_error(diags, "archive-busy", (struct source_pos){path, 0, 0},
               "another process has held the archive's lock for a minute");
    diag_hint(
        diags,
        "wait for it to finish: its signer, or a passphrase prompt, may be waiting for input");
    return false;
}

bool archive_lock_take(struct arena *arena, const char *path, struct file_lock *ret,
                       struct diag_list *diags)
{
    const enum file_lock_answer answer = file_lock_take(path, WAIT_MS, ret);
    switch (answer) {
    case FILE_LOCK_TAKEN: {
        const char *place = file_resolve(arena, path);
        if (place != NULL)
            file_remove_leftovers_of(arena, place);
        return true;
    }
    case FILE_LOCK_NO_FILE:
        return true;
    case FILE_LOCK_BUSY:
        return busy(path, diags);
    case FILE_LOCK_INTERRUPTED:
        return diag_error(diags, "interrupted", NOWHERE, "interrupted");
    case FILE_LOCK_IMPOSSIBLE:
        diag_add(
            diags, DIAG_WARNING, "archive-not-locked", (struct source_pos){path, 0, 0},
            "the archive's file system has no locks: changes by two processes at once may be lost");
        return true;
    }
    return true;
}
