/* The lock under which an archive is read and then replaced, so that of two who sign it at once
 * none loses what the other one did. */
#ifndef CLI_ARCHIVE_ARCHIVE_LOCK_H
#define CLI_ARCHIVE_ARCHIVE_LOCK_H

#include "base/diag.h"
#include "base/file_lock.h"

/* Takes the lock of an archive, waiting for others for a minute, and removes what a killed process
 * left of the same archive. Nothing is locked where there is no archive yet; on a file system
 * without locks there is the warning archive-not-locked.
 * Errors: archive-busy, interrupted. */
MUST_CHECK bool archive_lock_take(struct arena *arena, const char *path, struct file_lock *ret,
                                  struct diag_list *diags);

#endif
