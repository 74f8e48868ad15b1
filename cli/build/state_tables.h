/* The tables of a build's state, in memory. For build_state.c and state_text.c. */
#ifndef CLI_BUILD_STATE_TABLES_H
#define CLI_BUILD_STATE_TABLES_H

#include "base/file_version.h"
#include "base/text_index.h"

struct index_list {
    size_t *items;
    size_t count, capacity;
};

void index_list_add(struct index_list *list, struct arena *arena, size_t index);

struct known_file {
    struct file_version version;
    struct fingerprint loaded; /* as the last build left it */
    bool is_there;             /* the version is one; false of a name only */
    bool is_checked;           /* in this run */
    bool is_late;              /* first looked at after a linker had read it */
    bool is_own; /* made by the build itself, which may write it again in the same run */
};

struct known_step {
    const char *output;
    bool is_known; /* false: forgotten */
    struct fingerprint command, files;
    struct file_stamp stamp;  /* of the output */
    struct file_stamp map;    /* of the linker's map; all 0: there was none */
    struct index_list inputs; /* in files: programs first, then what the linker read */
    size_t program_count;
    struct path_list paths;  /* the inputs without the programs */
    struct path_list absent; /* what was looked for, and not there */
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
    const char *own_folder; /* where the build's own files lie, with a slash at its end */
    int64_t started_ns;     /* on file_clock_ns() */
    struct known_file *files;
    size_t file_count, file_capacity;
    size_t known_count; /* of the files, those that the state was loaded with */
    struct text_index file_index;
    struct known_step *steps;
    size_t step_count, step_capacity;
    struct text_index step_index;
    bool has_build;
    struct fingerprint build_key, build_files;
    struct index_list build_inputs;
    struct known_output *outputs;
    size_t output_count;
    const char *summary;
    struct known_memory *memories;
    size_t memory_count, memory_capacity;
};

/* Shape: own_folder: see struct build_state. */
void state_tables_open(struct build_state *state, const char *own_folder, struct arena *arena);

/* The entry of a name, added when there is none. The pointer holds until the next addition. */
struct known_file *state_tables_file(struct build_state *state, const char *path);
struct known_step *state_tables_step(struct build_state *state, const char *output);
struct known_memory *state_tables_memory(struct build_state *state, const char *name);

/* NULL when there is none, or it was forgotten. */
struct known_step *state_tables_find_step(const struct build_state *state, const char *output);
const struct known_memory *state_tables_find_memory(const struct build_state *state,
                                                    const char *name);

#endif
