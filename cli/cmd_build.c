/* `imgbuild build`: from objects to images and an archive. */
#include "cli/build_outputs.h"
#include "cli/build_prelink.h"
#include "cli/build_slot.h"
#include "cli/help.h"
#include "cli/inputs.h"

#include "base/buffer.h"
#include "base/path.h"
#include "base/process.h"

#include <stdlib.h>
#include <string.h>

enum { PARALLEL_MOST = 1024, DEFAULT_LOCK_BUDGET_PER_MILLE = 20 };

/* ---- options ---- */

static bool read_parallel(struct invocation *invocation, unsigned *ret)
{
    const char *text = options_value(&invocation->options, "jobs");
    if (text == NULL) {
        *ret = process_processor_count();
        return true;
    }
    char *end;
    const long value = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < 1 || value > PARALLEL_MOST) {
        command_usage(invocation, "-j wants a number from 1 to %d, not '%s'", PARALLEL_MOST, text);
        return false;
    }
    *ret = (unsigned)value;
    return true;
}

/* What the options say about imgbuild.lock. */
static bool read_locking(struct invocation *invocation, struct lock_file *ret)
{
    const char *locked = options_value(&invocation->options, "locked");
    const char *headroom = options_value(&invocation->options, "headroom");
    struct lock_file file = {.is_updated = options_flag(&invocation->options, "update-lock")};
    file.policy.budget_per_mille = DEFAULT_LOCK_BUDGET_PER_MILLE;
    if (file.is_updated)
        file.locking = PLAN_WITH_HEADROOM;
    if (headroom != NULL && (!file.is_updated || locked != NULL)) {
        command_usage(invocation, "--headroom goes with --update-lock alone");
        return false;
    }
    if (headroom != NULL && !lock_file_per_mille(headroom, &file.policy.headroom_per_mille)) {
        command_usage(invocation, "--headroom wants a percentage such as 3%%, not '%s'", headroom);
        return false;
    }
    if (locked != NULL)
        file.locking = PLAN_LOCKED;
    file.policy.is_strict = locked != NULL && strcmp(locked, "strict") == 0;
    if (locked != NULL && locked[0] != '\0' && !file.policy.is_strict &&
        !lock_file_per_mille(locked, &file.policy.budget_per_mille)) {
        command_usage(invocation, "--locked wants =strict or a percentage such as =2%%, not '%s'",
                      locked);
        return false;
    }
    *ret = file;
    return true;
}

static const char *output_folder(struct invocation *invocation, const struct manifest *manifest)
{
    const char *given = options_value(&invocation->options, "output");
    if (given != NULL)
        return given;
    const char *beside = path_folder(invocation->arena, invocation->options.words[0]);
    return path_join(invocation->arena, beside,
                     arena_format(invocation->arena, "build-%s", manifest->name.text));
}

static void note_keys_without_effect(struct invocation *invocation, const struct manifest *manifest)
{
    const struct manifest_texts *keys = &manifest->without_effect;
    if (keys->count == 0)
        return;
    struct buffer names = buffer_in(invocation->arena);
    for (size_t i = 0; i < keys->count; i++)
        buffer_format(&names, "%s%s", i == 0 ? "" : ", ", keys->items[i].text);
    diag_add(invocation->diags, DIAG_NOTE, "no-effect-yet",
             (struct source_pos){manifest->name.pos.file, 0, 0},
             "read and checked, but without effect yet: %s", buffer_text(&names));
}

/* ---- what decides the outputs ---- */

static void add_text(struct digest_stream *stream, const char *text)
{
    digest_add(stream, (struct span){(const uint8_t *)text, strlen(text) + 1});
}

static bool add_file(struct build *build, struct digest_stream *stream, const char *path)
{
    struct digest digest;
    struct diag_list ignored = diag_list_in(build->arena);
    if (!build_state_digest(build->state, path, &digest, &ignored))
        return false;
    add_text(stream, path);
    digest_add(stream, (struct span){digest.bytes, sizeof digest.bytes});
    return true;
}

/* The digest of all that decides the outputs: the tool, the flattened manifest, the linker, and every object and library. */
static bool build_key(struct build *build, const struct option_values *variables,
                      struct digest *ret)
{
    struct digest_stream *stream = digest_begin(build->arena);
    add_text(stream, help_tool());
    add_text(stream, build->revision == NULL ? "" : build->revision);
    for (size_t i = 0; i < variables->count; i++)
        add_text(stream, variables->items[i]);
    const struct layout_lock_policy *policy = &build->lock.policy;
    add_text(stream, arena_format(build->arena, "lock %d %d %llu %llu", (int)build->lock.locking,
                                  (int)policy->is_strict,
                                  (unsigned long long)policy->budget_per_mille,
                                  (unsigned long long)policy->headroom_per_mille));
    bool ok = add_file(build, stream, build->linker_path) &&
              (build->lock.root == NULL || add_file(build, stream, build->lock.path));
    for (size_t i = 0; ok && i < build->manifest->files.count; i++)
        ok = add_file(build, stream, build->manifest->files.items[i]);
    for (size_t i = 0; ok && i < build->programs.count; i++) {
        const struct program *program = &build->programs.items[i].program;
        for (size_t k = 0; ok && k < program->object_count; k++)
            ok = add_file(build, stream, program->objects[k]);
        for (size_t k = 0; ok && k < program->library_count; k++)
            ok = add_file(build, stream, program->libraries[k]);
        add_text(stream, program->name);
    }
    const struct digest key = digest_end(stream);
    if (ok)
        *ret = key;
    return ok;
}

/* Whether outputs follow from what build_key covers alone: a linker that finds libraries or included scripts by itself reads more. */
static bool key_covers_all(const struct build *build)
{
    if (build->toolchain.style != TOOLCHAIN_LD || build->toolchain.flag_count != 0)
        return false;
    for (size_t i = 0; i < build->programs.count; i++) {
        if (build->programs.items[i].program.user_script != NULL)
            return false;
    }
    return true;
}

/* ---- building ---- */

static bool find_linker(struct build *build)
{
    const struct manifest_text *linker = &build->manifest->toolchain.linker;
    build->linker_path = process_find_program(build->arena, linker->text);
    if (build->linker_path != NULL)
        return true;
    diag_error(build->diags, "toolchain-missing", linker->pos, "there is no linker '%s'",
               linker->text);
    diag_hint(build->diags, "install it, or name another one as toolchain.linker");
    return false;
}

static bool check_objects(struct build *build)
{
    const struct program **programs =
        ARENA_ARRAY(build->arena, const struct program *, build->programs.count);
    for (size_t i = 0; i < build->programs.count; i++)
        programs[i] = &build->programs.items[i].program;
    return objects_check(build->arena, programs, build->programs.count, &build->target,
                         build->diags);
}

/* Finds linker and objects; what is missing is reported together with what is wrong with the rest. */
static bool prepare(struct build *build)
{
    const bool has_linker = find_linker(build);
    build->toolchain = build_programs_toolchain(build->manifest, build->arena);
    const bool has_objects = build_programs_of(build->manifest, build->arena, &build->programs,
                                               build->diags);
    if (has_linker && has_objects)
        return true;
    return check_objects(build) && false;
}

static void add_sources(struct build *build, struct path_list *ret)
{
    for (size_t i = 0; i < build->manifest->files.count; i++)
        path_list_add(ret, build->arena, build->manifest->files.items[i]);
    if (build->lock.locking == PLAN_LOCKED)
        path_list_add(ret, build->arena, build->lock.path);
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

static bool make_outputs(struct build *build, struct build_outputs *outputs,
                         const char **ret_summary)
{
    struct plan_slot *slots;
    size_t slot_count;
    plan_slots(build->manifest, build->arena, &slots, &slot_count);
    if (!check_objects(build) || !build_prelink(build))
        return false;
    struct built_slot *built = ARENA_ARRAY(build->arena, struct built_slot, slot_count);
    bool ok = true;
    for (size_t i = 0; i < slot_count; i++)
        ok = build_slot(build, &slots[i], &built[i]) && ok;
    if (!ok)
        return false;
    add_sources(build, &outputs->sources);
    struct buffer summary = buffer_in(build->arena);
    for (size_t i = 0; ok && i < slot_count; i++) {
        const char *lines;
        ok = build_outputs_add_slot(outputs, &built[i], &lines);
        if (ok && slots[i].name[0] != '\0')
            buffer_format(&summary, "image slot %s\n", slots[i].name);
        if (ok)
            buffer_append_text(&summary, lines);
    }
    if (ok && build->lock.is_updated)
        ok = add_lock(outputs, built, slot_count);
    if (process_interrupted())
        return diag_error(build->diags, "interrupted", NOWHERE, "interrupted");
    if (ok)
        *ret_summary = buffer_text(&summary);
    return ok && file_batch_commit(&outputs->batch, build->diags);
}

static bool save_state(struct build *build, const char *path)
{
    const char *text = build_state_text(build->state, build->arena);
    return file_write(build->arena, path, span_of_text(text), FILE_NOT_SYNCED, build->diags);
}

/* Builds what changed. *ret_summary: what to print. */
static bool build_changed(struct build *build, const struct digest *key, const char **ret_summary)
{
    struct build_outputs outputs = {.build = build, .batch = file_batch_in(build->arena)};
    const bool ok = make_outputs(build, &outputs, ret_summary);
    file_batch_abandon(&outputs.batch);
    if (ok && key_covers_all(build) && !build->lock.is_updated)
        build_state_record_build(build->state, key, &outputs.paths, *ret_summary);
    return ok;
}

static bool build_in_folder(struct build *build, const struct option_values *variables,
                            const char **ret_summary)
{
    file_remove_leftovers(build->arena, build->work_folder);
    const char *state_path = path_join(build->arena, build->work_folder, "state.json");
    build->state = build_state_load(build->arena, state_path);
    struct digest key;
    if (!prepare(build))
        return false;
    if (!build_key(build, variables, &key)) /* a file cannot be read: said better of the objects */
        return check_objects(build) && diag_error(build->diags, "build-input", NOWHERE,
                                                  "an input of the build cannot be read");
    if (build_state_build_is_fresh(build->state, &key)) {
        *ret_summary = build_state_summary(build->state);
        return !build_state_outputs_look_old(build->state) ||
               (build_state_touch_outputs(build->state, build->diags) &&
                save_state(build, state_path));
    }
    const bool ok = build_changed(build, &key, ret_summary);
    return save_state(build, state_path) && ok; /* links that went well need not run again */
}

static bool run_build(struct invocation *invocation, struct build *build)
{
    const struct option_values *variables = options_values(&invocation->options, "define");
    struct folder_lock lock = {-1};
    const char *summary = "";
    const bool ok = folder_create(build->arena, build->work_folder, build->diags) &&
                    folder_lock_take(build->arena, build->work_folder, &lock, build->diags) &&
                    build_in_folder(build, variables, &summary);
    folder_lock_release(&lock);
    terminal_progress_end(invocation->terminal);
    return ok && (invocation->terminal->verbosity == QUIET ||
                  terminal_print(invocation->terminal, summary));
}

static enum exit_status run(struct invocation *invocation)
{
    unsigned parallel;
    struct lock_file lock;
    if (!read_parallel(invocation, &parallel) || !read_locking(invocation, &lock))
        return EXIT_USAGE;
    struct manifest manifest;
    enum exit_status status;
    if (!inputs_load_board(invocation, MANIFEST_FOR_BUILD, &manifest, &status))
        return status;
    note_keys_without_effect(invocation, &manifest);
    if (!lock_file_read(invocation->options.words[0], &manifest, invocation->arena, &lock,
                        invocation->diags))
        return EXIT_INPUT;
    const char *folder = output_folder(invocation, &manifest);
    struct build build = {
        .arena = invocation->arena,
        .diags = invocation->diags,
        .terminal = invocation->terminal,
        .manifest = &manifest,
        .folder = folder,
        .work_folder = path_join(invocation->arena, folder, ".imgbuild"),
        .revision = options_value(&invocation->options, "revision"),
        .parallel = parallel,
        .lock = lock,
    };
    return run_build(invocation, &build) ? command_status(invocation) : EXIT_INPUT;
}

static const struct option options[] = {
    OPTION_DEFINE,
    {"output", 'o', OPTION_ONE, "DIR", "where to write (default build-<name> beside the manifest)"},
    {"jobs", 'j', OPTION_ONE, "N", "linkers at once (default: the number of processors)"},
    {"locked", 0, OPTION_MAYBE, "2%|strict",
     "keep blocks where imgbuild.lock says; extra waste allowed (default 2%), or move none"},
    {"update-lock", 0, OPTION_FLAG, NULL, "write imgbuild.lock beside the manifest"},
    {"headroom", 0, OPTION_ONE, "3%", "with --update-lock: room for the tasks to grow"},
    {"revision", 0, OPTION_ONE, "TEXT", "source revision, noted in the archive"},
};

const struct command command_build = {
    .name = "build",
    .words = "BOARD.yaml",
    .least_words = 1,
    .most_words = 1,
    .summary = "link, lay out and package a board's firmware",
    .help = "Links every task by itself, packs all of them into MPU regions, links the kernel\n"
            "with its tables, and writes images, reports and the archive. What did not change is\n"
            "not done again. DIR/image.d is a depfile for make.\n"
            "With --locked blocks stay where imgbuild.lock, beside the manifest, says they were; with\n"
            "--update-lock that file is written.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
