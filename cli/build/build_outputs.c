#include "cli/build/build_outputs.h"

#include "base/path.h"
#include "cli/archive/archive_lock.h"
#include "cli/build/archive_members.h"
#include "cli/build/build_files.h"
#include "cli/build/build_sign.h"
#include "cli/build/depfile.h"
#include "cli/build/gdb_script.h"
#include "cli/build/openocd_script.h"
#include "cli/image/image_forms.h"

const char *build_outputs_folder(const struct build *build, const struct plan_slot *slot)
{
    return slot->name[0] == '\0' ? build->folder
                                 : path_join(build->arena, build->folder, slot->name);
}

static bool add(struct build_outputs *outputs, const char *folder, const char *name,
                struct span content, enum file_sync sync)
{
    struct build *build = outputs->build;
    const char *path = path_join(build->arena, folder, name);
    path_list_add(&outputs->paths, build->arena, path);
    return file_batch_add(&outputs->batch, path, content, sync, build->diags);
}

static bool add_text(struct build_outputs *outputs, const char *folder, const char *name,
                     const char *text)
{
    return add(outputs, folder, name, span_of_text(text), FILE_NOT_SYNCED);
}

static bool create_folders(struct build *build, const char *folder)
{
    const char *tasks = path_join(build->arena, folder, "tasks");
    const char *debug = path_join(build->arena, folder, "debug");
    if (!folder_create(build->arena, tasks, build->diags) ||
        !folder_create(build->arena, debug, build->diags))
        return false;
    file_remove_leftovers(build->arena, folder);
    file_remove_leftovers(build->arena, tasks);
    file_remove_leftovers(build->arena, debug);
    return true;
}

static bool add_programs(struct build_outputs *outputs, const struct built_slot *built,
                         const char *folder)
{
    bool ok = true;
    for (size_t i = 0; ok && i < built->programs.count; i++) {
        const struct build_program *item = &built->programs.items[i];
        const char *sub = item->task == MANIFEST_NONE ? "" : "tasks/";
        const char *name = arena_format(outputs->build->arena, "%s%s.elf", sub, item->program.name);
        ok = add(outputs, folder, name, built->built[i].elf, FILE_NOT_SYNCED);
    }
    return ok;
}

static bool add_images(struct build_outputs *outputs, const struct built_slot *built,
                       const struct build_files *files, const char *folder)
{
    bool ok = add(outputs, folder, IMAGE_ELF_NAME, files->elf, FILE_NOT_SYNCED);
    for (size_t i = 0; ok && i < image_form_count; i++) {
        if ((built->slot->manifest->formats & image_forms[i].format) != 0)
            ok = add(outputs, folder, image_forms[i].name, files->forms[i], FILE_NOT_SYNCED);
    }
    return ok;
}

static bool add_texts(struct build_outputs *outputs, const struct built_slot *built,
                      const struct build_files *files, const char *folder)
{
    struct arena *arena = outputs->build->arena;
    const char *target = path_join(arena, folder, IMAGE_ELF_NAME);
    return add_text(outputs, folder, "layout.json", files->layout_json) &&
           add_text(outputs, folder, "report.json", files->report_json) &&
           add_text(outputs, folder, "report.txt", files->report_text) &&
           add_text(outputs, folder, "report.html", files->report_html) &&
           add_text(outputs, folder, "debug/image.gdb",
                    gdb_script_text(built, GDB_FROM_BUILD_FOLDER, arena)) &&
           add_text(outputs, folder, "debug/openocd.cfg",
                    openocd_script_text(built, OPENOCD_FROM_BUILD_FOLDER, arena)) &&
           add_text(outputs, folder, "image.d", depfile_text(target, &outputs->sources, arena));
}

static const char *archive_name(const struct built_slot *built, struct arena *arena)
{
    const struct manifest *manifest = built->slot->manifest;
    const char *slot = built->slot->name;
    return arena_format(arena, "%s-%llu.%llu.%llu%s%s.zip", manifest->name.text,
                        (unsigned long long)manifest->major, (unsigned long long)manifest->minor,
                        (unsigned long long)manifest->patch, slot[0] == '\0' ? "" : "-", slot);
}

static void add_summary(struct build_summary *summary, const struct build *build,
                        const struct built_slot *built, const char *id, const char *archive_path)
{
    build_summary_add_memories(summary, build, built);
    build_summary_add_text(summary, arena_format(build->arena, "ID %s  %s\n", id, archive_path));
    if (build->sign == NULL)
        return;
    const struct public_key *key = signer_public(build->sign->signer);
    build_summary_add_text(summary, arena_format(build->arena, "signed by %s (%s)\n", key->id,
                                                 key_kind_name(key->kind)));
}

/* From here on no other process can sign the archive that is about to be replaced. */
static bool lock_archive(struct build_outputs *outputs, const char *path)
{
    struct arena *arena = outputs->build->arena;
    const size_t count = outputs->lock_count;
    outputs->locks = arena_grow(arena, outputs->locks, count, count + 1, sizeof *outputs->locks);
    outputs->locks[count].handle = -1;
    outputs->lock_count++;
    return archive_lock_take(arena, path, &outputs->locks[count], outputs->build->diags);
}

void build_outputs_close(struct build_outputs *outputs)
{
    file_batch_abandon(&outputs->batch);
    for (size_t i = 0; i < outputs->lock_count; i++)
        file_lock_release(&outputs->locks[i]);
}

bool build_outputs_add_slot(struct build_outputs *outputs, const struct built_slot *built,
                            struct build_summary *summary)
{
    struct build *build = outputs->build;
    const char *folder = build_outputs_folder(build, built->slot);
    struct build_files files;
    const char *name = archive_name(built, build->arena);
    const char *archive_path = path_join(build->arena, folder, name);
    struct span packed, archive;
    if (!build_files_of(build, built, &files) ||
        !archive_members_pack(build, built, &files, &packed) ||
        !lock_archive(outputs, archive_path) ||
        !build_sign_archive(build, archive_path, packed, &archive) ||
        !create_folders(build, folder) || !add_programs(outputs, built, folder) ||
        !add_images(outputs, built, &files, folder) || !add_texts(outputs, built, &files, folder) ||
        !add(outputs, folder, name, archive, FILE_SYNCED))
        return false;
    add_summary(summary, build, built, files.id, archive_path);
    return true;
}
