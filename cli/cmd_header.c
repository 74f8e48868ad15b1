/* `imgbuild header`: the numbers of the build as C macros. */
#include "cli/inputs.h"
#include "cli/plan/header_text.h"

static bool find_task(struct invocation *invocation, const struct manifest *manifest,
                      const char *name, size_t *ret)
{
    if (manifest_find_task(manifest, name, ret))
        return true;
    const char **names = ARENA_ARRAY(invocation->arena, const char *, manifest->task_count);
    for (size_t i = 0; i < manifest->task_count; i++)
        names[i] = manifest->tasks[i].name.text;
    command_usage(invocation, "unknown task '%s'", name);
    const char *nearest = diag_nearest(name, names, manifest->task_count);
    if (nearest != NULL)
        diag_hint(invocation->diags, "did you mean '%s'?", nearest);
    return false;
}

static enum exit_status print_header(struct invocation *invocation, const struct plan_slot *slot,
                                     const char *task_name)
{
    const char *text = NULL;
    if (task_name == NULL) {
        if (!header_text_of_kernel(slot, invocation->arena, &text, invocation->diags))
            return EXIT_INPUT;
    } else {
        size_t task;
        if (!find_task(invocation, slot->manifest, task_name, &task))
            return EXIT_USAGE;
        if (!header_text_of_task(slot, task, invocation->arena, &text, invocation->diags))
            return EXIT_INPUT;
    }
    const char *path = options_value(&invocation->options, "output");
    if (path != NULL)
        return file_write(invocation->arena, path, span_of_text(text), FILE_NOT_SYNCED,
                          invocation->diags)
                   ? EXIT_DONE
                   : EXIT_INPUT;
    return terminal_print(invocation->terminal, text) ? EXIT_DONE : EXIT_INPUT;
}

static enum exit_status run(struct invocation *invocation)
{
    const char *task = options_value(&invocation->options, "task");
    if ((task == NULL) != options_flag(&invocation->options, "kernel")) {
        const enum exit_status status =
            command_usage(invocation, "give either --task NAME or --kernel");
        return status;
    }
    struct manifest manifest;
    enum exit_status status;
    if (!inputs_load_board(invocation, MANIFEST_FOR_PLAN, &manifest, &status))
        return status;
    struct plan_slot *slots;
    size_t slot_count;
    plan_slots(&manifest, invocation->arena, &slots, &slot_count);
    const struct plan_slot *slot;
    const char *slot_name = options_value(&invocation->options, "slot");
    if (!inputs_find_slot(invocation, slots, slot_count, slot_name, &slot))
        return EXIT_USAGE;
    return print_header(invocation, slot, task);
}

static const struct option options[] = {
    OPTION_DEFINE,
    {"task", 't', OPTION_ONE, "NAME", "print the numbers of this task"},
    {"kernel", 0, OPTION_FLAG, NULL, "print the kernel's numbers: the index of every task"},
    {"slot", 0, OPTION_ONE, "NAME", "the image slot (default: the first)"},
    {"output", 'o', OPTION_ONE, "FILE", "write to FILE, unless its contents would not change"},
};

const struct command command_header = {
    .name = "header",
    .words = "BOARD.yaml",
    .least_words = 1,
    .most_words = 1,
    .summary = "print a task's indices, masks and config as C macros",
    .help =
        "Macros: IMGBUILD_TASK_INDEX, TASK_<SLOT> for each call, NOTIFY_<NAME>, "
        "PERIPH_<NAME>_BASE,\n"
        "MAP_<MEMORY>_BASE and _END, and CONFIG_<KEY> for each value of the task's `config`\n"
        "(keys of nested mappings are joined with `_`; a list has an index each and a _COUNT).\n"
        "Names are in upper case, with `_` for anything but letters and digits.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
