#include "base/path.h"

#include <string.h>

char *path_join(struct arena *arena, const char *folder, const char *name)
{
    if (name[0] == '/' || folder[0] == '\0' || strcmp(folder, ".") == 0)
        return arena_copy_text(arena, name, strlen(name));
    const size_t length = strlen(folder);
    const char *separator = folder[length - 1] == '/' ? "" : "/";
    return arena_format(arena, "%s%s%s", folder, separator, name);
}

char *path_folder(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return arena_copy_text(arena, ".", 1);
    if (slash == path)
        return arena_copy_text(arena, "/", 1);
    return arena_copy_text(arena, path, (size_t)(slash - path));
}

const char *path_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}
