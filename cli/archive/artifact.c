#include "cli/archive/artifact.h"

#include "base/path.h"
#include "sign/archive/archive_read.h"
#include "sign/archive/intact.h"

#include <string.h>

enum { MEMBER_BYTES_MOST = 1 << 30 };

static const char elf_folder[] = "elf/", image_folder[] = "image/", tasks_folder[] = "elf/tasks/";

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* ---- opening ---- */

static bool open_archive(struct artifact *artifact)
{
    const struct source_pos named_at = {artifact->path, 0, 0};
    struct span bytes;
    artifact->is_archive = true;
    return file_read(artifact->arena, artifact->path, ARCHIVE_BYTES_MOST, NOWHERE, &bytes,
                     artifact->diags) &&
           archive_read(bytes, named_at, artifact->arena, &artifact->archive, artifact->diags) &&
           intact_check_names(&artifact->archive, named_at, artifact->arena, &artifact->sums,
                              artifact->diags);
}

static bool is_slot_folder(struct arena *arena, const char *folder)
{
    struct file_stamp stamp;
    return file_look(path_join(arena, folder, "layout.json"), &stamp);
}

/* The folders inside the artifact's in which an image slot was built. */
static bool list_slots(const struct artifact *artifact, struct path_list *ret)
{
    struct path_list names = {0};
    if (!file_list(artifact->arena, artifact->path, &names, artifact->diags))
        return false;
    for (size_t i = 0; i < names.count; i++)
        if (is_slot_folder(artifact->arena,
                           path_join(artifact->arena, artifact->path, names.items[i])))
            path_list_add(ret, artifact->arena, names.items[i]);
    return true;
}

static bool no_build_folder(const struct artifact *artifact)
{
    diag_error(artifact->diags, "artifact-unknown", (struct source_pos){artifact->path, 0, 0},
               "not a build folder: it has no layout.json");
    diag_hint(artifact->diags, "give an archive, or the folder given to `build -o`");
    return false;
}

static bool open_slot_folder(const char *slot, const struct path_list *slots,
                             struct artifact *artifact)
{
    const struct source_pos pos = {artifact->path, 0, 0};
    if (slots->count == 0)
        return no_build_folder(artifact);
    for (size_t i = 0; i < slots->count; i++) {
        if (slot == NULL ? slots->count > 1 : strcmp(slots->items[i], slot) != 0)
            continue;
        artifact->folder = path_join(artifact->arena, artifact->path, slots->items[i]);
        return true;
    }
    const char *names = slots->items[0];
    for (size_t i = 1; i < slots->count; i++)
        names = arena_format(artifact->arena, "%s, %s", names, slots->items[i]);
    if (slot == NULL)
        diag_error(artifact->diags, "artifact-slots", pos, "this build has several image slots: %s",
                   names);
    else
        diag_error(artifact->diags, "artifact-slots", pos, "this build has no image slot %s", slot);
    diag_hint(artifact->diags, "choose one slot: --slot %s", slots->items[0]);
    return false;
}

static bool open_folder(const char *slot, struct artifact *artifact)
{
    struct path_list slots = {0};
    if (is_slot_folder(artifact->arena, artifact->path) && slot == NULL) {
        artifact->folder = artifact->path;
        return true;
    }
    return list_slots(artifact, &slots) && open_slot_folder(slot, &slots, artifact);
}

bool artifact_open(const char *path, const char *slot, struct arena *arena, struct artifact *ret,
                   struct diag_list *diags)
{
    struct artifact artifact = {.arena = arena, .diags = diags, .path = path};
    const bool ok = file_is_folder(path) ? open_folder(slot, &artifact) : open_archive(&artifact);
    if (ok)
        *ret = artifact;
    return ok;
}

/* ---- members ---- */

/* Where `build` writes the file that is this member in an archive. */
static const char *path_in_folder(const struct artifact *artifact, const char *name)
{
    const char *inside = name;
    if (starts_with(name, elf_folder))
        inside = name + sizeof elf_folder - 1;
    else if (starts_with(name, image_folder))
        inside = name + sizeof image_folder - 1;
    return path_join(artifact->arena, artifact->folder, inside);
}

enum artifact_found artifact_member(const struct artifact *artifact, const char *name,
                                    struct span *ret)
{
    if (artifact->is_archive) {
        const struct archive_member *member = archive_find(&artifact->archive, name);
        if (member == NULL)
            return ARTIFACT_ABSENT;
        if (!intact_check_member(&artifact->sums, member, (struct source_pos){artifact->path, 0, 0},
                                 artifact->diags))
            return ARTIFACT_FAILED;
        *ret = member->content;
        return ARTIFACT_FOUND;
    }
    const char *path = path_in_folder(artifact, name);
    struct file_stamp stamp;
    if (!file_look(path, &stamp))
        return ARTIFACT_ABSENT;
    return file_read(artifact->arena, path, MEMBER_BYTES_MOST, NOWHERE, ret, artifact->diags)
               ? ARTIFACT_FOUND
               : ARTIFACT_FAILED;
}

bool artifact_need_member(const struct artifact *artifact, const char *name, struct span *ret)
{
    switch (artifact_member(artifact, name, ret)) {
    case ARTIFACT_FOUND:
        return true;
    case ARTIFACT_FAILED:
        return false;
    case ARTIFACT_ABSENT:
        break;
    }
    return diag_error(artifact->diags, "artifact-no-member",
                      (struct source_pos){artifact->path, 0, 0}, "%s is missing",
                      artifact->is_archive ? name : path_name(path_in_folder(artifact, name)));
}

struct source_pos artifact_pos(const struct artifact *artifact, const char *name)
{
    const char *file = artifact->is_archive
                           ? arena_format(artifact->arena, "%s/%s", artifact->path, name)
                           : path_in_folder(artifact, name);
    return (struct source_pos){file, 0, 0};
}

static bool is_task_elf(const char *name)
{
    const size_t length = strlen(name);
    const size_t suffix = sizeof ".elf" - 1;
    return length > suffix && strcmp(name + length - suffix, ".elf") == 0;
}

bool artifact_task_elfs(const struct artifact *artifact, struct path_list *ret)
{
    if (artifact->is_archive) {
        for (size_t i = 0; i < artifact->archive.member_count; i++) {
            const char *name = artifact->archive.members[i].name;
            if (starts_with(name, tasks_folder) && is_task_elf(name))
                path_list_add(ret, artifact->arena, name);
        }
        return true;
    }
    struct path_list names = {0};
    const char *folder = path_join(artifact->arena, artifact->folder, "tasks");
    if (file_is_folder(folder) && !file_list(artifact->arena, folder, &names, artifact->diags))
        return false;
    for (size_t i = 0; i < names.count; i++)
        if (is_task_elf(names.items[i]))
            path_list_add(ret, artifact->arena,
                          arena_format(artifact->arena, "%s%s", tasks_folder, names.items[i]));
    return true;
}
