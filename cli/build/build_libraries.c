#include "cli/build/build_libraries.h"

#include "base/buffer.h"
#include "base/path.h"
#include "base/process/process.h"
#include "base/process/process_pool.h"
#include "linker/link/archive_walk.h"
#include "linker/link/compiler_options.h"
#include "linker/link/response_file.h"

#include <string.h>

struct library_answer {
    const char *question; /* the command, in words */
    const char *path;     /* NULL: the compiler knows no such library */
};

/* ---- flags ---- */

static bool add_flags(struct arena *arena, const struct manifest_texts *from,
                      struct path_list *responses, struct path_list *ret, struct diag_list *diags)
{
    bool good = true;
    for (size_t i = 0; i < from->count; i++) {
        const struct manifest_text *flag = &from->items[i];
        struct response_words words = {0};
        if (flag->text[0] != '@') {
            path_list_add(ret, arena, flag->text);
            continue;
        }
        good = response_file_read(arena, flag->text + 1, flag->pos, RESPONSE_IN_CURRENT_FOLDER,
                                  &words, diags) &&
               good;
        for (size_t k = 0; k < words.count; k++)
            path_list_add(ret, arena, words.items[k].text);
        for (size_t k = 0; k < words.files.count; k++)
            path_list_add(responses, arena, words.files.items[k]);
    }
    return good;
}

bool build_flags_of(const struct manifest *manifest, const struct manifest_program *from,
                    struct arena *arena, struct path_list *responses, struct program *program,
                    struct diag_list *diags)
{
    struct path_list flags = {0};
    const bool good = add_flags(arena, &manifest->toolchain.flags, responses, &flags, diags) &&
                      add_flags(arena, &from->flags, responses, &flags, diags);
    program->flags = flags.items;
    program->flag_count = flags.count;
    program->finds_files = program->finds_files || flags.count > 0;
    return good;
}

/* ---- asking a compiler ---- */

/* The GCC that belongs to a GNU linker: arm-none-eabi-gcc to arm-none-eabi-ld; NULL: none. */
static const char *gcc_of(struct arena *arena, const char *linker)
{
    static const char *const ends[] = {"-ld", "-ld.bfd", "-ld.gold"};
    const size_t length = strlen(linker);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const size_t end = strlen(ends[i]);
        if (length <= end || strcmp(linker + length - end, ends[i]) != 0)
            continue;
        const char *gcc = arena_format(arena, "%.*s-gcc", (int)(length - end), linker);
        return process_find_program(arena, gcc) == NULL ? NULL : gcc;
    }
    return NULL;
}

/* The command that tells where a library is; false: there is no compiler to ask. */
static bool make_question(const struct toolchain *toolchain, const struct program *program,
                          const char *name, struct arena *arena, struct path_list *ret)
{
    const bool is_driver = toolchain->style == TOOLCHAIN_DRIVER;
    const char *compiler = is_driver ? toolchain->linker : gcc_of(arena, toolchain->linker);
    if (compiler == NULL)
        return false;
    path_list_add(ret, arena, compiler);
    for (size_t i = 0; is_driver && i < program->flag_count; i++)
        path_list_add(ret, arena, program->flags[i]);
    if (!is_driver && program->object_count > 0)
        compiler_options_of(arena, program->objects[0], ret);
    path_list_add(ret, arena, arena_format(arena, "-print-file-name=%s", name));
    path_list_add(ret, arena, NULL);
    return true;
}

static bool is_known(const struct library_answers *answers, const char *question, const char **ret)
{
    for (size_t i = 0; i < answers->count; i++) {
        if (strcmp(answers->items[i].question, question) == 0) {
            *ret = answers->items[i].path;
            return true;
        }
    }
    return false;
}

/* A compiler that does not know a library prints its bare name. */
static const char *path_printed(struct arena *arena, struct span output)
{
    struct file_stamp stamp;
    while (output.bytes > 0 && output.data[output.bytes - 1] == '\n')
        output.bytes--;
    const char *path = arena_copy_text(arena, (const char *)output.data, output.bytes);
    return path[0] == '/' && file_look(path, &stamp) ? path : NULL;
}

static bool ask_compiler(const struct path_list *command, struct arena *arena,
                         struct library_answers *answers, const char **ret, struct diag_list *diags)
{
    struct buffer question = buffer_in(arena);
    for (size_t i = 0; i + 1 < command->count; i++)
        buffer_format(&question, "%s\n", command->items[i]);
    if (is_known(answers, buffer_text(&question), ret))
        return true;
    struct process_job job = {.argv = command->items};
    const struct process_pool_options options = {.parallel = 1, .timeout_seconds = 60};
    if (!process_run_all(arena, &job, 1, &options, diags))
        return false;
    *ret =
        job.end == PROCESS_EXITED && job.exit_status == 0 ? path_printed(arena, job.output) : NULL;
    answers->items = arena_grow(arena, answers->items, answers->count, answers->count + 1,
                                sizeof *answers->items);
    answers->items[answers->count++] = (struct library_answer){buffer_text(&question), *ret};
    return true;
}

/* ---- libraries ---- */

struct search {
    const struct toolchain *toolchain;
    struct arena *arena;
    struct library_answers *answers;
    struct path_list *responses;
    struct program *program;
    struct path_list files, words;
    struct diag_list *diags;
};

static const char *find_in_flags(struct arena *arena, const struct program *program,
                                 const char *name)
{
    for (size_t i = 0; i < program->flag_count; i++) {
        const char *folder = program->flags[i];
        struct file_stamp stamp;
        if (strncmp(folder, "-L", 2) != 0)
            continue;
        folder += 2;
        if (*folder == '\0' && i + 1 < program->flag_count)
            folder = program->flags[i + 1];
        const char *path = path_join(arena, folder, name);
        if (file_look(path, &stamp))
            return path;
    }
    return NULL;
}

static bool refuse(struct search *search, const struct manifest_library *library,
                   const char *compiler)
{
    const bool is_task = search->program->kind == PROGRAM_TASK;
    diag_error(search->diags, "build-no-library", library->name.pos,
               "%s%s: no library %s beside the manifest or in a folder of -L%s%s",
               is_task ? "task " : "the ", search->program->name, library->name.text,
               compiler == NULL ? "" : ", and none known to ", compiler == NULL ? "" : compiler);
    diag_hint(search->diags, "give its path, or name its folder with -L under `flags:`");
    return false;
}

static bool find_named(struct search *search, const struct manifest_library *library,
                       const char **ret)
{
    struct arena *arena = search->arena;
    struct file_stamp stamp;
    struct path_list question = {0};
    *ret = library->path;
    if (library->kind != MANIFEST_LIBRARY_NAME || file_look(library->path, &stamp))
        return true;
    *ret = find_in_flags(arena, search->program, library->name.text);
    if (*ret != NULL)
        return true;
    if (!make_question(search->toolchain, search->program, library->name.text, arena, &question))
        return refuse(search, library, NULL);
    if (!ask_compiler(&question, arena, search->answers, ret, search->diags))
        return false;
    return *ret != NULL || refuse(search, library, question.items[0]);
}

static bool add_library(struct search *search, const struct manifest_library *library)
{
    const bool is_searched = library->kind == MANIFEST_LIBRARY_SEARCHED;
    const char *word = library->name.text;
    if (!is_searched && !find_named(search, library, &word))
        return false;
    if (library->is_whole)
        path_list_add(&search->words, search->arena, "--whole-archive");
    path_list_add(&search->words, search->arena, word);
    if (library->is_whole)
        path_list_add(&search->words, search->arena, "--no-whole-archive");
    if (!is_searched)
        path_list_add(&search->files, search->arena, word);
    search->program->finds_files =
        search->program->finds_files || is_searched || archive_walk_is_thin(word);
    return true;
}

static bool add_response(struct search *search, const struct manifest_library *library)
{
    struct response_words words = {0};
    if (!response_file_read(search->arena, library->path, library->name.pos, RESPONSE_BESIDE_FILE,
                            &words, search->diags))
        return false;
    for (size_t i = 0; i < words.files.count; i++)
        path_list_add(search->responses, search->arena, words.files.items[i]);
    bool good = true;
    for (size_t i = 0; i < words.count; i++) {
        const struct response_word *word = &words.items[i];
        struct manifest_library named = *library;
        named.name.text = word->text;
        named.path = path_join(search->arena, word->folder, word->text);
        named.kind =
            strchr(word->text, '/') == NULL ? MANIFEST_LIBRARY_NAME : MANIFEST_LIBRARY_FILE;
        if (strncmp(word->text, "-l", 2) == 0)
            named.kind = MANIFEST_LIBRARY_SEARCHED;
        good = add_library(search, &named) && good;
    }
    return good;
}

bool build_libraries_of(const struct toolchain *toolchain, const struct manifest_program *from,
                        struct arena *arena, struct library_answers *answers,
                        struct path_list *responses, struct program *program,
                        struct diag_list *diags)
{
    struct search search = {.toolchain = toolchain,
                            .arena = arena,
                            .answers = answers,
                            .responses = responses,
                            .program = program,
                            .diags = diags};
    bool good = true;
    for (size_t i = 0; i < from->library_count; i++) {
        const struct manifest_library *library = &from->libraries[i];
        good = (library->kind == MANIFEST_LIBRARY_RESPONSE ? add_response(&search, library)
                                                           : add_library(&search, library)) &&
               good;
    }
    program->libraries = search.files.items;
    program->library_count = search.files.count;
    program->library_words = search.words.items;
    program->library_word_count = search.words.count;
    return good;
}
