/* The lock under which an archive is read and then replaced, so that two processes signing it at
 * once keep each other's signatures. */
#ifndef CLI_ARCHIVE_ARCHIVE_LOCK_H
#define CLI_ARCHIVE_ARCHIVE_LOCK_H

#include "base/diag.h"
#include "base/file_lock.h"

/* Takes the lock of an archive, waiting up to a minute for other processes, and removes temporary
 * files that a killed process left for it. When there is no archive yet, nothing is locked. A file
 * system without locks gives the warning archive-not-locked.
 * Errors: archive-busy, interrupted. */
MUST_CHECK bool archive_lock_take(struct arena *arena, const char *path, struct file_lock *ret,
                                  struct diag_list *diags);

#endif
