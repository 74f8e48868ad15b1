#include "linker/link/linked_files.h"

#include "linker/elf/ar_archive.h"
#include "linker/link/objects.h"

#include "base/file.h"
#include "base/path.h"

#include <string.h>

struct linked_archive {
    const char *path;
    struct span bytes; /* empty when it cannot be read */
};

struct opening {
    struct arena *arena;
    struct linked_archives *archives;
    struct linked_file *files;
    size_t count;
};

static bool is_in_memory(const struct linked *linked, const char *output)
{
    bool found = false;
    for (size_t i = 0; i < linked->section_count && !found; i++)
        found = strcmp(linked->sections[i].name, output) == 0;
    return found;
}

/* What cannot be read is not judged; the diagnostics of that are not for the user. */
static struct span read_quietly(struct arena *arena, const char *path)
{
    struct diag_list unused = diag_list_in(arena);
    struct span bytes = {0};
    struct file_stamp stamp;
    if (!file_look(path, &stamp) ||
        !file_read(arena, path, OBJECTS_FILE_LIMIT, NOWHERE, &bytes, &unused))
        return (struct span){0};
    return bytes;
}

static struct span archive_at(struct opening *opening, const char *path)
{
    struct linked_archives *archives = opening->archives;
    for (size_t i = 0; i < archives->count; i++) {
        if (strcmp(archives->items[i].path, path) == 0)
            return archives->items[i].bytes;
    }
    const struct linked_archive archive = {path, read_quietly(opening->arena, path)};
    archives->items = arena_grow(opening->arena, archives->items, archives->count,
                                 archives->count + 1, sizeof archive);
    archives->items[archives->count++] = archive;
    return archive.bytes;
}

static struct span find_member(struct opening *opening, const char *path, const char *member)
{
    const struct span archive = archive_at(opening, path);
    size_t offset = 0;
    struct span bytes;
    if (ar_archive_is_thin(archive))
        return read_quietly(opening->arena,
                            path_join(opening->arena, path_folder(opening->arena, path), member));
    while (ar_archive_next(archive, &offset, &bytes)) {
        if (strcmp(ar_archive_member_name(opening->arena, archive, bytes), member) == 0)
            return bytes;
    }
    return (struct span){0};
}

/* "PATH(MEMBER)"; a path may have parentheses too. */
static bool split_member(struct arena *arena, const char *name, const char **ret_path,
                         const char **ret_member)
{
    const size_t length = strlen(name);
    const char *open = strrchr(name, '(');
    if (length < 3 || name[length - 1] != ')' || open == NULL || open == name)
        return false;
    *ret_path = arena_copy_text(arena, name, (size_t)(open - name));
    *ret_member = arena_copy_text(arena, open + 1, (size_t)(name + length - 1 - (open + 1)));
    return true;
}

static bool is_open(const struct opening *opening, const char *name)
{
    bool found = false;
    for (size_t i = opening->count; i > 0 && !found; i--)
        found = strcmp(opening->files[i - 1].name, name) == 0;
    return found;
}

static bool open_file(struct opening *opening, const char *name)
{
    const char *path;
    const char *member;
    const char *problem;
    struct linked_file file = {.name = name};
    struct span bytes = read_quietly(opening->arena, name);
    if (bytes.bytes == 0 && split_member(opening->arena, name, &path, &member)) {
        file.is_member = true;
        bytes = find_member(opening, path, member);
    }
    if (!elf_file_open(bytes, &file.object, &problem))
        return false;
    opening->files[opening->count++] = file;
    return true;
}

void linked_files_open(struct arena *arena, struct linked_archives *archives,
                       const struct link_map *map, const struct linked *linked,
                       struct linked_files *ret)
{
    struct opening opening = {arena, archives,
                              ARENA_ARRAY(arena, struct linked_file, map->piece_count), 0};
    bool is_whole = true;
    for (size_t i = 0; i < map->piece_count; i++) {
        const struct link_map_piece *piece = &map->pieces[i];
        if (!is_in_memory(linked, piece->output) || piece->origin == LINK_MAP_JOINED)
            continue;
        if (piece->origin == LINK_MAP_LINKER)
            is_whole = false;
        else if (!is_open(&opening, piece->file))
            is_whole = open_file(&opening, piece->file) && is_whole;
    }
    *ret = (struct linked_files){opening.files, opening.count, is_whole};
}

bool linked_files_has_section(const struct link_map *map, const struct linked *linked,
                              const char *file, const char *section)
{
    bool found = false;
    for (size_t i = 0; i < map->piece_count && !found; i++) {
        const struct link_map_piece *piece = &map->pieces[i];
        found = strcmp(piece->file, file) == 0 && strcmp(piece->section, section) == 0 &&
                is_in_memory(linked, piece->output);
    }
    return found;
}
