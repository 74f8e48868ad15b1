#include "cli/build/depfile.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

/* make's own escapes: a backslash before space, # and :, and any backslashes before that doubled; $
 * doubled. */
static void put_path(struct buffer *out, const char *path)
{
    size_t backslashes = 0;
    for (; *path != '\0'; path++) {
        if (strchr(" #:", *path) != NULL)
            buffer_fill(out, '\\', backslashes + 1);
        if (*path == '$')
            buffer_append_byte(out, '$');
        buffer_append_byte(out, (uint8_t)*path);
        backslashes = *path == '\\' ? backslashes + 1 : 0;
    }
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The files in byte order, without duplicates. */
static struct path_list unique(const struct path_list *files, struct arena *arena)
{
    struct path_list sorted = {0};
    for (size_t i = 0; i < files->count; i++)
        path_list_add(&sorted, arena, files->items[i]);
    if (sorted.count > 1)
        qsort(sorted.items, sorted.count, sizeof *sorted.items, compare_paths);
    size_t kept = 0;
    for (size_t i = 0; i < sorted.count; i++) {
        if (kept == 0 || strcmp(sorted.items[kept - 1], sorted.items[i]) != 0)
            sorted.items[kept++] = sorted.items[i];
    }
    sorted.count = kept;
    return sorted;
}

const char *depfile_text(const char *target, const struct path_list *files, struct arena *arena)
{
    const struct path_list sorted = unique(files, arena);
    struct buffer out = buffer_in(arena);
    put_path(&out, target);
    buffer_append_byte(&out, ':');
    for (size_t i = 0; i < sorted.count; i++) {
        buffer_append_text(&out, " \\\n ");
        put_path(&out, sorted.items[i]);
    }
    buffer_append_byte(&out, '\n');
    for (size_t i = 0; i < sorted.count; i++) {
        buffer_append_byte(&out, '\n');
        put_path(&out, sorted.items[i]);
        buffer_append_text(&out, ":\n");
    }
    return buffer_text(&out);
}
