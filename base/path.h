/* Paths as text. Nothing here looks at the disk. */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include "base/arena.h"

/* `name` seen from `folder`: name itself when it is absolute or folder is "" or ".". */
char *path_join(struct arena *arena, const char *folder, const char *name);

/* The folder of a path, "." when it has none, "/" for a file of the root. */
char *path_folder(struct arena *arena, const char *path);

/* The last part of a path; points into it. */
const char *path_name(const char *path);

#endif
