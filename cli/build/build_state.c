#include "cli/build/build_state.h"

#include "base/buffer.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { STATE_LIMIT_BYTES = 64 << 20, INPUT_LIMIT_BYTES = 512 << 20, STATE_VERSION = 1 };

struct known_file {
    const char *path;
    struct file_stamp stamp;
    struct digest digest;
};

struct known_step {
    const char *output;
    struct digest key;
    struct file_stamp stamp; /* of the output */
    struct file_stamp map;   /* of the linker's map; all 0: no map */
    struct path_list inputs;
};

struct known_output {
    const char *path;
    struct file_stamp stamp;
};

struct known_memory {
    const char *name;
    uint64_t used_bytes;
};

struct build_state {
    struct arena *arena;
    struct known_file *files;
    size_t file_count, file_capacity;
    struct known_step *steps;
    size_t step_count, step_capacity;
    bool has_build;
    struct digest build_key;
    struct known_output *outputs;
    size_t output_count;
    const char *summary;
    struct known_memory *memories;
    size_t memory_count, memory_capacity;
};

/* ---- tables ---- */

static struct known_file *find_file(struct build_state *state, const char *path)
{
    for (size_t i = 0; i < state->file_count; i++) {
        if (strcmp(state->files[i].path, path) == 0)
            return &state->files[i];
    }
    return NULL;
}

static struct known_file *add_file(struct build_state *state, const char *path)
{
    if (state->file_count == state->file_capacity) {
        state->file_capacity = state->file_capacity == 0 ? 64 : 2 * state->file_capacity;
        state->files = arena_grow(state->arena, state->files, state->file_count,
                                  state->file_capacity, sizeof *state->files);
    }
    struct known_file *file = &state->files[state->file_count++];
    file->path = arena_copy_text(state->arena, path, strlen(path));
    return file;
}

static struct known_step *find_step(struct build_state *state, const char *output)
{
    for (size_t i = 0; i < state->step_count; i++) {
        if (strcmp(state->steps[i].output, output) == 0)
            return &state->steps[i];
    }
    return NULL;
}

static struct known_step *add_step(struct build_state *state, const char *output)
{
    if (state->step_count == state->step_capacity) {
        state->step_capacity = state->step_capacity == 0 ? 64 : 2 * state->step_capacity;
        state->steps = arena_grow(state->arena, state->steps, state->step_count,
                                  state->step_capacity, sizeof *state->steps);
    }
    struct known_step *step = &state->steps[state->step_count++];
    step->output = arena_copy_text(state->arena, output, strlen(output));
    return step;
}

static struct known_memory *find_memory(const struct build_state *state, const char *name)
{
    for (size_t i = 0; i < state->memory_count; i++) {
        if (strcmp(state->memories[i].name, name) == 0)
            return &state->memories[i];
    }
    return NULL;
}

/* ---- reading and writing ---- */

static json_t *stamp_json(const struct file_stamp *stamp)
{
    json_t *json = json_array();
    json_array_append_new(json, json_integer((json_int_t)stamp->bytes));
    json_array_append_new(json, json_integer((json_int_t)stamp->inode));
    json_array_append_new(json, json_integer((json_int_t)stamp->device));
    json_array_append_new(json, json_integer((json_int_t)stamp->modified_ns));
    json_array_append_new(json, json_integer((json_int_t)stamp->changed_ns));
    return json;
}

static struct file_stamp read_stamp(const json_t *json)
{
    return (struct file_stamp){
        .bytes = (uint64_t)json_integer_value(json_array_get(json, 0)),
        .inode = (uint64_t)json_integer_value(json_array_get(json, 1)),
        .device = (uint64_t)json_integer_value(json_array_get(json, 2)),
        .modified_ns = (int64_t)json_integer_value(json_array_get(json, 3)),
        .changed_ns = (int64_t)json_integer_value(json_array_get(json, 4)),
    };
}

/* An invalid digest never matches: all-zero bytes are not the digest of anything. */
static struct digest read_digest(const json_t *json)
{
    struct digest digest = {{0}};
    const char *text = json_string_value(json);
    if (text != NULL && digest_parse_hex(span_of_text(text), &digest))
        return digest;
    return (struct digest){{0}};
}

static const char *read_text(struct arena *arena, const json_t *json)
{
    const char *text = json_string_value(json);
    return text == NULL ? "" : arena_copy_text(arena, text, strlen(text));
}

static void read_files(struct build_state *state, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *json = json_array_get(list, i);
        struct known_file *file =
            add_file(state, read_text(state->arena, json_object_get(json, "path")));
        file->stamp = read_stamp(json_object_get(json, "stamp"));
        file->digest = read_digest(json_object_get(json, "sha256"));
    }
}

static void read_steps(struct build_state *state, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *json = json_array_get(list, i);
        struct known_step *step =
            add_step(state, read_text(state->arena, json_object_get(json, "output")));
        step->stamp = read_stamp(json_object_get(json, "stamp"));
        step->map = read_stamp(json_object_get(json, "map"));
        step->key = read_digest(json_object_get(json, "key"));
        const json_t *inputs = json_object_get(json, "inputs");
        for (size_t k = 0; k < json_array_size(inputs); k++)
            path_list_add(&step->inputs, state->arena,
                          read_text(state->arena, json_array_get(inputs, k)));
    }
}

static void read_memories(struct build_state *state, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *json = json_array_get(list, i);
        const json_int_t bytes = json_integer_value(json_object_get(json, "used"));
        if (bytes >= 0)
            build_state_set_used(state, read_text(state->arena, json_object_get(json, "name")),
                                 (uint64_t)bytes);
    }
}

static void read_build(struct build_state *state, const json_t *json)
{
    const json_t *outputs = json_object_get(json, "outputs");
    state->build_key = read_digest(json_object_get(json, "key"));
    state->summary = read_text(state->arena, json_object_get(json, "summary"));
    state->output_count = json_array_size(outputs);
    state->outputs = ARENA_ARRAY(state->arena, struct known_output, state->output_count);
    for (size_t i = 0; i < state->output_count; i++) {
        const json_t *output = json_array_get(outputs, i);
        state->outputs[i].path = read_text(state->arena, json_object_get(output, "path"));
        state->outputs[i].stamp = read_stamp(json_object_get(output, "stamp"));
    }
    state->has_build = state->output_count != 0;
}

struct build_state *build_state_load(struct arena *arena, const char *path)
{
    struct build_state *state = ARENA_NEW(arena, struct build_state);
    state->arena = arena;
    state->summary = "";
    struct diag_list ignored = diag_list_in(arena);
    struct span text;
    if (!file_read(arena, path, STATE_LIMIT_BYTES, NOWHERE, &text, &ignored))
        return state;
    json_t *json = json_loadb((const char *)text.data, text.bytes, 0, NULL);
    if (json_integer_value(json_object_get(json, "imgbuild_state")) == STATE_VERSION) {
        read_files(state, json_object_get(json, "files"));
        read_steps(state, json_object_get(json, "steps"));
        read_memories(state, json_object_get(json, "memories"));
        read_build(state, json_object_get(json, "build"));
    }
    json_decref(json);
    return state;
}

static json_t *files_json(const struct build_state *state, struct arena *arena)
{
    json_t *list = json_array();
    for (size_t i = 0; i < state->file_count; i++) {
        const struct known_file *file = &state->files[i];
        json_array_append_new(list, json_pack("{s:s, s:o, s:s}", "path", file->path, "stamp",
                                              stamp_json(&file->stamp), "sha256",
                                              digest_hex(&file->digest, arena)));
    }
    return list;
}

static json_t *steps_json(const struct build_state *state, struct arena *arena)
{
    json_t *list = json_array();
    for (size_t i = 0; i < state->step_count; i++) {
        const struct known_step *step = &state->steps[i];
        json_t *inputs = json_array();
        for (size_t k = 0; k < step->inputs.count; k++)
            json_array_append_new(inputs, json_string(step->inputs.items[k]));
        json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:s, s:o}", "output", step->output,
                                              "stamp", stamp_json(&step->stamp), "map",
                                              stamp_json(&step->map), "key",
                                              digest_hex(&step->key, arena), "inputs", inputs));
    }
    return list;
}

static json_t *build_json(const struct build_state *state, struct arena *arena)
{
    json_t *outputs = json_array();
    for (size_t i = 0; i < state->output_count; i++)
        json_array_append_new(outputs, json_pack("{s:s, s:o}", "path", state->outputs[i].path,
                                                 "stamp", stamp_json(&state->outputs[i].stamp)));
    return json_pack("{s:s, s:s, s:o}", "key", digest_hex(&state->build_key, arena), "summary",
                     state->summary, "outputs", outputs);
}

static json_t *memories_json(const struct build_state *state)
{
    json_t *list = json_array();
    for (size_t i = 0; i < state->memory_count; i++)
        json_array_append_new(list, json_pack("{s:s, s:I}", "name", state->memories[i].name, "used",
                                              (json_int_t)state->memories[i].used_bytes));
    return list;
}

const char *build_state_text(const struct build_state *state, struct arena *arena)
{
    json_t *json = json_pack("{s:i, s:o, s:o, s:o}", "imgbuild_state", STATE_VERSION, "files",
                             files_json(state, arena), "steps", steps_json(state, arena),
                             "memories", memories_json(state));
    if (state->has_build)
        json_object_set_new(json, "build", build_json(state, arena));
    char *text = json_dumps(json, JSON_INDENT(0));
    json_decref(json);
    const char *copy = text == NULL ? "" : arena_copy_text(arena, text, strlen(text));
    free(text);
    return copy;
}

/* ---- files ---- */

bool build_state_digest(struct build_state *state, const char *path, struct digest *ret,
                        struct diag_list *diags)
{
    struct known_file *file = find_file(state, path);
    struct file_stamp stamp = {0};
    const bool is_there = file_look(path, &stamp);
    if (file != NULL && is_there && file_stamp_equal(&file->stamp, &stamp)) {
        *ret = file->digest;
        return true;
    }
    struct span content;
    if (!file_read(state->arena, path, INPUT_LIMIT_BYTES, NOWHERE, &content, diags))
        return false;
    if (file == NULL)
        file = add_file(state, path);
    /* stamped before reading: a change in between makes the stamp differ next time */
    file->stamp = stamp;
    file->digest = digest_of(content);
    *ret = file->digest;
    return true;
}

/* ---- steps ---- */

static void add_text(struct digest_stream *stream, const char *text)
{
    digest_add(stream, (struct span){(const uint8_t *)text, strlen(text) + 1});
}

/* The digest of everything that determines a run's output. */
static bool step_key(struct build_state *state, const struct link_step *step,
                     const char *linker_path, const struct path_list *inputs, struct digest *ret,
                     struct diag_list *diags)
{
    struct digest_stream *stream = digest_begin(state->arena);
    bool ok = true;
    struct digest digest = {{0}};
    ok = build_state_digest(state, linker_path, &digest, diags);
    digest_add(stream, (struct span){digest.bytes, sizeof digest.bytes});
    for (size_t i = 0; i < step->argument_count; i++)
        add_text(stream, step->argv[i]);
    add_text(stream, step->script_text);
    for (size_t i = 0; ok && i < inputs->count; i++) {
        ok = build_state_digest(state, inputs->items[i], &digest, diags);
        add_text(stream, inputs->items[i]);
        digest_add(stream, (struct span){digest.bytes, sizeof digest.bytes});
    }
    const struct digest key = digest_end(stream);
    if (ok)
        *ret = key;
    return ok;
}

/* The stamp of a file that may be missing. */
static struct file_stamp look_or_nothing(const char *path)
{
    struct file_stamp stamp = {0};
    if (path == NULL || !file_look(path, &stamp))
        return (struct file_stamp){0};
    return stamp;
}

bool build_state_is_fresh(struct build_state *state, const struct link_step *step,
                          const char *linker_path)
{
    const struct known_step *known = find_step(state, step->output_path);
    const struct file_stamp map = look_or_nothing(step->map_path);
    struct file_stamp stamp;
    if (known == NULL || !file_look(step->output_path, &stamp) ||
        !file_stamp_equal(&known->stamp, &stamp) || !file_stamp_equal(&known->map, &map))
        return false;
    struct diag_list ignored = diag_list_in(state->arena);
    struct digest key;
    return step_key(state, step, linker_path, &known->inputs, &key, &ignored) &&
           digest_equal(&key, &known->key);
}

bool build_state_record(struct build_state *state, const struct link_step *step,
                        const char *linker_path, const struct path_list *inputs,
                        struct diag_list *diags)
{
    struct digest key;
    if (!step_key(state, step, linker_path, inputs, &key, diags))
        return false;
    struct known_step *known = find_step(state, step->output_path);
    if (known == NULL)
        known = add_step(state, step->output_path);
    known->key = key;
    known->inputs = *inputs;
    known->stamp = look_or_nothing(step->output_path);
    known->map = look_or_nothing(step->map_path);
    return true;
}

/* ---- the whole build ---- */

bool build_state_build_is_fresh(struct build_state *state, const struct digest *key)
{
    if (!state->has_build || !digest_equal(&state->build_key, key))
        return false;
    for (size_t i = 0; i < state->output_count; i++) {
        struct file_stamp stamp;
        if (!file_look(state->outputs[i].path, &stamp) ||
            !file_stamp_equal(&state->outputs[i].stamp, &stamp))
            return false;
    }
    return true;
}

bool build_state_outputs_look_old(const struct build_state *state)
{
    int64_t newest_ns = INT64_MIN;
    for (size_t i = 0; i < state->file_count; i++) {
        if (state->files[i].stamp.modified_ns > newest_ns)
            newest_ns = state->files[i].stamp.modified_ns;
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
        if (!file_look(output->path, &output->stamp))
            output->stamp = (struct file_stamp){0};
    }
    return true;
}

bool build_state_find_used(const struct build_state *state, const char *name, uint64_t *ret)
{
    const struct known_memory *memory = find_memory(state, name);
    if (memory != NULL)
        *ret = memory->used_bytes;
    return memory != NULL;
}

void build_state_set_used(struct build_state *state, const char *name, uint64_t bytes)
{
    struct known_memory *memory = find_memory(state, name);
    if (memory == NULL) {
        if (state->memory_count == state->memory_capacity) {
            state->memory_capacity = state->memory_capacity == 0 ? 8 : 2 * state->memory_capacity;
            state->memories = arena_grow(state->arena, state->memories, state->memory_count,
                                         state->memory_capacity, sizeof *state->memories);
        }
        memory = &state->memories[state->memory_count++];
        memory->name = arena_copy_text(state->arena, name, strlen(name));
    }
    memory->used_bytes = bytes;
}

void build_state_stale_outputs(const struct build_state *state, const struct path_list *outputs,
                               struct path_list *ret)
{
    for (size_t i = 0; i < state->output_count; i++) {
        bool is_made = false;
        for (size_t k = 0; k < outputs->count && !is_made; k++)
            is_made = strcmp(outputs->items[k], state->outputs[i].path) == 0;
        if (!is_made)
            path_list_add(ret, state->arena, state->outputs[i].path);
    }
}

const char *build_state_summary(const struct build_state *state)
{
    return state->summary;
}

void build_state_record_build(struct build_state *state, const struct digest *key,
                              const struct path_list *outputs, const char *summary)
{
    state->has_build = true;
    state->build_key = *key;
    state->summary = summary;
    state->output_count = outputs->count;
    state->outputs = ARENA_ARRAY(state->arena, struct known_output, outputs->count);
    for (size_t i = 0; i < outputs->count; i++) {
        state->outputs[i].path = outputs->items[i];
        if (!file_look(outputs->items[i], &state->outputs[i].stamp))
            state->outputs[i].stamp = (struct file_stamp){0};
    }
}
