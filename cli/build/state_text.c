#include "cli/build/state_text.h"

#include "cli/format/json_reader.h"
#include "cli/format/json_writer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { STATE_VERSION = 2, STAMP_NUMBERS = 5 };

/* ---- numbers in one text ---- */

/* Takes the next number of a text; false at its end, and for anything that is none. */
static bool next_number(const char **text, uint64_t *ret)
{
    const char *at = *text + strspn(*text, " ");
    if (*at < '0' || *at > '9')
        return false;
    char *end;
    *ret = strtoull(at, &end, 10);
    *text = end;
    return true;
}

static const char *stamp_text(const struct file_stamp *stamp, struct arena *arena)
{
    return arena_format(arena, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64,
                        stamp->bytes, stamp->inode, stamp->device, (uint64_t)stamp->modified_ns,
                        (uint64_t)stamp->changed_ns);
}

static struct file_stamp read_stamp(struct json_reader *reader, const struct json_value *object,
                                    const char *key)
{
    const char *text = json_reader_text(reader, object, key);
    uint64_t numbers[STAMP_NUMBERS] = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < STAMP_NUMBERS; i++)
        ok = next_number(&text, &numbers[i]);
    json_reader_expect(reader, ok, "a stamp has five numbers");
    return (struct file_stamp){.bytes = numbers[0],
                               .inode = numbers[1],
                               .device = numbers[2],
                               .modified_ns = (int64_t)numbers[3],
                               .changed_ns = (int64_t)numbers[4]};
}

static const char *indices_text(const struct index_list *list, struct arena *arena)
{
    struct buffer text = buffer_in(arena);
    for (size_t i = 0; i < list->count; i++)
        buffer_format(&text, i == 0 ? "%zu" : " %zu", list->items[i]);
    return buffer_text(&text);
}

/* Indices of files that were read before. */
static struct index_list read_indices(struct json_reader *reader, const struct json_value *object,
                                      const char *key, const struct build_state *state)
{
    struct index_list list = {0};
    const char *text = json_reader_text(reader, object, key);
    uint64_t index;
    while (!reader->is_broken && next_number(&text, &index)) {
        json_reader_expect(reader, index < state->file_count, "there is no file of this number");
        index_list_add(&list, state->arena, (size_t)index);
    }
    json_reader_expect(reader, *text == '\0', "expected numbers");
    return list;
}

static struct fingerprint read_fingerprint(struct json_reader *reader,
                                           const struct json_value *object, const char *key)
{
    struct fingerprint fingerprint = {{0}};
    json_reader_expect(reader,
                       fingerprint_parse(json_reader_text(reader, object, key), &fingerprint),
                       "expected a fingerprint");
    return fingerprint;
}

/* ---- reading ---- */

static void read_files(struct json_reader *reader, const struct json_value *root,
                       struct build_state *state)
{
    const struct json_list list = json_reader_list(reader, root, "files");
    for (size_t i = 0; i < list.count && !reader->is_broken; i++) {
        const struct json_value *json = json_reader_item(&list, i);
        struct known_file *file = state_tables_file(state, json_reader_text(reader, json, "path"));
        json_reader_expect(reader, file == &state->files[i], "a file is there twice");
        if (reader->is_broken)
            return;
        file->version.stamp = read_stamp(reader, json, "stamp");
        file->version.taken_ns = (int64_t)json_reader_number(reader, json, "taken", INT64_MAX);
        file->version.fingerprint = read_fingerprint(reader, json, "xxh3");
        file->loaded = file->version.fingerprint;
        file->is_there = true;
    }
}

static void read_paths(struct known_step *step, const struct build_state *state)
{
    for (size_t i = step->program_count; i < step->inputs.count; i++)
        path_list_add(&step->paths, state->arena, state->files[step->inputs.items[i]].version.path);
}

static void read_step(struct json_reader *reader, const struct json_value *json,
                      struct build_state *state)
{
    struct known_step step = {
        .is_known = true,
        .command = read_fingerprint(reader, json, "command"),
        .files = read_fingerprint(reader, json, "files"),
        .stamp = read_stamp(reader, json, "stamp"),
        .map = read_stamp(reader, json, "map"),
        .inputs = read_indices(reader, json, "inputs", state),
    };
    size_t absent_count = 0;
    const char *const *absent = json_reader_texts(reader, json, "absent", &absent_count);
    for (size_t i = 0; i < absent_count; i++)
        path_list_add(&step.absent, state->arena, absent[i]);
    step.program_count = (size_t)json_reader_number(reader, json, "programs", step.inputs.count);
    const char *output = json_reader_text(reader, json, "output");
    if (reader->is_broken)
        return;
    read_paths(&step, state);
    struct known_step *place = state_tables_step(state, output);
    step.output = place->output;
    *place = step;
}

static void read_build(struct json_reader *reader, const struct json_value *json,
                       struct build_state *state)
{
    state->build_key = read_fingerprint(reader, json, "key");
    state->build_files = read_fingerprint(reader, json, "files");
    state->build_inputs = read_indices(reader, json, "inputs", state);
    state->summary = json_reader_text(reader, json, "summary");
    const struct json_list outputs = json_reader_list(reader, json, "outputs");
    state->output_count = outputs.count;
    state->outputs = ARENA_ARRAY(state->arena, struct known_output, outputs.count);
    for (size_t i = 0; i < outputs.count && !reader->is_broken; i++) {
        const struct json_value *output = json_reader_item(&outputs, i);
        state->outputs[i] = (struct known_output){json_reader_text(reader, output, "path"),
                                                  read_stamp(reader, output, "stamp")};
    }
    state->has_build = outputs.count != 0 && !reader->is_broken;
}

static void read_all(struct json_reader *reader, const struct json_value *root,
                     struct build_state *state)
{
    read_files(reader, root, state);
    const struct json_list steps = json_reader_list(reader, root, "steps");
    for (size_t i = 0; i < steps.count && !reader->is_broken; i++)
        read_step(reader, json_reader_item(&steps, i), state);
    const struct json_list memories = json_reader_list(reader, root, "memories");
    for (size_t i = 0; i < memories.count && !reader->is_broken; i++) {
        const struct json_value *memory = json_reader_item(&memories, i);
        const uint64_t used = json_reader_number(reader, memory, "used", INT64_MAX);
        state_tables_memory(state, json_reader_text(reader, memory, "name"))->used_bytes = used;
    }
    if (!reader->is_broken && json_reader_has(root, "build"))
        read_build(reader, json_reader_object(reader, root, "build"), state);
}

bool state_text_read(struct span text, struct build_state *state)
{
    struct diag_list ignored = diag_list_in(state->arena);
    struct json_reader reader = {
        .arena = state->arena, .diags = &ignored, .pos = NOWHERE, .code = "state"};
    const struct json_value *root = json_reader_open(&reader, text);
    if (root != NULL &&
        json_reader_number(&reader, root, "imgbuild_state", STATE_VERSION) == STATE_VERSION)
        read_all(&reader, root, state);
    else
        reader.is_broken = true;
    json_reader_close(root);
    return !reader.is_broken;
}

/* ---- writing ---- */

static void write_fingerprint(struct json_writer *writer, const char *key,
                              const struct fingerprint *fingerprint)
{
    json_writer_text(writer, key, fingerprint_hex(fingerprint, writer->text.arena));
}

static void write_stamp(struct json_writer *writer, const char *key, const struct file_stamp *stamp)
{
    json_writer_text(writer, key, stamp_text(stamp, writer->text.arena));
}

/* Which files somebody still asks for. */
static bool *used_files(const struct build_state *state, struct arena *arena)
{
    bool *is_used = ARENA_ARRAY(arena, bool, state->file_count);
    for (size_t i = 0; i < state->file_count; i++)
        is_used[i] = state->files[i].is_checked;
    for (size_t i = 0; i < state->step_count; i++) {
        const struct known_step *step = &state->steps[i];
        for (size_t k = 0; step->is_known && k < step->inputs.count; k++)
            is_used[step->inputs.items[k]] = true;
    }
    for (size_t i = 0; i < state->build_inputs.count; i++)
        is_used[state->build_inputs.items[i]] = true;
    return is_used;
}

static void write_files(struct json_writer *writer, const struct build_state *state,
                        size_t *ret_numbers)
{
    const bool *is_used = used_files(state, writer->text.arena);
    size_t count = 0;
    json_writer_open_list(writer, "files");
    for (size_t i = 0; i < state->file_count; i++) {
        const struct known_file *file = &state->files[i];
        if (!file->is_there || !is_used[i])
            continue;
        ret_numbers[i] = count++;
        json_writer_open_object(writer, NULL);
        json_writer_text(writer, "path", file->version.path);
        write_stamp(writer, "stamp", &file->version.stamp);
        json_writer_number(writer, "taken", (uint64_t)file->version.taken_ns);
        write_fingerprint(writer, "xxh3", &file->version.fingerprint);
        json_writer_close_object(writer);
    }
    json_writer_close_list(writer);
}

/* The numbers that files have in the text. False when one is not there any more. */
static bool renumber(const struct build_state *state, const struct index_list *list,
                     const size_t *numbers, struct arena *arena, const char **ret)
{
    struct index_list renumbered = {0};
    for (size_t i = 0; i < list->count; i++) {
        if (!state->files[list->items[i]].is_there)
            return false;
        index_list_add(&renumbered, arena, numbers[list->items[i]]);
    }
    *ret = indices_text(&renumbered, arena);
    return true;
}

static void write_steps(struct json_writer *writer, const struct build_state *state,
                        const size_t *numbers, struct arena *arena)
{
    json_writer_open_list(writer, "steps");
    for (size_t i = 0; i < state->step_count; i++) {
        const struct known_step *step = &state->steps[i];
        const char *inputs;
        if (!step->is_known || !renumber(state, &step->inputs, numbers, arena, &inputs))
            continue;
        json_writer_open_object(writer, NULL);
        json_writer_text(writer, "output", step->output);
        write_fingerprint(writer, "command", &step->command);
        write_fingerprint(writer, "files", &step->files);
        write_stamp(writer, "stamp", &step->stamp);
        write_stamp(writer, "map", &step->map);
        json_writer_text(writer, "inputs", inputs);
        json_writer_number(writer, "programs", step->program_count);
        json_writer_texts(writer, "absent", step->absent.items, step->absent.count);
        json_writer_close_object(writer);
    }
    json_writer_close_list(writer);
}

static void write_build(struct json_writer *writer, const struct build_state *state,
                        const char *inputs)
{
    json_writer_open_object(writer, "build");
    write_fingerprint(writer, "key", &state->build_key);
    write_fingerprint(writer, "files", &state->build_files);
    json_writer_text(writer, "inputs", inputs);
    json_writer_text(writer, "summary", state->summary);
    json_writer_open_list(writer, "outputs");
    for (size_t i = 0; i < state->output_count; i++) {
        json_writer_open_object(writer, NULL);
        json_writer_text(writer, "path", state->outputs[i].path);
        write_stamp(writer, "stamp", &state->outputs[i].stamp);
        json_writer_close_object(writer);
    }
    json_writer_close_list(writer);
    json_writer_close_object(writer);
}

const char *state_text_write(const struct build_state *state, struct arena *arena)
{
    struct json_writer writer = json_writer_in(arena, JSON_LINE);
    size_t *numbers = ARENA_ARRAY(arena, size_t, state->file_count);
    const char *inputs;
    json_writer_open_object(&writer, NULL);
    json_writer_number(&writer, "imgbuild_state", STATE_VERSION);
    write_files(&writer, state, numbers);
    write_steps(&writer, state, numbers, arena);
    json_writer_open_list(&writer, "memories");
    for (size_t i = 0; i < state->memory_count; i++) {
        json_writer_open_object(&writer, NULL);
        json_writer_text(&writer, "name", state->memories[i].name);
        json_writer_number(&writer, "used", state->memories[i].used_bytes);
        json_writer_close_object(&writer);
    }
    json_writer_close_list(&writer);
    if (state->has_build && renumber(state, &state->build_inputs, numbers, arena, &inputs))
        write_build(&writer, state, inputs);
    json_writer_close_object(&writer);
    return json_writer_end(&writer);
}
