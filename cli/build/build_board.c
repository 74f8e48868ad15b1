#include "cli/build/build_board.h"

#include "base/interruption.h"
#include "base/path.h"
#include "base/process/process.h"
#include "cli/build/build_key.h"
#include "cli/build/build_outputs.h"
#include "cli/build/build_sign.h"
#include "cli/build/build_slot.h"
#include "cli/build/linker_programs.h"
#include "linker/link/found_sections.h"
#include "linker/link/kernel_start.h"
#include "linker/link/object_checks.h"

#include <string.h>

static bool find_linker(struct build *build)
{
    const struct manifest_text *linker = &build->manifest->toolchain.linker;
    build->linker_path = process_find_program(build->arena, linker->text);
    if (build->linker_path != NULL)
        return true;
    diag_error(build->diags, "toolchain-missing", linker->pos, "linker '%s' not found",
               linker->text);
    diag_hint(build->diags, "install it, or set toolchain.linker to another linker");
    return false;
}

/* The programs behind the linker may depend on the flags of any program. */
static bool find_programs_behind(struct build *build)
{
    struct path_list flags = {0};
    for (size_t i = 0; i < build->programs.count; i++) {
        const struct program *program = &build->programs.items[i].program;
        for (size_t k = 0; k < program->flag_count; k++) {
            if (i == 0 || k >= build->toolchain.flag_count) /* the board's come first, once */
                path_list_add(&flags, build->arena, program->flags[k]);
        }
    }
    return linker_programs_find(build->arena, &build->manifest->toolchain, &flags,
                                build->linker_path, &build->linker_programs, build->diags);
}

static bool check_objects(struct build *build)
{
    const struct program **programs =
        ARENA_ARRAY(build->arena, const struct program *, build->programs.count);
    for (size_t i = 0; i < build->programs.count; i++)
        programs[i] = &build->programs.items[i].program;
    build->rules = processor_rules_of(build->manifest->mpu.model);
    return objects_check(build->arena, programs, build->programs.count, &build->target,
                         build->diags) &&
           object_checks_run(build->arena, &build->toolchain, programs, build->programs.count,
                             &build->rules, build->diags);
}

/* What the scripts must name. */
static void find_sections(struct build *build)
{
    for (size_t i = 0; i < build->programs.count; i++) {
        struct program *program = &build->programs.items[i].program;
        found_sections_of(build->arena, program, &program->sets, &program->set_count,
                          &program->has_tls);
    }
}

static bool choose_kernel_front(struct build *build)
{
    struct program *kernel = &build->programs.items[0].program;
    return kernel_start_needs_jump(build->arena, kernel, build->target.machine,
                                   &kernel->begins_with_jump, build->diags);
}

/* Finds the linker and the objects; missing ones are reported together with other errors.
 */
static bool prepare(struct build *build)
{
    const bool has_linker = find_linker(build);
    build->toolchain = build_programs_toolchain(build->manifest, build->arena);
    const bool has_objects =
        build_programs_of(build->manifest, build->arena, &build->programs, build->diags);
    if (has_linker && has_objects)
        return find_programs_behind(build);
    return check_objects(build) && false;
}

static void add_sources(struct build *build, struct path_list *ret)
{
    for (size_t i = 0; i < build->manifest->files.count; i++)
        path_list_add(ret, build->arena, build->manifest->files.items[i]);
    if (build->lock.locking == PLAN_LOCKED)
        path_list_add(ret, build->arena, build->lock.path);
    for (size_t i = 0; i < build->info.files.count; i++)
        path_list_add(ret, build->arena, build->info.files.items[i]);
    for (size_t i = 0; i < build->inputs.count; i++)
        path_list_add(ret, build->arena, build->inputs.items[i]);
}

static bool add_lock(struct build_outputs *outputs, const struct built_slot *built, size_t count)
{
    struct build *build = outputs->build;
    const struct plan_slot **slots = ARENA_ARRAY(build->arena, const struct plan_slot *, count);
    const struct plan **plans = ARENA_ARRAY(build->arena, const struct plan *, count);
    for (size_t i = 0; i < count; i++) {
        slots[i] = built[i].slot;
        plans[i] = &built[i].plan;
    }
    const char *text = lock_file_text(&build->lock, slots, plans, count, build->arena);
    return file_batch_add(&outputs->batch, build->lock.path, span_of_text(text), FILE_SYNCED,
                          build->diags);
}

/* Whether every file that the build read is still what it was then. What was made of older bytes
 * must not become an output. */
static bool inputs_are_settled(struct build *build)
{
    build_state_settle(build->state, &build->changed_input);
    return build->changed_input == NULL;
}

static bool make_outputs(struct build *build, struct build_outputs *outputs,
                         struct build_summary *summary)
{
    struct plan_slot *slots;
    size_t slot_count;
    plan_slots(build->manifest, build->arena, &slots, &slot_count);
    if (!check_objects(build) || !choose_kernel_front(build))
        return false;
    find_sections(build);
    struct built_slot *built = ARENA_ARRAY(build->arena, struct built_slot, slot_count);
    const size_t errors_before = build->diags->error_count;
    bool ok = true;
    for (size_t i = 0; i < slot_count; i++)
        ok = build_slot(build, &slots[i], &built[i]) && ok;
    if (!ok)
        return false;
    add_sources(build, &outputs->sources);
    for (size_t i = 0; ok && i < slot_count; i++) {
        if (slots[i].name[0] != '\0')
            build_summary_add_text(summary,
                                   arena_format(build->arena, "image slot %s\n", slots[i].name));
        ok = build_outputs_add_slot(outputs, &built[i], summary);
    }
    if (ok && build->lock.is_updated)
        ok = add_lock(outputs, built, slot_count);
    if (interruption_signal())
        return diag_error(build->diags, "interrupted", NOWHERE, "interrupted");
    /* an error that was told of is one that may have left something out of an output */
    ok = ok && build->diags->error_count == errors_before && inputs_are_settled(build) &&
         file_batch_commit(&outputs->batch, build->diags);
    for (size_t i = 0; ok && i < slot_count; i++)
        build_summary_keep(build, &built[i]);
    return ok;
}

/* Whether a path, as this run writes paths, lies in the output folder. The last build may have run
 * in another folder, where its relative paths named other files. */
static bool is_in_folder(const struct build *build, const char *path)
{
    const size_t length = strlen(build->folder);
    return strncmp(path, build->folder, length) == 0 && path[length] == '/';
}

static bool has_ending(const char *path, const char *ending)
{
    const size_t length = strlen(path), ending_length = strlen(ending);
    return length >= ending_length && strcmp(path + length - ending_length, ending) == 0;
}

/* Outputs that the manifest no longer asks for: ELF files of former tasks, images in dropped
 * formats. Archives are the user's to keep or delete. */
static void remove_stale_outputs(struct build *build, const struct path_list *outputs)
{
    struct path_list stale = {0};
    build_state_stale_outputs(build->state, outputs, &stale);
    for (size_t i = 0; i < stale.count; i++) {
        if (is_in_folder(build, stale.items[i]) && !has_ending(stale.items[i], ".zip"))
            file_remove(stale.items[i]);
    }
}

static bool save_state(struct build *build, const char *path)
{
    const char *text = build_state_text(build->state, build->arena);
    return file_write(build->arena, path, span_of_text(text), FILE_NOT_SYNCED, build->diags);
}

/* Builds what changed. *ret_summary: what to print. */
static bool build_changed(struct build *build, const struct fingerprint *key,
                          const char **ret_summary)
{
    struct build_outputs outputs = {.build = build, .batch = file_batch_in(build->arena)};
    struct build_summary summary = build_summary_in(build->arena);
    /* the key first: a wrong passphrase should fail before the build, not after it */
    const bool ok = build_sign_open(build) && make_outputs(build, &outputs, &summary);
    build_sign_close(build);
    build_outputs_close(&outputs);
    if (ok)
        remove_stale_outputs(build, &outputs.paths);
    if (ok && !build->lock.is_updated)
        build_state_record_build(build->state, key, &outputs.paths, buffer_text(&summary.later));
    if (ok)
        *ret_summary = buffer_text(&summary.now);
    return ok;
}

bool build_board(struct build *build, const char **ret_summary)
{
    file_remove_leftovers(build->arena, build->work_folder);
    const char *state_path = path_join(build->arena, build->work_folder, "state.json");
    build->state = build_state_load(build->arena, state_path);
    struct fingerprint key;
    if (!prepare(build))
        return false;
    /* an unreadable file is better reported as an object */
    if (!build_key_of(build, &key))
        return check_objects(build) && diag_error(build->diags, "build-input", NOWHERE,
                                                  "cannot read an input of the build");
    if (build_state_build_is_fresh(build->state, &key)) {
        *ret_summary = build_state_summary(build->state);
        return !build_state_outputs_look_old(build->state) ||
               (build_state_touch_outputs(build->state, build->diags) &&
                save_state(build, state_path));
    }
    const bool ok = build_changed(build, &key, ret_summary);
    if (!ok && build->changed_input == NULL)
        (void)inputs_are_settled(build); /* no link of other bytes may be remembered */
    /* links that succeeded need not run again */
    return save_state(build, state_path) && ok;
}
