/* `imgbuild layout`: plans without objects or linker. */
#include "cli/inputs.h"
#include "cli/layout_json.h"
#include "cli/report_text.h"

static enum exit_status print_layout(struct invocation *invocation, const struct plan_slot *slot,
                                     const struct plan *plan)
{
    const char *text = options_flag(&invocation->options, "json")
                           ? layout_json(slot, plan, invocation->arena)
                           : report_text_of_layout(slot, plan, invocation->arena);
    return terminal_print(invocation->terminal, text) ? EXIT_DONE : EXIT_INPUT;
}

static enum exit_status run(struct invocation *invocation)
{
    const char *sizes_path = options_value(&invocation->options, "sizes");
    if (sizes_path == NULL) {
        const enum exit_status status = command_usage(invocation, "`layout` wants --sizes FILE");
        diag_hint(invocation->diags, "FILE holds `sizes: {TASK: {MEMORY: BYTES}}`");
        return status;
    }
    struct manifest manifest;
    enum exit_status status;
    if (!inputs_load_board(invocation, MANIFEST_FOR_PLAN, &manifest, &status))
        return status;
    struct manifest_sizes sizes;
    if (!manifest_sizes_load(invocation->arena, sizes_path, &manifest, &sizes, invocation->diags))
        return EXIT_INPUT;
    struct plan_slot *slots;
    size_t slot_count;
    plan_slots(&manifest, invocation->arena, &slots, &slot_count);
    const struct plan_slot *slot;
    const char *slot_name = options_value(&invocation->options, "slot");
    if (!inputs_find_slot(invocation, slots, slot_count, slot_name, &slot))
        return EXIT_USAGE;
    const struct plan_sizes planned = plan_sizes_from(&manifest, &sizes, invocation->arena);
    struct plan plan;
    if (!plan_layout(slot, &planned, invocation->arena, &plan, invocation->diags))
        return EXIT_INPUT;
    return print_layout(invocation, slot, &plan);
}

static const struct option options[] = {
    OPTION_DEFINE,
    {"sizes", 0, OPTION_ONE, "FILE", "bytes of each task in each memory (YAML)"},
    {"slot", 0, OPTION_ONE, "NAME", "plan this image slot (default: the first)"},
    {"json", 0, OPTION_FLAG, NULL, "print the layout as JSON"},
};

const struct command command_layout = {
    .name = "layout",
    .words = "BOARD.yaml",
    .least_words = 1,
    .most_words = 1,
    .summary = "plan where everything lies, from sizes alone",
    .help = "Packs the tasks of a board into MPU regions without objects or linker. FILE holds\n"
            "`sizes: {TASK: {MEMORY: BYTES}}`; `kernel` is allowed as a task.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
