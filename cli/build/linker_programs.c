#include "cli/build/linker_programs.h"

#include "base/process/process.h"
#include "base/process/process_pool.h"

#include <string.h>

enum { PROGRAMS_MOST = 64, SCRIPT_BYTES_MOST = 64 * 1024 };

static const char *const SEPARATORS = " \t\r\n;&|()`\"'$={}<>";

static bool is_listed(const struct path_list *list, const char *path)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], path) == 0)
            return true;
    }
    return false;
}

/* Adds a program by the name that a command calls it. */
static void add_program(struct arena *arena, const char *name, struct path_list *ret)
{
    const char *path = process_find_program(arena, name);
    if (path != NULL && ret->count < PROGRAMS_MOST && !is_listed(ret, path))
        path_list_add(ret, arena, path);
}

/* Adds a program, or a file that one loads, such as a plugin. */
static void add_program_or_file(struct arena *arena, const char *name, struct path_list *ret)
{
    struct file_stamp stamp;
    const size_t before = ret->count;
    add_program(arena, name, ret);
    if (ret->count == before && ret->count < PROGRAMS_MOST && strchr(name, '/') != NULL &&
        file_look(name, &stamp) && !is_listed(ret, name))
        path_list_add(ret, arena, name);
}

/* ---- scripts ---- */

/* Adds the programs that a script names, be it in a command or in a variable: too many cost a link
 * that need not have been, too few a stale one. */
static void add_named_by_script(struct arena *arena, const char *path, struct path_list *ret)
{
    struct diag_list ignored = diag_list_in(arena);
    struct file_stamp stamp;
    struct span text;
    if (!file_look(path, &stamp) || stamp.bytes > SCRIPT_BYTES_MOST ||
        !file_read(arena, path, SCRIPT_BYTES_MOST, NOWHERE, &text, &ignored) || text.bytes < 2 ||
        memcmp(text.data, "#!", 2) != 0)
        return;
    const char *script = arena_copy_text(arena, (const char *)text.data, text.bytes);
    for (const char *at = script + 2; *at != '\0';) {
        at += strspn(at, SEPARATORS);
        const size_t length = strcspn(at, SEPARATORS);
        if (length > 0)
            add_program(arena, arena_copy_text(arena, at, length), ret);
        at += length;
    }
}

/* ---- drivers ---- */

struct asking {
    const char *driver;
    const struct path_list *flags;
};

static const char *const *question(struct arena *arena, const struct asking *asking,
                                   const char *asked)
{
    const char **argv = ARENA_ARRAY(arena, const char *, asking->flags->count + 3);
    argv[0] = asking->driver;
    for (size_t i = 0; i < asking->flags->count; i++)
        argv[1 + i] = asking->flags->items[i];
    argv[1 + asking->flags->count] = asked;
    return argv;
}

/* Which linkers the flags -fuse-ld=NAME ask for, "ld.NAME", each once. */
static void add_other_linkers(struct arena *arena, const struct asking *asking,
                              struct path_list *ret)
{
    static const char flag[] = "-fuse-ld=";
    for (size_t i = 0; i < asking->flags->count; i++) {
        const char *text = asking->flags->items[i];
        if (strncmp(text, flag, strlen(flag)) != 0)
            continue;
        const char *name = arena_format(arena, "-print-prog-name=ld.%s", text + strlen(flag));
        if (!is_listed(ret, name))
            path_list_add(ret, arena, name);
    }
}

/* The first line of an answer, or NULL. */
static const char *answer_of(struct arena *arena, const struct process_job *job)
{
    if (job->end != PROCESS_EXITED || job->exit_status != 0 || job->output.bytes == 0)
        return NULL;
    const char *text = (const char *)job->output.data;
    const char *end = memchr(text, '\n', job->output.bytes);
    return arena_copy_text(arena, text, end == NULL ? job->output.bytes : (size_t)(end - text));
}

static bool add_behind_driver(struct arena *arena, const struct asking *asking,
                              struct path_list *ret, struct diag_list *diags)
{
    struct path_list questions = {0};
    path_list_add(&questions, arena, "-print-prog-name=ld");
    path_list_add(&questions, arena, "-print-prog-name=collect2");
    path_list_add(&questions, arena, "-print-prog-name=lto-wrapper");
    path_list_add(&questions, arena, "-print-file-name=liblto_plugin.so");
    add_other_linkers(arena, asking, &questions);
    struct process_job *jobs = ARENA_ARRAY(arena, struct process_job, questions.count);
    for (size_t i = 0; i < questions.count; i++)
        jobs[i].argv = question(arena, asking, questions.items[i]);
    const struct process_pool_options options = {.parallel = (unsigned)questions.count};
    if (!process_run_all(arena, jobs, questions.count, &options, diags))
        return false;
    for (size_t i = 0; i < questions.count; i++) {
        const char *answer = answer_of(arena, &jobs[i]);
        if (answer != NULL && *answer != '\0')
            add_program_or_file(arena, answer, ret);
    }
    return true;
}

bool linker_programs_find(struct arena *arena, const struct manifest_toolchain *toolchain,
                          const struct path_list *flags, const char *linker_path,
                          struct path_list *ret, struct diag_list *diags)
{
    const struct asking asking = {toolchain->linker.text, flags};
    path_list_add(ret, arena, linker_path);
    for (size_t i = 0; i < toolchain->launcher.count; i++)
        add_program(arena, toolchain->launcher.items[i].text, ret);
    if (toolchain->style == MANIFEST_STYLE_DRIVER && !add_behind_driver(arena, &asking, ret, diags))
        return false;
    for (size_t i = 0; i < ret->count; i++) /* grows meanwhile */
        add_named_by_script(arena, ret->items[i], ret);
    return true;
}
