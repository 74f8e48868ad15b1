#include "cli/build/build_state.h"

#include "base/path.h"
#include "base/text_index.h"
#include "cli/build/state_tables.h"
#include "cli/build/state_text.h"

#include <string.h>

enum { STATE_LIMIT_BYTES = 64 << 20, INPUT_LIMIT_BYTES = 512 << 20 };

struct build_state *build_state_load(struct arena *arena, const char *path)
{
    struct build_state *state = ARENA_NEW(arena, struct build_state);
    struct diag_list ignored = diag_list_in(arena);
    struct span text;
    const char *own_folder = arena_format(arena, "%s/", path_folder(arena, path));
    state_tables_open(state, own_folder, arena);
    if (file_read(arena, path, STATE_LIMIT_BYTES, NOWHERE, &text, &ignored) &&
        !state_text_read(text, state)) {
        *state = (struct build_state){0}; /* what was read of a broken one counts for nothing */
        state_tables_open(state, own_folder, arena);
    }
    state->known_count = state->file_count;
    return state;
}

const char *build_state_text(const struct build_state *state, struct arena *arena)
{
    return state_text_write(state, arena);
}

/* ---- files ---- */

void build_state_set_version(struct build_state *state, const struct file_version *version)
{
    struct known_file *file = state_tables_file(state, version->path);
    const char *path = file->version.path;
    file->version = *version;
    file->version.path = path;
    file->is_checked = true;
    file->is_there = true;
}

/* Looks at a file, once in a run. */
static bool check_file(struct build_state *state, struct known_file *file, struct diag_list *diags)
{
    if (file->is_checked && !file->is_own)
        return file->is_there ||
               diag_error(diags, "file-missing", NOWHERE, "no such file: %s", file->version.path);
    struct arena *scratch = arena_create_like(state->arena);
    bool ok = true;
    if (!file->is_there ||
        file_version_check(scratch, &file->version, INPUT_LIMIT_BYTES) != FILE_VERSION_SAME) {
        struct span bytes;
        ok = file_version_read(scratch, file->version.path, INPUT_LIMIT_BYTES, NOWHERE, &bytes,
                               &file->version, diags);
    }
    arena_destroy(scratch);
    file->is_there = ok;
    file->is_checked = ok;
    return ok;
}

bool build_state_fingerprint(struct build_state *state, const char *path, struct fingerprint *ret,
                             struct diag_list *diags)
{
    struct known_file *file = state_tables_file(state, path);
    if (!check_file(state, file, diags))
        return false;
    *ret = file->version.fingerprint;
    return true;
}

/* A file that nobody had looked at before the linker read it: it must not have changed since this
 * run began. */
static bool changed_unseen(const struct build_state *state, const struct known_file *file)
{
    return file->is_late && !file_stamp_is_settled(&file->version.stamp, state->started_ns);
}

static void forget_readers(struct build_state *state, size_t file)
{
    for (size_t i = 0; i < state->step_count; i++) {
        struct known_step *step = &state->steps[i];
        for (size_t k = 0; k < step->inputs.count; k++)
            step->is_known = step->is_known && step->inputs.items[k] != file;
    }
}

void build_state_settle(struct build_state *state, const char **ret_changed)
{
    struct arena *scratch = arena_create_like(state->arena);
    *ret_changed = NULL;
    for (size_t i = 0; i < state->file_count; i++) {
        struct known_file *file = &state->files[i];
        if (!file->is_checked || file->is_own)
            continue;
        const bool is_same =
            file_version_check(scratch, &file->version, INPUT_LIMIT_BYTES) == FILE_VERSION_SAME &&
            !changed_unseen(state, file);
        arena_reset(scratch);
        if (is_same)
            continue;
        forget_readers(state, i);
        state->has_build = false;
        if (*ret_changed == NULL)
            *ret_changed = file->version.path;
    }
    arena_destroy(scratch);
}

/* ---- linker runs ---- */

/* The fingerprint of a run's command: what it is told, and not what it reads. */
static struct fingerprint command_key(const struct build_state *state, const struct link_step *step)
{
    struct fingerprint_stream *stream = fingerprint_begin(state->arena);
    for (size_t i = 0; i < step->argument_count; i++)
        fingerprint_add_text(stream, step->argv[i]);
    fingerprint_add_text(stream, step->script_text);
    return fingerprint_end(stream);
}

/* The fingerprint of files, by names and bytes. False when one cannot be read. */
static bool files_key(struct build_state *state, const struct index_list *files,
                      struct fingerprint *ret, struct diag_list *diags)
{
    struct fingerprint_stream *stream = fingerprint_begin(state->arena);
    bool ok = true;
    for (size_t i = 0; ok && i < files->count; i++) {
        struct known_file *file = &state->files[files->items[i]];
        ok = check_file(state, file, diags);
        fingerprint_add_text(stream, file->version.path);
        fingerprint_add(stream, (struct span){file->version.fingerprint.bytes, FINGERPRINT_BYTES});
    }
    const struct fingerprint key = fingerprint_end(stream);
    if (ok)
        *ret = key;
    return ok;
}

/* The first of a run's files that has other bytes than the state was loaded with. */
static const char *find_changed(const struct build_state *state, const struct index_list *files)
{
    for (size_t i = 0; i < files->count; i++) {
        const struct known_file *file = &state->files[files->items[i]];
        if (!file->is_there || !fingerprint_equal(&file->loaded, &file->version.fingerprint))
            return file->version.path;
    }
    return NULL;
}

static const char *find_appeared(const struct path_list *absent)
{
    struct file_stamp stamp;
    for (size_t i = 0; i < absent->count; i++) {
        if (file_look(absent->items[i], &stamp))
            return absent->items[i];
    }
    return NULL;
}

/* The stamp of a file that may be missing. */
static struct file_stamp look_or_nothing(const char *path)
{
    struct file_stamp stamp = {0};
    if (path == NULL || !file_look(path, &stamp))
        return (struct file_stamp){0};
    return stamp;
}

static bool output_is_untouched(const struct known_step *known, const struct link_step *step)
{
    const struct file_stamp map = look_or_nothing(step->map_path);
    struct file_stamp stamp;
    return file_look(step->output_path, &stamp) && file_stamp_equal(&known->stamp, &stamp) &&
           file_stamp_equal(&known->map, &map);
}

/* Whether a run used just these programs. */
static bool same_programs(const struct build_state *state, const struct known_step *known,
                          const struct path_list *programs)
{
    bool same = known->program_count == programs->count;
    for (size_t i = 0; same && i < programs->count; i++)
        same = strcmp(state->files[known->inputs.items[i]].version.path, programs->items[i]) == 0;
    return same;
}

struct build_staleness build_state_ask(struct build_state *state, const struct link_step *step,
                                       const struct path_list *programs)
{
    const struct known_step *known = state_tables_find_step(state, step->output_path);
    if (known == NULL)
        return (struct build_staleness){BUILD_NEVER_RAN, NULL};
    const struct fingerprint command = command_key(state, step);
    if (!fingerprint_equal(&command, &known->command) || !same_programs(state, known, programs))
        return (struct build_staleness){BUILD_COMMAND_CHANGED, NULL};
    struct diag_list ignored = diag_list_in(state->arena);
    struct fingerprint files;
    if (!files_key(state, &known->inputs, &files, &ignored) ||
        !fingerprint_equal(&files, &known->files))
        return (struct build_staleness){BUILD_INPUT_CHANGED, find_changed(state, &known->inputs)};
    const char *appeared = find_appeared(&known->absent);
    if (appeared != NULL)
        return (struct build_staleness){BUILD_FILE_APPEARED, appeared};
    if (!output_is_untouched(known, step))
        return (struct build_staleness){BUILD_OUTPUT_CHANGED, step->output_path};
    return (struct build_staleness){BUILD_FRESH, NULL};
}

/* Adds a file that a run read. One that no run knew before this one is looked at late. */
static void add_input(struct build_state *state, const char *path, struct index_list *list)
{
    struct known_file *file = state_tables_file(state, path);
    const size_t index = (size_t)(file - state->files);
    if (!file->is_checked && !file->is_own && index >= state->known_count)
        file->is_late = true;
    index_list_add(list, state->arena, index);
}

static void add_inputs(struct build_state *state, const struct path_list *paths,
                       struct index_list *list)
{
    for (size_t i = 0; i < paths->count; i++)
        add_input(state, paths->items[i], list);
}

bool build_state_record(struct build_state *state, const struct link_step *step,
                        const struct build_run *run, struct diag_list *diags)
{
    struct index_list inputs = {0};
    struct fingerprint files;
    add_inputs(state, run->programs, &inputs);
    add_inputs(state, run->inputs, &inputs);
    if (!files_key(state, &inputs, &files, diags))
        return false;
    struct known_step *known = state_tables_step(state, step->output_path);
    known->is_known = true;
    known->command = command_key(state, step);
    known->files = files;
    known->inputs = inputs;
    known->program_count = run->programs->count;
    known->paths = *run->inputs;
    known->absent = run->absent == NULL ? (struct path_list){0} : *run->absent;
    known->stamp = look_or_nothing(step->output_path);
    known->map = look_or_nothing(step->map_path);
    return true;
}

const struct path_list *build_state_inputs(const struct build_state *state,
                                           const struct link_step *step)
{
    static const struct path_list none;
    const struct known_step *known = state_tables_find_step(state, step->output_path);
    return known == NULL ? &none : &known->paths;
}

void build_state_forget(struct build_state *state, const char *output_path)
{
    struct known_step *known = state_tables_find_step(state, output_path);
    if (known != NULL)
        known->is_known = false;
}

/* ---- whole builds ---- */

static bool outputs_are_untouched(const struct build_state *state)
{
    for (size_t i = 0; i < state->output_count; i++) {
        struct file_stamp stamp;
        if (!file_look(state->outputs[i].path, &stamp) ||
            !file_stamp_equal(&state->outputs[i].stamp, &stamp))
            return false;
    }
    return true;
}

static bool no_file_appeared(const struct build_state *state)
{
    for (size_t i = 0; i < state->step_count; i++) {
        if (state->steps[i].is_known && find_appeared(&state->steps[i].absent) != NULL)
            return false;
    }
    return true;
}

bool build_state_build_is_fresh(struct build_state *state, const struct fingerprint *key)
{
    struct diag_list ignored = diag_list_in(state->arena);
    struct fingerprint files;
    return state->has_build && fingerprint_equal(&state->build_key, key) &&
           files_key(state, &state->build_inputs, &files, &ignored) &&
           fingerprint_equal(&files, &state->build_files) && no_file_appeared(state) &&
           outputs_are_untouched(state);
}

bool build_state_outputs_look_old(const struct build_state *state)
{
    int64_t newest_ns = INT64_MIN;
    for (size_t i = 0; i < state->build_inputs.count; i++) {
        const struct known_file *file = &state->files[state->build_inputs.items[i]];
        if (file->version.stamp.modified_ns > newest_ns)
            newest_ns = file->version.stamp.modified_ns;
    }
    for (size_t i = 0; i < state->output_count; i++) {
        if (state->outputs[i].stamp.modified_ns < newest_ns)
            return true;
    }
    return false;
}

bool build_state_touch_outputs(struct build_state *state, struct diag_list *diags)
{
    for (size_t i = 0; i < state->output_count; i++) {
        struct known_output *output = &state->outputs[i];
        if (!file_touch(output->path, diags))
            return false;
        output->stamp = look_or_nothing(output->path);
    }
    return true;
}

bool build_state_find_used(const struct build_state *state, const char *name, uint64_t *ret)
{
    const struct known_memory *memory = state_tables_find_memory(state, name);
    if (memory != NULL)
        *ret = memory->used_bytes;
    return memory != NULL;
}

void build_state_set_used(struct build_state *state, const char *name, uint64_t bytes)
{
    state_tables_memory(state, name)->used_bytes = bytes;
}

void build_state_stale_outputs(const struct build_state *state, const struct path_list *outputs,
                               struct path_list *ret)
{
    struct text_index made = {0};
    size_t at;
    for (size_t i = 0; i < outputs->count; i++) {
        if (!text_index_find(&made, outputs->items[i], &at))
            text_index_add(&made, state->arena, outputs->items[i], i);
    }
    for (size_t i = 0; i < state->output_count; i++) {
        if (!text_index_find(&made, state->outputs[i].path, &at))
            path_list_add(ret, state->arena, state->outputs[i].path);
    }
}

const char *build_state_summary(const struct build_state *state)
{
    return state->summary;
}

void build_state_record_build(struct build_state *state, const struct fingerprint *key,
                              const struct path_list *outputs, const char *summary)
{
    struct diag_list ignored = diag_list_in(state->arena);
    state->build_key = *key;
    state->summary = summary;
    state->build_inputs = (struct index_list){0};
    for (size_t i = 0; i < state->file_count; i++) {
        if (state->files[i].is_checked && !state->files[i].is_own)
            index_list_add(&state->build_inputs, state->arena, i);
    }
    state->has_build = files_key(state, &state->build_inputs, &state->build_files, &ignored);
    state->output_count = outputs->count;
    state->outputs = ARENA_ARRAY(state->arena, struct known_output, outputs->count);
    for (size_t i = 0; i < outputs->count; i++)
        state->outputs[i] =
            (struct known_output){outputs->items[i], look_or_nothing(outputs->items[i])};
}
