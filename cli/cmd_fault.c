/* `imgbuild fault`: explains fault records of a kernel. */
#include "cli/address/fault_explain.h"
#include "cli/address/fault_images.h"
#include "cli/command.h"

#include "base/input_lines.h"

struct explaining {
    struct invocation *invocation;
    struct fault_images *images;
    struct arena *scratch; /* of one record */
    enum address_names names;
    enum fault_match match;
    bool as_json;
    size_t record_count, other_count;
};

static bool print_report(struct explaining *explaining, struct address_book *book,
                         const struct fault_record *record)
{
    struct arena *scratch = explaining->scratch;
    const struct fault_report report = fault_explain(book, record, explaining->names, scratch);
    const char *text = explaining->as_json ? fault_report_json(book, &report, scratch)
                                           : fault_report_text(book, &report, scratch);
    if (!explaining->as_json && explaining->record_count > 1)
        text = arena_format(scratch, "\n%s", text);
    return terminal_print(explaining->invocation->terminal, text);
}

/* A record that cannot be explained is an error, but the records after it are still explained. */
static bool explain_line(struct explaining *explaining, struct span line, struct source_pos pos)
{
    struct diag_list *diags = explaining->invocation->diags;
    struct fault_record record;
    bool ok = true;
    switch (fault_record_read(line, pos, explaining->scratch, &record, diags)) {
    case FAULT_OTHER_LINE:
        explaining->other_count++;
        break;
    case FAULT_DAMAGED:
        explaining->record_count++;
        break;
    case FAULT_RECORD: {
        struct address_book *book =
            fault_images_find(explaining->images, record.archive_id, explaining->match, pos);
        explaining->record_count++;
        ok = book == NULL || print_report(explaining, book, &record);
        break;
    }
    }
    arena_reset(explaining->scratch);
    return ok;
}

static bool explain_lines(struct explaining *explaining, struct input_lines *lines)
{
    struct diag_list *diags = explaining->invocation->diags;
    struct span line;
    for (;;) {
        switch (input_lines_next(lines, &line, diags)) {
        case INPUT_LINE:
            if (!explain_line(explaining, line, lines->pos))
                return false;
            break;
        case INPUT_WAITS:
            break;
        case INPUT_END:
            return true;
        case INPUT_FAILED:
            return false;
        }
    }
}

static bool explain(struct explaining *explaining, const char *path)
{
    struct invocation *invocation = explaining->invocation;
    struct input_lines lines;
    if (!input_lines_open(invocation->arena, path, &lines, invocation->diags))
        return false;
    const bool ok = explain_lines(explaining, &lines);
    input_lines_close(&lines);
    if (!ok)
        return false;
    terminal_say(invocation->terminal, VERBOSE,
                 arena_format(invocation->arena, "%zu fault records, %zu other lines",
                              explaining->record_count, explaining->other_count));
    if (explaining->record_count > 0)
        return true;
    diag_error(invocation->diags, "fault-none", (struct source_pos){lines.pos.file, 0, 0},
               "no fault record found");
    diag_hint(invocation->diags,
              "give one JSON object per line, with archive_id, task, kind, address, pc, …");
    return false;
}

static enum exit_status run(struct invocation *invocation)
{
    const struct options *options = &invocation->options;
    struct fault_images images;
    if (!fault_images_list(options->words[0], options_value(options, "slot"), invocation->arena,
                           &images, invocation->diags))
        return EXIT_INPUT;
    struct explaining explaining = {
        .invocation = invocation,
        .images = &images,
        .scratch = arena_create_like(invocation->arena),
        .names =
            options_flag(options, "no-demangle") ? ADDRESS_MANGLED_NAMES : ADDRESS_READABLE_NAMES,
        .match = options_flag(options, "force") ? FAULT_ANY_ID : FAULT_SAME_ID,
        .as_json = options_flag(options, "json"),
    };
    const bool ok = explain(&explaining, options->word_count > 1 ? options->words[1] : "-");
    fault_images_close(&images);
    arena_destroy(explaining.scratch);
    return ok ? command_status(invocation) : EXIT_INPUT;
}

static const struct option options[] = {
    {"slot", 0, OPTION_ONE, "NAME", "the image slot, for a build folder with several"},
    {"force", 0, OPTION_FLAG, NULL, "use this image even for records of another one"},
    {"no-demangle", 0, OPTION_FLAG, NULL, "print mangled C++ and Rust names"},
    {"json", 0, OPTION_FLAG, NULL, "print one line with a JSON object for each record"},
};

const struct command command_fault = {
    .name = "fault",
    .words = "ARCHIVE|FOLDER [FILE|-]",
    .least_words = 1,
    .most_words = 2,
    .summary = "explain fault records: what the task did, where, and why it failed",
    .help =
        "Reads fault records, one JSON object per line, from a file or standard input; other "
        "lines\n"
        "are skipped. FOLDER is a build folder, or a folder of archives, of which the one with\n"
        "the record's ID is used. A record of another image is an error.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
