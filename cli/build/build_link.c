#include "cli/build/build_link.h"

#include "base/buffer.h"
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
    return link_inputs(build->arena, step, &inputs, build->diags) &&
           build_state_record(build->state, step, build->linker_path, &inputs, build->diags);
}

/* With -v: the command as a shell would accept it, except for unusual characters. */
static void show_command(struct build *build, const struct link_step *step)
{
    struct buffer line = buffer_in(build->arena);
    for (size_t i = 0; i < step->argument_count; i++)
        buffer_format(&line, "%s%s", i == 0 ? "" : " ", step->argv[i]);
    progress_detail(build->progress, shown_text(build->arena, buffer_text(&line)));
}

/* The steps that must run, in order. */
static size_t stale_steps(struct build *build, const struct link_step *steps, size_t count,
                          struct link_step *ret_stale)
{
    size_t stale_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (build_state_is_fresh(build->state, &steps[i], build->linker_path))
            continue;
        show_command(build, &steps[i]);
        ret_stale[stale_count++] = steps[i];
    }
    return stale_count;
}

bool build_link_steps(struct build *build, struct link_step *steps, size_t count, const char *what)
{
    struct link_step *stale = ARENA_ARRAY(build->arena, struct link_step, count);
    const size_t stale_count = stale_steps(build, steps, count, stale);
    struct linking linking = {build, what};
    bool ok = stale_count == 0 || link_run(build->arena, stale, stale_count, build->parallel,
                                           show_progress, &linking, build->diags);
    for (size_t i = 0; ok && i < stale_count; i++)
        link_report(build->arena, &stale[i], build->diags);
    for (size_t i = 0; i < stale_count; i++)
        ok = ok && !stale[i].failed;
    for (size_t i = 0; ok && i < stale_count; i++)
        ok = record(build, &stale[i]);
    for (size_t i = 0; ok && i < count; i++) {
        struct path_list inputs = {0};
        ok = link_inputs(build->arena, &steps[i], &inputs, build->diags);
        add_inputs(build, &inputs);
    }
    return ok;
}
