#include "linker/link/link.h"

#include "linker/link/link_inputs.h"
#include "linker/link/link_report.h"
#include "linker/link/noload.h"
#include "linker/link/objects.h"
#include "linker/link/script.h"

#include "base/leftover.h"
#include "base/path.h"

#include <string.h>

/* ---- files of one run ---- */

/* What a linker writes bears a name of this run alone until the linker has ended: one that goes on
 * after this process was killed cannot write into a later run's files. */
struct run_files {
    const char *const *argv;               /* with these names in place of the step's */
    const char *output, *map, *dependency; /* map: NULL when the step has none */
};

static const char *private_name(struct arena *arena, const char *path, unsigned number)
{
    const char *name = leftover_name(arena, number, path_name(path));
    return path_join(arena, path_folder(arena, path), name);
}

/* The word with another path in place of one that it is, or ends with behind a '=' or a ','. */
static const char *replace_path(struct arena *arena, const char *word, const char *path,
                                const char *other)
{
    const size_t length = strlen(word), path_length = strlen(path);
    if (length < path_length || strcmp(word + length - path_length, path) != 0)
        return word;
    const size_t before = length - path_length;
    if (before > 0 && word[before - 1] != '=' && word[before - 1] != ',')
        return word;
    return arena_format(arena, "%.*s%s", (int)before, word, other);
}

static struct run_files run_files_of(struct arena *arena, const struct link_step *step,
                                     unsigned number)
{
    struct run_files files = {
        .output = private_name(arena, step->output_path, number),
        .map = step->map_path == NULL ? NULL : private_name(arena, step->map_path, number),
        .dependency = private_name(arena, step->dependency_path, number)};
    const char **argv = ARENA_ARRAY(arena, const char *, step->argument_count + 1);
    for (size_t i = 0; i < step->argument_count; i++) {
        const char *word = step->argv[i];
        word = replace_path(arena, word, step->output_path, files.output);
        word = replace_path(arena, word, step->dependency_path, files.dependency);
        if (files.map != NULL)
            word = replace_path(arena, word, step->map_path, files.map);
        argv[i] = word;
    }
    files.argv = argv;
    return files;
}

static void remove_files(const struct run_files *files)
{
    file_remove(files->output);
    file_remove(files->dependency);
    if (files->map != NULL)
        file_remove(files->map);
}

/* Gives the files their names. A linker that said that all went well may have written none. */
static bool keep_files(const struct link_step *step, const struct run_files *files,
                       struct diag_list *diags)
{
    struct file_stamp stamp;
    if (!file_look(files->output, &stamp) || stamp.bytes == 0) {
        diag_error(diags, "link-no-output", step->program->pos,
                   "%s: the linker reported success, but %s", step->program->name,
                   file_look(files->output, &stamp) ? "its output is empty" : "wrote no output");
        diag_hint(diags, "run `%s` by hand, and check its launcher or wrapper and the free space",
                  step->argv[0]);
        return false;
    }
    if (files->map != NULL && file_look(files->map, &stamp) &&
        !file_rename(files->map, step->map_path, diags))
        return false;
    return (!file_look(files->dependency, &stamp) ||
            file_rename(files->dependency, step->dependency_path, diags)) &&
           file_rename(files->output, step->output_path, diags);
}

/* ---- running ---- */

/* Also removes what stands where the outputs are to come, and what a killed run left there. */
static bool write_scripts(struct arena *arena, const struct link_step *steps, size_t count,
                          struct diag_list *diags)
{
    for (size_t i = 0; i < count; i++) {
        if (!script_check_sections(arena, steps[i].program, diags))
            return false;
        if (!file_write(arena, steps[i].script_path, span_of_text(steps[i].script_text),
                        FILE_NOT_SYNCED, diags))
            return false;
        file_remove_leftovers(arena, path_folder(arena, steps[i].output_path));
        file_remove_leftovers(arena, path_folder(arena, steps[i].dependency_path));
        file_remove(steps[i].output_path); /* so that an old one is never taken for the new */
        file_remove(steps[i].dependency_path);
        if (steps[i].map_path != NULL)
            file_remove(steps[i].map_path);
    }
    return true;
}

static void take_result(struct arena *arena, const struct process_job *job, struct link_step *step)
{
    step->output = job->output;
    step->exit_status = job->exit_status;
    step->signal_number = job->signal_number;
    step->failed = job->end != PROCESS_EXITED || job->exit_status != 0;
    step->end = job->end;
    if (step->failed)
        step->overflows =
            link_report_overflows(arena, step->program, step->output, &step->overflow_count);
}

/* Sections that are not loaded lose their contents in the link, so the files that went into it are
 * looked at. */
static bool check_noload(struct arena *arena, const struct link_step *step, struct diag_list *diags)
{
    const struct program *program = step->program;
    struct span output;
    if (program->user_script != NULL)
        return true;
    if (!file_read(arena, step->output_path, OBJECTS_FILE_LIMIT, program->pos, &output, diags))
        return false;
    if (!noload_is_used(program, output))
        return true;
    struct path_list inputs = {0};
    return link_inputs(arena, step, &inputs, diags) &&
           noload_check(arena, program, inputs.items, inputs.count, diags);
}

bool link_run(struct arena *arena, struct link_step *steps, size_t count,
              const struct process_pool_options *options, struct diag_list *diags)
{
    if (!write_scripts(arena, steps, count, diags))
        return false;
    struct process_job *jobs = ARENA_ARRAY(arena, struct process_job, count);
    struct run_files *files = ARENA_ARRAY(arena, struct run_files, count);
    for (size_t i = 0; i < count; i++) {
        files[i] = run_files_of(arena, &steps[i], (unsigned)i);
        jobs[i].argv = files[i].argv;
    }
    bool good = process_run_all(arena, jobs, count, options, diags);
    bool all_linked = true;
    for (size_t i = 0; i < count; i++) {
        take_result(arena, &jobs[i], &steps[i]);
        all_linked = all_linked && !steps[i].failed;
        good = (steps[i].failed || keep_files(&steps[i], &files[i], diags)) && good;
        remove_files(&files[i]); /* what has not got its name is of no use */
    }
    /* a linker that failed is told of first: what it broke, such as a full disk, breaks the look at
     * the others too */
    for (size_t i = 0; good && all_linked && i < count; i++)
        good = check_noload(arena, &steps[i], diags) && good;
    return good;
}
