/* A rule for make (and ninja) that names all files that a build read. */
#ifndef CLI_BUILD_DEPFILE_H
#define CLI_BUILD_DEPFILE_H

#include "base/file.h"

/* `TARGET: FILES`, and an empty rule for each file, so that a deleted file does not stop a build.
 * Shape:  paths as make is to see them; duplicates are dropped. */
const char *depfile_text(const char *target, const struct path_list *files, struct arena *arena);

#endif
