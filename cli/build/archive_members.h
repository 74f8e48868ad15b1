/* The archive of a built image slot. */
#ifndef CLI_BUILD_ARCHIVE_MEMBERS_H
#define CLI_BUILD_ARCHIVE_MEMBERS_H

#include "cli/build/build.h"
#include "cli/build/build_files.h"
#include "sign/archive/archive.h"

/* Makes the archive, without signatures.
 * Errors: those of archive_write. */
MUST_CHECK bool archive_members_pack(struct build *build, const struct built_slot *built,
                                     const struct build_files *files, struct span *ret);

#endif
