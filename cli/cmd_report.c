/* `imgbuild report`: where the memory went, for an archive or a build folder. */
#include "cli/command.h"
#include "cli/report/report_csv.h"
#include "cli/report/report_html.h"
#include "cli/report/report_json.h"
#include "cli/report/report_text.h"
#include "cli/report_artifact.h"

#include <string.h>

typedef const char *format_fn(const struct report *report, struct arena *arena);

static const struct {
    const char *name;
    format_fn *function;
} formats[] = {
    {"text", report_text},
    {"json", report_json_text},
    {"html", report_html},
    {"csv", report_csv},
};

static format_fn *find_format(const struct invocation *invocation)
{
    const char *name = options_value(&invocation->options, "format");
    if (name == NULL)
        return options_flag(&invocation->options, "json") ? report_json_text : report_text;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(formats[i].name, name) == 0)
            return formats[i].function;
    }
    return NULL;
}

static enum exit_status run(struct invocation *invocation)
{
    format_fn *format = find_format(invocation);
    if (format == NULL)
        return command_usage(invocation, "unknown --format '%s': expected text, json, html or csv",
                             options_value(&invocation->options, "format"));
    struct artifact artifact;
    struct report report;
    if (!artifact_open(invocation->options.words[0], options_value(&invocation->options, "slot"),
                       invocation->arena, &artifact, invocation->diags) ||
        !report_of_artifact(&artifact, &report))
        return EXIT_INPUT;
    return terminal_print(invocation->terminal, format(&report, invocation->arena)) ? EXIT_DONE
                                                                                    : EXIT_INPUT;
}

static const struct option options[] = {
    {"format", 0, OPTION_ONE, "text|json|html|csv", "output format (default text)"},
    {"json", 0, OPTION_FLAG, NULL, "the same as --format json"},
    {"slot", 0, OPTION_ONE, "NAME", "the image slot, for a build folder with several"},
};

const struct command command_report = {
    .name = "report",
    .words = "ARCHIVE|FOLDER",
    .least_words = 1,
    .most_words = 1,
    .summary = "show where every byte of an image went",
    .help = "Prints the report of an archive or a build folder: memories, MPU\n"
            "regions, tasks, and their sections, objects and symbols. Text and HTML are\n"
            "report.txt and report.html; CSV has one row per symbol, and the rows add up to the "
            "memory;\n"
            "in CSV, a name that a spreadsheet would read as a formula is prefixed with an "
            "apostrophe.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
