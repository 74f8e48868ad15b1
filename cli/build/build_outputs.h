/* Writing the outputs of a build. */
#ifndef CLI_BUILD_BUILD_OUTPUTS_H
#define CLI_BUILD_BUILD_OUTPUTS_H

#include "base/file_lock.h"
#include "cli/build/build.h"
#include "cli/build/build_summary.h"

/* The files of a build, which are replaced together. */
struct build_outputs {
    struct build *build;
    struct file_batch batch;
    struct path_list paths;
    struct path_list sources; /* for make to watch */
    struct file_lock *locks;  /* of the archives that are replaced */
    size_t lock_count;
};

/* Writes all files of a slot under temporary names. An existing archive stays locked until
 * build_outputs_close().
 * Shape:  its lines are appended to *summary.
 * Errors: those of archive_lock_take, file-not-written, folder-not-made, those of archive_write. */
MUST_CHECK bool build_outputs_add_slot(struct build_outputs *outputs,
                                       const struct built_slot *built,
                                       struct build_summary *summary);

/* Removes what was not committed, and releases the locks. */
void build_outputs_close(struct build_outputs *outputs);

/* The folder of a slot's outputs. */
const char *build_outputs_folder(const struct build *build, const struct plan_slot *slot);

#endif
