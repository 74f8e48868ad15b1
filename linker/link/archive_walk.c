#include "linker/link/archive_walk.h"

#include "linker/elf/ar_archive.h"

#include "base/path.h"

static bool read_quietly(struct arena *arena, const char *path, struct span *ret)
{
    struct diag_list unused = diag_list_in(arena);
    struct file_stamp stamp;
    return file_look(path, &stamp) &&
           file_read(arena, path, OBJECTS_FILE_LIMIT, NOWHERE, ret, &unused);
}

static const char *path_of_member(struct arena *arena, const char *archive, const char *member)
{
    return path_join(arena, path_folder(arena, archive), member);
}

bool archive_walk_next(struct archive_walk *walk, struct walked_member *ret)
{
    if (ar_archive_next(walk->archive, &walk->offset, &ret->bytes)) {
        ret->name = ar_archive_member_name(walk->arena, walk->archive, ret->bytes);
        return true;
    }
    const char *name;
    while (ar_archive_next_thin(walk->arena, walk->archive, &walk->offset, &name)) {
        ret->name = name;
        if (read_quietly(walk->arena, path_of_member(walk->arena, walk->path, name), &ret->bytes))
            return true;
    }
    return false;
}

bool archive_walk_is_thin(const char *path)
{
    return file_begins_with(path, span_of_text("!<thin>\n"));
}

void archive_walk_add_files(struct arena *arena, const char *path, struct path_list *ret)
{
    struct span archive;
    size_t offset = 0;
    const char *name;
    if (!archive_walk_is_thin(path) || !read_quietly(arena, path, &archive))
        return;
    while (ar_archive_next_thin(arena, archive, &offset, &name)) {
        struct file_stamp stamp;
        const char *member = path_of_member(arena, path, name);
        if (file_look(member, &stamp))
            path_list_add(ret, arena, member);
    }
}
