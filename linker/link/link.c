#include "linker/link/link.h"

#include "linker/link/link_inputs.h"
#include "linker/link/link_report.h"
#include "linker/link/noload.h"
#include "linker/link/objects.h"
#include "linker/link/script.h"

#include "base/path.h"

#include <stdlib.h>
#include <string.h>

/* ---- command lines ---- */

struct command {
    struct arena *arena;
    const struct toolchain *toolchain;
    const char **words; /* NULL-terminated */
    size_t count, capacity;
};

static void add_word(struct command *command, const char *word)
{
    if (command->count + 1 >= command->capacity) {
        const size_t capacity = command->capacity == 0 ? 64 : command->capacity * 2;
        command->words = arena_grow(command->arena, command->words, command->count, capacity,
                                    sizeof *command->words);
        command->capacity = capacity;
    }
    command->words[command->count++] = word;
}

static void add_words(struct command *command, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_word(command, words[i]);
}

/* An option of the linker itself. A driver splits -Wl, at commas, so a word with one goes another
 * way. */
static void add_option(struct command *command, const char *option)
{
    if (command->toolchain->style == TOOLCHAIN_LD) {
        add_word(command, option);
    } else if (strchr(option, ',') == NULL) {
        add_word(command, arena_format(command->arena, "-Wl,%s", option));
    } else {
        add_word(command, "-Xlinker");
        add_word(command, option);
    }
}

/* Whether a part of a word is an option, alone or with a value behind `=`. */
static bool is_option(const char *part, size_t length, const char *option)
{
    const size_t wanted = strlen(option);
    return length >= wanted && strncmp(part, option, wanted) == 0 &&
           (length == wanted || part[wanted] == '=');
}

/* Whether the flags have an option of the linker, as a word of its own or, for a driver, behind
 * -Wl, and commas. Never inside of a path or another word. */
static bool has_option(const struct toolchain *toolchain, const char *option)
{
    bool found = false;
    for (size_t i = 0; i < toolchain->flag_count && !found; i++) {
        const char *at = toolchain->flags[i];
        const bool is_list = strncmp(at, "-Wl,", 4) == 0;
        while (*at != '\0' && !found) {
            const size_t length = is_list ? strcspn(at, ",") : strlen(at);
            found = is_option(at, length, option);
            at += at[length] == ',' ? length + 1 : length;
        }
    }
    return found;
}

/* "ld.lld", "ld.lld-14", "lld", "rust-lld": a word of the file's name. */
static bool is_lld(const struct toolchain *toolchain)
{
    const char *name = path_name(toolchain->linker);
    bool found = has_option(toolchain, "-fuse-ld=lld");
    while (*name != '\0' && !found) {
        const size_t length = strcspn(name, ".-_");
        found = length == 3 && strncmp(name, "lld", 3) == 0;
        name += length;
        name += strspn(name, ".-_");
    }
    return found;
}

/* Clang starts the one or the other. */
static bool may_be_lld(const struct toolchain *toolchain)
{
    return is_lld(toolchain) || strstr(path_name(toolchain->linker), "clang") != NULL;
}

/* A linker for 32 and 64 bits takes the objects for those of its default. */
static void add_emulation(struct command *command)
{
    const struct toolchain *toolchain = command->toolchain;
    if (toolchain->emulation == NULL || toolchain->style != TOOLCHAIN_LD)
        return;
    for (size_t i = 0; i < toolchain->flag_count; i++) {
        const char *flag = toolchain->flags[i];
        if (strcmp(flag, "-m") == 0 || strncmp(flag, "-melf", 5) == 0)
            return;
    }
    add_word(command, "-m");
    add_word(command, toolchain->emulation);
}

static struct command command_start(struct arena *arena, const struct toolchain *toolchain)
{
    struct command command = {.arena = arena, .toolchain = toolchain};
    add_words(&command, toolchain->launcher, toolchain->launcher_count);
    add_word(&command, toolchain->linker);
    if (toolchain->style == TOOLCHAIN_DRIVER)
        add_word(&command, "-nostartfiles");
    add_emulation(&command);
    /* lld prints how far a memory overflows in steps, and would stop before the last */
    if (is_lld(toolchain))
        add_option(&command, "--error-limit=0");
    /* what GNU ld does for bare metal: lld's default leads tables of exceptions through a GOT */
    if (toolchain->is_arm)
        add_option(&command, "--target2=rel");
    return command;
}

static void add_entry(struct command *command, const struct program *program)
{
    add_option(command, "--gc-sections");
    add_option(command, arena_format(command->arena, "--entry=%s", program->entry));
}

/* Flags may name libraries (-lc), whose functions may call those of the program's own libraries. */
static void add_libraries(struct command *command, const struct program *program)
{
    const struct toolchain *toolchain = command->toolchain;
    const bool has_group = has_option(toolchain, "--start-group") ||
                           has_option(toolchain, "-start-group") || has_option(toolchain, "-(");
    const bool group = program->library_count > 0 && !has_group;
    if (group)
        add_option(command, "--start-group");
    add_words(command, program->libraries, program->library_count);
    add_words(command, toolchain->flags, toolchain->flag_count);
    if (group)
        add_option(command, "--end-group");
}

static void add_files(struct command *command, const struct link_step *step, const char *script)
{
    add_word(command, "-T");
    add_word(command, script);
    add_word(command, "-o");
    add_word(command, step->output_path);
    add_option(command,
               arena_format(command->arena, "--dependency-file=%s", step->dependency_path));
}

/* A map that the flags ask for is the user's: a linker writes one only. GNU ld puts the output's
 * path in place of a first `%` in the map's, so a path that has one is given that way; what a clang
 * starts may not know this, and writes no map there.
 * Source: GNU ld manual, "Command-line Options", -Map. */
static void add_map(struct command *command, const char *folder, struct link_step *step)
{
    const struct toolchain *toolchain = command->toolchain;
    const char *path = path_join(command->arena, folder, "link.map");
    if (has_option(toolchain, "-Map") || has_option(toolchain, "--Map"))
        return;
    if (strchr(path, '%') == NULL || is_lld(toolchain)) {
        step->map_path = path;
        add_option(command, arena_format(command->arena, "-Map=%s", path));
    } else if (!may_be_lld(toolchain)) {
        step->map_path = arena_format(command->arena, "%s.map", step->output_path);
        add_option(command, "-Map=%.map");
    }
}

static void command_finish(const struct command *command, struct link_step *step)
{
    step->argv = command->words;
    step->argument_count = command->count;
}

/* ---- steps ---- */

/* A driver, or flags, may bring libraries that nobody looked into: they may have thread-local
 * variables. */
static bool has_unseen_inputs(const struct toolchain *toolchain)
{
    return toolchain->style == TOOLCHAIN_DRIVER || toolchain->flag_count > 0;
}

static struct link_step make_step(struct arena *arena, const struct link_request *request)
{
    const bool own = request->program->user_script != NULL;
    struct program program = *request->program;
    program.has_tls = program.has_tls || has_unseen_inputs(request->toolchain);
    program.has_exact_load_image = may_be_lld(request->toolchain);
    const char *script = own ? script_memory(arena, &program, request->places, request->symbols,
                                             request->symbol_count)
                             : script_link(arena, &program, request->places, request->symbols,
                                           request->symbol_count);
    return (struct link_step){
        .program = request->program,
        .script_path = path_join(arena, request->folder, own ? "memory.ld" : "link.ld"),
        .script_text = script,
        .output_path = request->output_path,
        .dependency_path = path_join(arena, request->folder, "link.d"),
        .exit_status = -1,
    };
}

struct link_step link_prepare(struct arena *arena, const struct link_request *request)
{
    const struct program *program = request->program;
    struct link_step step = make_step(arena, request);
    struct command command = command_start(arena, request->toolchain);
    add_option(&command, "-n"); /* no segment is padded to a page */
    add_entry(&command, program);
    add_word(&command, "-L");
    add_word(&command, request->folder); /* where a script finds memory.ld */
    add_files(&command, &step,
              program->user_script != NULL ? program->user_script : step.script_path);
    if (request->wants_map)
        add_map(&command, request->folder, &step);
    add_words(&command, program->objects, program->object_count);
    add_libraries(&command, program);
    if (request->tables_path != NULL)
        add_word(&command, request->tables_path);
    command_finish(&command, &step);
    return step;
}
