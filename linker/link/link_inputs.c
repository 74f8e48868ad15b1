#include "linker/link/link_inputs.h"

#include "linker/link/archive_walk.h"
#include "linker/link/objects.h"

#include "base/path.h"

#include <string.h>

/* A dependency file is a list of make rules, `TARGET: PREREQUISITE…`, lines continued by a
 * backslash. The first rule names what was read; the others, without prerequisites, only keep make
 * quiet about deleted files. GNU ld writes spaces in names as they are, lld puts a backslash in
 * front; a name ends at a space that is not escaped, unless lines have one name each, as both write
 * them. */

struct lines {
    const char *at, *end;
};

/* The next line, without the continuation and the spaces around it. */
static bool next_line(struct lines *lines, struct span *ret, bool *ret_is_continued)
{
    if (lines->at >= lines->end)
        return false;
    const char *start = lines->at;
    const char *stop = memchr(start, '\n', (size_t)(lines->end - start));
    lines->at = stop == NULL ? lines->end : stop + 1;
    if (stop == NULL)
        stop = lines->end;
    *ret_is_continued = stop > start && stop[-1] == '\\';
    if (*ret_is_continued)
        stop--;
    while (start < stop && (*start == ' ' || *start == '\t'))
        start++;
    while (stop > start && (stop[-1] == ' ' || stop[-1] == '\t'))
        stop--;
    *ret = (struct span){(const uint8_t *)start, (size_t)(stop - start)};
    return true;
}

/* Takes the escapes of make rules away: `\ `, `\#` and `$$`. */
static const char *unescape(struct arena *arena, struct span name)
{
    char *text = arena_copy_text(arena, (const char *)name.data, name.bytes);
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        if ((from[0] == '\\' && (from[1] == ' ' || from[1] == '#')) ||
            (from[0] == '$' && from[1] == '$'))
            from++;
        *to++ = *from;
    }
    *to = '\0';
    return text;
}

static bool read_rule(struct arena *arena, struct span text, struct path_list *ret)
{
    struct lines lines = {(const char *)text.data, (const char *)text.data + text.bytes};
    struct span line;
    bool is_continued;
    if (!next_line(&lines, &line, &is_continued) || line.bytes == 0 ||
        line.data[line.bytes - 1] != ':')
        return false;
    while (is_continued && next_line(&lines, &line, &is_continued)) {
        if (line.bytes > 0)
            path_list_add(ret, arena, unescape(arena, line));
    }
    return true;
}

/* GNU ld names a script that it found through -L as the including script did; lld, as a path. */
static const char *find_in_folders(struct arena *arena, const struct link_step *step,
                                   const char *name)
{
    for (size_t i = 0; i < step->argument_count; i++) {
        const char *word = step->argv[i];
        if (strncmp(word, "-Wl,", 4) == 0)
            word += 4;
        if (strncmp(word, "-L", 2) != 0)
            continue;
        word += 2;
        if (*word == '\0' && i + 1 < step->argument_count)
            word = step->argv[i + 1];
        const char *path = path_join(arena, word, name);
        struct file_stamp stamp;
        if (file_look(path, &stamp))
            return path;
    }
    return name;
}

static const char *resolve(struct arena *arena, const struct link_step *step, const char *name)
{
    struct file_stamp stamp;
    return file_look(name, &stamp) ? name : find_in_folders(arena, step, name);
}

/* Link-time optimisation has the compiler write objects for this one link, under other names each
 * time. They are gone after it, and nobody named them: what they were made of is in the list. */
static bool is_of_this_link(const struct link_step *step, const char *path)
{
    const size_t length = strlen(path);
    struct file_stamp stamp;
    bool is_named = false;
    for (size_t i = 0; i < step->argument_count && !is_named; i++)
        is_named = strcmp(step->argv[i], path) == 0;
    return !is_named && length > 2 && strcmp(path + length - 2, ".o") == 0 &&
           !file_look(path, &stamp);
}

/* A linker reads the members of a thin archive from files that it does not list. */
static void add_file(struct arena *arena, const char *path, struct path_list *ret)
{
    path_list_add(ret, arena, path);
    archive_walk_add_files(arena, path, ret);
}

bool link_inputs(struct arena *arena, const struct link_step *step, struct path_list *ret,
                 struct diag_list *diags)
{
    struct span text;
    if (!file_read(arena, step->dependency_path, OBJECTS_FILE_LIMIT, step->program->pos, &text,
                   diags))
        return false;
    struct path_list paths = {0};
    if (!read_rule(arena, text, &paths)) {
        diag_error(diags, "link-inputs-unknown", step->program->pos,
                   "%s, written by %s, is not a list of the files that it read",
                   step->dependency_path, step->argv[0]);
        return false;
    }
    for (size_t i = 0; i < paths.count; i++) {
        const char *path = resolve(arena, step, paths.items[i]);
        if (strcmp(path, step->script_path) != 0 && !is_of_this_link(step, path))
            add_file(arena, path, ret);
    }
    for (size_t i = 0; i < step->program->response_file_count; i++)
        path_list_add(ret, arena, step->program->response_files[i]);
    return true;
}
