/* `imgbuild layout`: plans without objects or a linker. */
#include "cli/inputs.h"
#include "cli/plan/explain_text.h"
#include "cli/plan/layout_json.h"
#include "cli/plan/lock_file.h"
#include "cli/plan/plan_diff.h"
#include "cli/plan/what_if.h"
#include "cli/report/report_text.h"
#include "manifests/yaml/number.h"

#include <string.h>

/* A board with sizes, planned. */
struct planned {
    struct manifest manifest;
    struct plan_sizes sizes;
    const struct plan_slot *slot;
    struct plan plan;
};

/* The lock beside the board, if `--locked` is given. */
static enum exit_status read_lock(struct invocation *invocation, const struct planned *planned,
                                  struct lock_file *ret)
{
    const char *locked = options_value(&invocation->options, "locked");
    struct lock_file lock = {0};
    if (locked != NULL && !lock_file_ask_locked(locked, &lock))
        return command_usage(invocation,
                             "invalid --locked '%s': expected strict or a percentage such as 2%%",
                             locked);
    if (!lock_file_read(invocation->options.words[0], &planned->manifest, invocation->arena, &lock,
                        invocation->diags))
        return EXIT_INPUT;
    *ret = lock;
    return EXIT_DONE;
}

enum { EFFORT_MOST = 1000 };

/* --effort N: how many times as long as usual to search. */
static bool read_effort(struct invocation *invocation, uint32_t *ret)
{
    const char *text = options_value(&invocation->options, "effort");
    uint64_t effort = 1;
    if (text != NULL &&
        (number_parse(text, &effort) != NUMBER_GOOD || effort == 0 || effort > EFFORT_MOST)) {
        command_usage(invocation, "--effort wants a number from 1 to %d, not '%s'", EFFORT_MOST,
                      text);
        return false;
    }
    *ret = (uint32_t)effort;
    return true;
}

/* Plans a loaded board. With what_if NULL, the sizes are those in the file. */
static enum exit_status plan_board(struct invocation *invocation, struct planned *planned,
                                   const struct what_if *what_if)
{
    struct arena *arena = invocation->arena;
    const char *sizes_path = options_value(&invocation->options, "sizes");
    struct manifest_sizes sizes;
    if (!manifest_sizes_load(arena, sizes_path, &planned->manifest, &sizes, invocation->diags))
        return EXIT_INPUT;
    planned->sizes = plan_sizes_from(&planned->manifest, &sizes, arena);
    if (what_if != NULL &&
        !what_if_apply(what_if, &planned->manifest, arena, &planned->sizes, invocation->diags))
        return EXIT_USAGE;
    struct plan_slot *slots;
    size_t slot_count;
    plan_slots(&planned->manifest, arena, &slots, &slot_count);
    const char *slot_name = options_value(&invocation->options, "slot");
    if (!inputs_find_slot(invocation, slots, slot_count, slot_name, &planned->slot))
        return EXIT_USAGE;
    struct lock_file lock;
    const enum exit_status status = read_lock(invocation, planned, &lock);
    if (status != EXIT_DONE)
        return status;
    struct plan_lock slot_lock = lock_file_of_slot(&lock, planned->slot, arena);
    if (!read_effort(invocation, &slot_lock.effort))
        return EXIT_USAGE;
    if (plan_layout(planned->slot, &planned->sizes, &slot_lock, arena, &planned->plan,
                    invocation->diags))
        return EXIT_DONE;
    planned->plan.is_overflowing =
        plan_overflowing(planned->slot, &planned->sizes, arena, &planned->plan);
    return EXIT_INPUT;
}

/* `--explain TASK` */
static enum exit_status print_explanation(struct invocation *invocation,
                                          const struct planned *planned, const char *name)
{
    size_t task;
    if (!manifest_find_task(&planned->manifest, name, &task))
        return command_usage(invocation, "unknown task '%s'", name);
    const char *text = explain_text_of_task(&planned->plan, task, invocation->arena);
    return terminal_print(invocation->terminal, text) ? EXIT_DONE : EXIT_INPUT;
}

static enum exit_status print_layout(struct invocation *invocation, const struct planned *planned)
{
    const char *explained = options_value(&invocation->options, "explain");
    if (explained != NULL)
        return print_explanation(invocation, planned, explained);
    const char *text =
        options_flag(&invocation->options, "json")
            ? layout_json(planned->slot, &planned->plan, invocation->arena)
            : report_text_of_layout(planned->slot, &planned->plan, invocation->arena);
    return terminal_print(invocation->terminal, text) ? EXIT_DONE : EXIT_INPUT;
}

/* The report of a board that does not fit, beside the errors: it shows where the bytes are. */
static enum exit_status print_overflowing(struct invocation *invocation,
                                          const struct planned *planned)
{
    const bool is_report = !options_flag(&invocation->options, "json") &&
                           options_value(&invocation->options, "explain") == NULL;
    if (!is_report)
        return EXIT_INPUT;
    const char *text = report_text_of_layout(planned->slot, &planned->plan, invocation->arena);
    const bool is_printed = terminal_print(invocation->terminal, text);
    (void)is_printed; /* the board is at fault either way */
    return EXIT_INPUT;
}

static enum exit_status print_changed(struct invocation *invocation, const struct planned *before,
                                      const struct planned *after)
{
    const enum exit_status status = print_layout(invocation, after);
    if (status != EXIT_DONE)
        return status;
    const char *text = arena_format(invocation->arena, "\nchanges from the current board:\n%s",
                                    plan_diff_text(&before->plan, &after->plan, invocation->arena));
    return terminal_print(invocation->terminal, text) ? EXIT_DONE : EXIT_INPUT;
}

static bool load_changed(const struct manifest *before, const struct what_if *what_if,
                         struct manifest *ret, struct diag_list *diags)
{
    const struct manifest_options options = {.variables = before->variables,
                                             .variable_count = before->variable_count,
                                             .settings = what_if->manifest,
                                             .setting_count = what_if->manifest_count,
                                             .scope = MANIFEST_FOR_PLAN};
    if (what_if->manifest_count != 0)
        return manifest_load_again(before, &options, ret, diags);
    *ret = *before;
    return true;
}

/* Reads --set; ret has room for all of its values. */
static bool read_settings(struct invocation *invocation, struct manifest_setting *ret)
{
    const struct option_values *values = options_values(&invocation->options, "set");
    for (size_t i = 0; i < values->count; i++) {
        const char *equals = strchr(values->items[i], '=');
        if (equals == NULL || equals == values->items[i]) {
            command_usage(invocation, "invalid --set '%s': expected KEY=VALUE", values->items[i]);
            return false;
        }
        const size_t bytes = (size_t)(equals - values->items[i]);
        ret[i] = (struct manifest_setting){
            arena_copy_text(invocation->arena, values->items[i], bytes), equals + 1};
    }
    return true;
}

/* Plans the board as it is and with the settings applied. If the board does not fit as it is, the
 * settings are planned anyway, to find out what would help. */
static enum exit_status run_what_if(struct invocation *invocation, struct planned *before)
{
    const size_t count = options_values(&invocation->options, "set")->count;
    struct manifest_setting *settings =
        ARENA_ARRAY(invocation->arena, struct manifest_setting, count);
    if (!read_settings(invocation, settings))
        return EXIT_USAGE;
    const struct what_if what_if =
        what_if_of(settings, count, &before->manifest, invocation->arena);
    struct planned *after = ARENA_NEW(invocation->arena, struct planned);
    if (!load_changed(&before->manifest, &what_if, &after->manifest, invocation->diags))
        return EXIT_INPUT;
    enum exit_status status = plan_board(invocation, after, &what_if);
    if (status != EXIT_DONE)
        return after->plan.is_overflowing ? print_overflowing(invocation, after) : status;
    if (options_flag(&invocation->options, "json"))
        return print_layout(invocation, after); /* which has no differences to show */
    struct diag_list *diags = invocation->diags;
    struct diag_list ignored = diag_list_in(invocation->arena);
    invocation->diags = &ignored;
    const bool fits_as_it_is = plan_board(invocation, before, NULL) == EXIT_DONE;
    invocation->diags = diags;
    return fits_as_it_is ? print_changed(invocation, before, after)
                         : print_layout(invocation, after);
}

static enum exit_status run(struct invocation *invocation)
{
    if (options_value(&invocation->options, "sizes") == NULL) {
        const enum exit_status status = command_usage(invocation, "missing --sizes FILE");
        diag_hint(invocation->diags, "write `sizes: {TASK: {MEMORY: BYTES}}` into FILE");
        return status;
    }
    struct planned *planned = ARENA_NEW(invocation->arena, struct planned);
    enum exit_status status;
    if (!inputs_load_board(invocation, MANIFEST_FOR_PLAN, &planned->manifest, &status))
        return status;
    if (options_values(&invocation->options, "set")->count != 0)
        return run_what_if(invocation, planned);
    status = plan_board(invocation, planned, NULL);
    if (status == EXIT_DONE)
        return print_layout(invocation, planned);
    return planned->plan.is_overflowing ? print_overflowing(invocation, planned) : status;
}

static const struct option options[] = {
    OPTION_DEFINE,
    {"sizes", 0, OPTION_ONE, "FILE", "bytes of each task in each memory (YAML)"},
    {"set", 0, OPTION_MANY, "KEY=VALUE",
     "change a size (TASK.MEMORY=+2K) or a key of the manifest"},
    {"explain", 0, OPTION_ONE, "TASK", "explain why this task's blocks are where they are"},
    {"locked", 0, OPTION_MAYBE, "2%|strict",
     "keep blocks where imgbuild.lock has them; extra waste allowed (default 2%), or strict"},
    {"effort", 0, OPTION_ONE, "N", "search N times as long for a smaller layout (default: 1)"},
    {"slot", 0, OPTION_ONE, "NAME", "the image slot (default: the first)"},
    {"json", 0, OPTION_FLAG, NULL, "print the layout as JSON"},
};

const struct command command_layout = {
    .name = "layout",
    .words = "BOARD.yaml",
    .least_words = 1,
    .most_words = 1,
    .summary = "plan the layout from sizes alone",
    .help =
        "Packs the tasks of a board into MPU regions without objects or a linker. FILE contains\n"
        "`sizes: {TASK: {MEMORY: BYTES}}`; `kernel` is allowed as a task. With --set, prints the\n"
        "layout of a changed board and the differences: --set net.ram=+2K (a size),\n"
        "--set mpu.subregions=false, --set tasks.net.regions.split=false (manifest keys).\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
