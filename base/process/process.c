#define _GNU_SOURCE /* sched_getaffinity */
#include "base/process/process.h"

#include "base/file.h"
#include "base/path.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

unsigned process_processor_count(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    const int count = CPU_COUNT(&set);
    return count < 1 ? 1 : (unsigned)count;
}

static bool is_program(const char *path)
{
    struct file_stamp stamp;
    return file_look(path, &stamp) && access(path, X_OK) == 0;
}

const char *process_find_program(struct arena *arena, const char *name)
{
    if (strchr(name, '/') != NULL)
        return is_program(name) ? name : NULL;
    const char *path = getenv("PATH");
    while (path != NULL && *path != '\0') {
        const size_t length = strcspn(path, ":");
        const char *folder = length == 0 ? "." : arena_copy_text(arena, path, length);
        const char *candidate = path_join(arena, folder, name);
        if (is_program(candidate))
            return candidate;
        path += length + (path[length] == ':');
    }
    return NULL;
}

const char *process_own_path(struct arena *arena)
{
    return file_resolve(arena, "/proc/self/exe");
}
