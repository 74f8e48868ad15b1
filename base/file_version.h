/* Versions of files: which bytes a file had when it was read, and whether it still has them. */
#ifndef BASE_FILE_VERSION_H
#define BASE_FILE_VERSION_H

#include "base/file.h"
#include "base/fingerprint.h"

struct file_version {
    const char *path;
    struct file_stamp stamp;
    int64_t taken_ns; /* when the stamp was taken, on file_clock_ns() */
    struct fingerprint fingerprint;
};

/* Reads a file and says which version of it that was.
 * Errors: those of file_read_stamped(). Outputs are untouched on failure. */
MUST_CHECK bool file_version_read(struct arena *arena, const char *path, uint64_t limit_bytes,
                                  struct source_pos named_at, struct span *ret_bytes,
                                  struct file_version *ret, struct diag_list *diags);

enum file_version_answer {
    FILE_VERSION_SAME,
    FILE_VERSION_OTHER, /* other bytes */
    FILE_VERSION_GONE,  /* no file there that can be read */
};

/* Whether the file still has the bytes of the version. It is read again only where its stamp
 * differs or vouches for nothing (file_stamp_is_settled); a version that proved the same then gets
 * the new stamp.
 * Shape: `scratch` may be reset afterwards. */
enum file_version_answer file_version_check(struct arena *scratch, struct file_version *version,
                                            uint64_t limit_bytes);

#endif
