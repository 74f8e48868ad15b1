/* The members of an archive, wherever their bytes are. */
#ifndef LINKER_LINK_ARCHIVE_WALK_H
#define LINKER_LINK_ARCHIVE_WALK_H

#include "base/file.h"

enum { OBJECTS_FILE_LIMIT = 512 << 20 };

struct archive_walk {
    struct arena *arena;
    const char *path; /* of the archive */
    struct span archive;
    size_t offset; /* starts at 0 */
};

struct walked_member {
    const char *name;
    struct span bytes;
};

/* Steps through the members of an archive, as ar_archive_next() does; those of a thin archive are
 * read from their files, and left out when that cannot be done.
 * Shape:  names and bytes live in walk->arena and walk->archive. */
bool archive_walk_next(struct archive_walk *walk, struct walked_member *ret);

/* Whether the file at a path is a thin archive. */
bool archive_walk_is_thin(const char *path);

/* Appends the files that a thin archive names and that exist; nothing for any other file. */
void archive_walk_add_files(struct arena *arena, const char *path, struct path_list *ret);

#endif
