/* `imgbuild check`: reads a board and reports its mistakes. */
#include "cli/format/diag_json.h"
#include "cli/inputs.h"
#include "cli/plan/task_symbols.h"

static enum exit_status check(struct invocation *invocation)
{
    struct manifest manifest;
    enum exit_status status;
    if (!inputs_load_board(invocation, MANIFEST_FOR_PLAN, &manifest, &status))
        return status;
    struct plan_slot *slots;
    size_t slot_count;
    plan_slots(&manifest, invocation->arena, &slots, &slot_count);
    for (size_t i = 0; i < manifest.task_count; i++) {
        struct task_symbols symbols;
        if (!task_symbols_of(&slots[0], i, invocation->arena, &symbols, invocation->diags))
            continue; /* the next task may have other mistakes */
    }
    return command_status(invocation);
}

static enum exit_status run(struct invocation *invocation)
{
    const enum exit_status status = check(invocation);
    if (!options_flag(&invocation->options, "json") || status == EXIT_USAGE)
        return status;
    diag_sort(invocation->diags);
    const char *json = diag_json(invocation->diags, invocation->arena);
    *invocation->diags = diag_list_in(invocation->arena); /* they have been printed */
    return terminal_print(invocation->terminal, json) ? status : EXIT_INPUT;
}

static const struct option options[] = {
    OPTION_DEFINE,
    {"json", 0, OPTION_FLAG, NULL, "print the mistakes to standard output as JSON"},
};

const struct command command_check = {
    .name = "check",
    .words = "BOARD.yaml",
    .least_words = 1,
    .most_words = 1,
    .summary = "check a manifest, without objects or linker",
    .help = "Reads the board and everything it inherits, and prints every mistake with its\n"
            "position. Prints nothing if there are none.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
