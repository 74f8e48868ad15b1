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

static bool open_archive(struct invocation *invocation, struct artifact *artifact)
{
    const struct source_pos named_at = {artifact->path, 0, 0};
    struct span bytes;
    artifact->is_archive = true;
    return file_read(invocation->arena, artifact->path, ARCHIVE_BYTES_MOST, NOWHERE, &bytes,
                     invocation->diags) &&
           archive_read(bytes, named_at, invocation->arena, &artifact->archive,
                        invocation->diags) &&
           intact_check_names(&artifact->archive, named_at, invocation->arena, &artifact->sums,
                              invocation->diags);
}

static bool is_slot_folder(struct invocation *invocation, const char *folder)
{
    struct file_stamp stamp;
    return file_look(path_join(invocation->arena, folder, "layout.json"), &stamp);
}

/* The subfolders of `folder` in which an image slot was built. */
static bool list_slots(struct invocation *invocation, const char *folder, struct path_list *ret)
{
    struct path_list names = {0};
    if (!file_list(invocation->arena, folder, &names, invocation->diags))
        return false;
    for (size_t i = 0; i < names.count; i++)
        if (is_slot_folder(invocation, path_join(invocation->arena, folder, names.items[i])))
            path_list_add(ret, invocation->arena, names.items[i]);
    return true;
}

static bool no_build_folder(struct invocation *invocation, const struct artifact *artifact)
{
    diag_error(invocation->diags, "artifact-unknown", (struct source_pos){artifact->path, 0, 0},
               "not a build folder: it has no layout.json");
    diag_hint(invocation->diags, "give an archive, or the folder given to `build -o`");
    return false;
}

static bool open_slot_folder(struct invocation *invocation, const char *slot,
                             const struct path_list *slots, struct artifact *artifact)
{
    const struct source_pos pos = {artifact->path, 0, 0};
    if (slots->count == 0)
        return no_build_folder(invocation, artifact);
    for (size_t i = 0; i < slots->count; i++) {
        if (slot == NULL ? slots->count > 1 : strcmp(slots->items[i], slot) != 0)
            continue;
        artifact->folder = path_join(invocation->arena, artifact->path, slots->items[i]);
        return true;
    }
    const char *names = slots->items[0];
    for (size_t i = 1; i < slots->count; i++)
        names = arena_format(invocation->arena, "%s, %s", names, slots->items[i]);
    if (slot == NULL)
        diag_error(invocation->diags, "artifact-slots", pos,
                   "this build has several image slots: %s", names);
    else
        diag_error(invocation->diags, "artifact-slots", pos, "this build has no image slot %s",
                   slot);
    diag_hint(invocation->diags, "choose one slot: --slot %s", slots->items[0]);
    return false;
}

static bool open_folder(struct invocation *invocation, const char *slot, struct artifact *artifact)
{
    struct path_list slots = {0};
    if (is_slot_folder(invocation, artifact->path) && slot == NULL) {
        artifact->folder = artifact->path;
        return true;
    }
    return list_slots(invocation, artifact->path, &slots) &&
           open_slot_folder(invocation, slot, &slots, artifact);
}

bool artifact_open(struct invocation *invocation, const char *path, const char *slot,
                   struct artifact *ret)
{
    struct artifact artifact = {.path = path};
    const bool ok = file_is_folder(path) ? open_folder(invocation, slot, &artifact)
                                         : open_archive(invocation, &artifact);
    if (ok)
        *ret = artifact;
    return ok;
}

/* ---- members ---- */

/* Where `build` writes the file that is this member in an archive. */
static const char *path_in_folder(struct invocation *invocation, const struct artifact *artifact,
                                  const char *name)
{
    const char *inside = name;
    if (starts_with(name, elf_folder))
        inside = name + sizeof elf_folder - 1;
    else if (starts_with(name, image_folder))
        inside = name + sizeof image_folder - 1;
    return path_join(invocation->arena, artifact->folder, inside);
}

enum artifact_found artifact_member(struct invocation *invocation, const struct artifact *artifact,
                                    const char *name, struct span *ret)
{
    if (artifact->is_archive) {
        const struct archive_member *member = archive_find(&artifact->archive, name);
        if (member == NULL)
            return ARTIFACT_ABSENT;
        if (!intact_check_member(&artifact->sums, member, (struct source_pos){artifact->path, 0, 0},
                                 invocation->diags))
            return ARTIFACT_FAILED;
        *ret = member->content;
        return ARTIFACT_FOUND;
    }
    const char *path = path_in_folder(invocation, artifact, name);
    struct file_stamp stamp;
    if (!file_look(path, &stamp))
        return ARTIFACT_ABSENT;
    return file_read(invocation->arena, path, MEMBER_BYTES_MOST, NOWHERE, ret, invocation->diags)
               ? ARTIFACT_FOUND
               : ARTIFACT_FAILED;
}

bool artifact_need_member(struct invocation *invocation, const struct artifact *artifact,
                          const char *name, struct span *ret)
{
    switch (artifact_member(invocation, artifact, name, ret)) {
    case ARTIFACT_FOUND:
        return true;
    case ARTIFACT_FAILED:
        return false;
    case ARTIFACT_ABSENT:
        break;
    }
    return diag_error(invocation->diags, "artifact-no-member",
                      (struct source_pos){artifact->path, 0, 0}, "%s is missing",
                      artifact->is_archive ? name
                                           : path_name(path_in_folder(invocation, artifact, name)));
}

struct source_pos artifact_pos(struct invocation *invocation, const struct artifact *artifact,
                               const char *name)
{
    const char *file = artifact->is_archive
                           ? arena_format(invocation->arena, "%s/%s", artifact->path, name)
                           : path_in_folder(invocation, artifact, name);
    return (struct source_pos){file, 0, 0};
}

static bool is_task_elf(const char *name)
{
    const size_t length = strlen(name);
    const size_t suffix = sizeof ".elf" - 1;
    return length > suffix && strcmp(name + length - suffix, ".elf") == 0;
}

bool artifact_task_elfs(struct invocation *invocation, const struct artifact *artifact,
                        struct path_list *ret)
{
    if (artifact->is_archive) {
        for (size_t i = 0; i < artifact->archive.member_count; i++) {
            const char *name = artifact->archive.members[i].name;
            if (starts_with(name, tasks_folder) && is_task_elf(name))
                path_list_add(ret, invocation->arena, name);
        }
        return true;
    }
    struct path_list names = {0};
    const char *folder = path_join(invocation->arena, artifact->folder, "tasks");
    if (file_is_folder(folder) && !file_list(invocation->arena, folder, &names, invocation->diags))
        return false;
    for (size_t i = 0; i < names.count; i++)
        if (is_task_elf(names.items[i]))
            path_list_add(ret, invocation->arena,
                          arena_format(invocation->arena, "%s%s", tasks_folder, names.items[i]));
    return true;
}
