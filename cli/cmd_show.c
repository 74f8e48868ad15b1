/* `imgbuild show`: prints the flattened manifest. */
#include "cli/inputs.h"
#include "cli/plan/node_json.h"

static enum exit_status run(struct invocation *invocation)
{
    struct manifest manifest;
    enum exit_status status;
    if (!inputs_load_board(invocation, MANIFEST_FOR_PLAN, &manifest, &status))
        return status;
    if (options_flag(&invocation->options, "json")) {
        struct json_writer writer = json_writer_in(invocation->arena, JSON_LINES);
        node_json_write(&writer, NULL, manifest.root, NODE_JSON_TYPED);
        const char *json = json_writer_end(&writer);
        return terminal_print(invocation->terminal, json) ? command_status(invocation) : EXIT_INPUT;
    }
    const enum manifest_origins origins =
        options_flag(&invocation->options, "origins") ? MANIFEST_WITH_ORIGINS : MANIFEST_PLAIN;
    const char *text = manifest_show(&manifest, origins, invocation->arena);
    return terminal_print(invocation->terminal, text) ? command_status(invocation) : EXIT_INPUT;
}

static const struct option options[] = {
    OPTION_DEFINE,
    {"json", 0, OPTION_FLAG, NULL, "print it as JSON"},
    {"origins", 0, OPTION_FLAG, NULL, "print the file and line after each value"},
};

const struct command command_show = {
    .name = "show",
    .words = "BOARD.yaml",
    .least_words = 1,
    .most_words = 1,
    .summary = "print a manifest with everything it inherits",
    .help = "Prints an equivalent single YAML document: the board merged over its chip and\n"
            "everything it inherits.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
