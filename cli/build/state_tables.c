#include "cli/build/state_tables.h"

#include <string.h>

static size_t doubled(size_t capacity)
{
    return capacity == 0 ? 64 : 2 * capacity;
}

void index_list_add(struct index_list *list, struct arena *arena, size_t index)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 16 : 2 * list->capacity;
        list->items =
            arena_grow(arena, list->items, list->count, list->capacity, sizeof *list->items);
    }
    list->items[list->count++] = index;
}

void state_tables_open(struct build_state *state, const char *own_folder, struct arena *arena)
{
    state->arena = arena;
    state->own_folder = own_folder;
    state->summary = "";
    state->started_ns = file_clock_ns();
}

struct known_file *state_tables_file(struct build_state *state, const char *path)
{
    size_t at;
    if (text_index_find(&state->file_index, path, &at))
        return &state->files[at];
    if (state->file_count == state->file_capacity) {
        state->file_capacity = doubled(state->file_capacity);
        state->files = arena_grow(state->arena, state->files, state->file_count,
                                  state->file_capacity, sizeof *state->files);
    }
    struct known_file *file = &state->files[state->file_count];
    file->version.path = arena_copy_text(state->arena, path, strlen(path));
    file->is_own = strncmp(path, state->own_folder, strlen(state->own_folder)) == 0;
    text_index_add(&state->file_index, state->arena, file->version.path, state->file_count++);
    return file;
}

struct known_step *state_tables_find_step(const struct build_state *state, const char *output)
{
    size_t at;
    if (!text_index_find(&state->step_index, output, &at) || !state->steps[at].is_known)
        return NULL;
    return &state->steps[at];
}

struct known_step *state_tables_step(struct build_state *state, const char *output)
{
    size_t at;
    if (text_index_find(&state->step_index, output, &at))
        return &state->steps[at];
    if (state->step_count == state->step_capacity) {
        state->step_capacity = doubled(state->step_capacity);
        state->steps = arena_grow(state->arena, state->steps, state->step_count,
                                  state->step_capacity, sizeof *state->steps);
    }
    struct known_step *step = &state->steps[state->step_count];
    step->output = arena_copy_text(state->arena, output, strlen(output));
    text_index_add(&state->step_index, state->arena, step->output, state->step_count++);
    return step;
}

const struct known_memory *state_tables_find_memory(const struct build_state *state,
                                                    const char *name)
{
    for (size_t i = 0; i < state->memory_count; i++) {
        if (strcmp(state->memories[i].name, name) == 0)
            return &state->memories[i];
    }
    return NULL;
}

struct known_memory *state_tables_memory(struct build_state *state, const char *name)
{
    for (size_t i = 0; i < state->memory_count; i++) {
        if (strcmp(state->memories[i].name, name) == 0)
            return &state->memories[i];
    }
    if (state->memory_count == state->memory_capacity) {
        state->memory_capacity = doubled(state->memory_capacity);
        state->memories = arena_grow(state->arena, state->memories, state->memory_count,
                                     state->memory_capacity, sizeof *state->memories);
    }
    struct known_memory *memory = &state->memories[state->memory_count++];
    memory->name = arena_copy_text(state->arena, name, strlen(name));
    return memory;
}
