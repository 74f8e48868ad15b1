#include "cli/build/build_link.h"

#include "base/buffer.h"
#include "base/interruption.h"
#include "base/shown_text.h"
#include "linker/link/link_inputs.h"
#include "linker/link/link_report.h"

#include <string.h>

/* Which links are run, and for whom. */
struct linking {
    struct build *build;
    const char *what;
};

static void show_progress(void *context, size_t ended, size_t count)
{
    const struct linking *linking = context;
    struct build *build = linking->build;
    progress_show(build->progress,
                  arena_format(build->arena, "%s: %zu of %zu", linking->what, ended, count));
}

/* A file that the build itself made is not one of its inputs. */
static bool is_made_by_build(const struct build *build, const char *path)
{
    const size_t length = strlen(build->work_folder);
    return strncmp(path, build->work_folder, length) == 0 && path[length] == '/';
}

static void add_inputs(struct build *build, const struct path_list *inputs)
{
    for (size_t i = 0; i < inputs->count; i++) {
        if (!is_made_by_build(build, inputs->items[i]))
            path_list_add(&build->inputs, build->arena, inputs->items[i]);
    }
}

static bool record(struct build *build, const struct link_step *step)
{
    struct path_list inputs = {0};
    const struct build_run run = {.programs = &build->linker_programs, .inputs = &inputs};
    return link_inputs(build->arena, step, &inputs, build->diags) &&
           build_state_record(build->state, step, &run, build->diags);
}

/* ---- what is said of it ---- */

/* A word as a shell takes it for itself. */
static void add_word(struct buffer *line, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "%+,-./:=@_";
    if (*word != '\0' && strspn(word, plain) == strlen(word)) {
        buffer_append_text(line, word);
        return;
    }
    buffer_append_text(line, "'");
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            buffer_append_text(line, "'\\''");
        else
            buffer_append(line, word, 1);
    }
    buffer_append_text(line, "'");
}

/* With -v: the command, to be pasted into a shell. */
static void show_command(struct build *build, const struct link_step *step)
{
    struct buffer line = buffer_in(build->arena);
    for (size_t i = 0; i < step->argument_count; i++) {
        if (i > 0)
            buffer_append_text(&line, " ");
        add_word(&line, step->argv[i]);
    }
    progress_detail(build->progress, shown_text(build->arena, buffer_text(&line)));
}

static const char *reason_words(struct arena *arena, const struct build_staleness *staleness)
{
    switch (staleness->why) {
    case BUILD_FRESH:
        return "nothing changed";
    case BUILD_NEVER_RAN:
        return "no earlier run is known";
    case BUILD_OUTPUT_CHANGED:
        return arena_format(arena, "%s is missing or was changed", staleness->file);
    case BUILD_COMMAND_CHANGED:
        return "its command or script changed";
    case BUILD_INPUT_CHANGED:
        return staleness->file == NULL ? "its list of inputs changed"
                                       : arena_format(arena, "%s changed", staleness->file);
    case BUILD_FILE_APPEARED:
        return arena_format(arena, "%s appeared", staleness->file);
    }
    return "";
}

/* With --explain: why a linker runs. */
static void explain(const struct linking *linking, const struct link_step *step,
                    const struct build_staleness *staleness)
{
    struct build *build = linking->build;
    if (build->explains)
        progress_say(build->progress,
                     shown_text(build->arena, arena_format(build->arena, "%s %s: %s", linking->what,
                                                           step->program->name,
                                                           reason_words(build->arena, staleness))));
}

/* ---- running ---- */

/* The steps that must run, in order. */
static size_t stale_steps(const struct linking *linking, const struct link_step *steps,
                          size_t count, struct link_step *ret_stale)
{
    struct build *build = linking->build;
    size_t stale_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct build_staleness staleness =
            build_state_ask(build->state, &steps[i], &build->linker_programs);
        if (staleness.why == BUILD_FRESH)
            continue;
        explain(linking, &steps[i], &staleness);
        show_command(build, &steps[i]);
        build_state_forget(build->state, steps[i].output_path);
        ret_stale[stale_count++] = steps[i];
    }
    return stale_count;
}

/* False when a check of the board makes an error of what the linker said. */
static bool report(struct build *build, const struct link_step *step)
{
    enum diag_level level;
    const size_t errors_before = build->diags->error_count;
    link_report(build->arena, step, build->diags);
    if (manifest_check_is_on(build->manifest, "link-warning", DIAG_WARNING, &level))
        link_report_words(build->arena, step, level, build->diags);
    return build->diags->error_count == errors_before;
}

static bool run_steps(struct linking *linking, struct link_step *stale, size_t stale_count)
{
    struct build *build = linking->build;
    struct process_pool_options options = build->pool;
    options.progress = show_progress;
    options.progress_context = linking;
    bool ok = link_run(build->arena, stale, stale_count, &options, build->diags);
    for (size_t i = 0; i < stale_count && interruption_signal() == 0; i++) {
        const bool is_clean = report(build, &stale[i]);
        ok = ok && is_clean && !stale[i].failed;
    }
    for (size_t i = 0; ok && i < stale_count; i++)
        ok = record(build, &stale[i]);
    return ok;
}

bool build_link_steps(struct build *build, struct link_step *steps, size_t count, const char *what)
{
    struct linking linking = {build, what};
    struct link_step *stale = ARENA_ARRAY(build->arena, struct link_step, count);
    const size_t stale_count = stale_steps(&linking, steps, count, stale);
    if (stale_count != 0 && !run_steps(&linking, stale, stale_count))
        return false;
    for (size_t i = 0; i < count; i++)
        add_inputs(build, build_state_inputs(build->state, &steps[i]));
    return true;
}
