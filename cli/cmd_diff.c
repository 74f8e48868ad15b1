/* `imgbuild diff`: what changed from one image to another, and whether the change is acceptable. */
#include "cli/command.h"
#include "cli/diff/diff_compare.h"
#include "cli/diff/diff_html.h"
#include "cli/diff/diff_json.h"
#include "cli/diff/diff_limits.h"
#include "cli/diff/diff_markdown.h"
#include "cli/diff/diff_text.h"
#include "cli/report_artifact.h"

#include <string.h>

enum { SYMBOLS_SHOWN = 20, SYMBOLS_ON_PAGE = 2000, SYMBOL_DIGITS = 9 };

enum format { FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_JSON, FORMAT_HTML };

static const char *const format_names[] = {"text", "markdown", "json", "html"};

struct asked {
    enum format format;
    size_t symbols_most;
};

static bool read_format(const struct options *options, enum format *ret)
{
    const char *name = options_value(options, "format");
    if (name == NULL) {
        *ret = options_flag(options, "json") ? FORMAT_JSON : FORMAT_TEXT;
        return true;
    }
    for (size_t i = 0; i < sizeof format_names / sizeof *format_names; i++) {
        if (strcmp(format_names[i], name) == 0) {
            *ret = (enum format)i;
            return true;
        }
    }
    return false;
}

static bool read_symbols(const struct options *options, enum format format, size_t *ret)
{
    const char *text = options_value(options, "symbols");
    *ret = format == FORMAT_HTML ? SYMBOLS_ON_PAGE : SYMBOLS_SHOWN;
    if (text == NULL)
        return true;
    if (strcmp(text, "all") == 0) {
        *ret = SIZE_MAX;
        return true;
    }
    const size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > SYMBOL_DIGITS || text[digits] != '\0')
        return false;
    *ret = 0;
    for (size_t i = 0; i < digits; i++)
        *ret = *ret * 10 + (size_t)(text[i] - '0');
    return true;
}

static bool read_side(struct invocation *invocation, size_t word, struct report *ret)
{
    struct artifact artifact;
    return artifact_open(invocation->options.words[word],
                         options_value(&invocation->options, "slot"), invocation->arena, &artifact,
                         invocation->diags) &&
           report_of_artifact(&artifact, ret);
}

static bool read_limits(struct invocation *invocation, const struct diff *diff,
                        struct diff_limit **ret, size_t *ret_count)
{
    const struct option_values *texts = options_values(&invocation->options, "fail-on");
    struct diff_limit *limits = ARENA_ARRAY(invocation->arena, struct diff_limit, texts->count);
    bool ok = true;
    for (size_t i = 0; i < texts->count; i++)
        ok = diff_limit_read(texts->items[i], diff, invocation->arena, &limits[i],
                             invocation->diags) &&
             ok;
    *ret = limits;
    *ret_count = texts->count;
    return ok;
}

static const char *formatted(const struct diff *diff, const struct asked *asked,
                             struct arena *arena)
{
    switch (asked->format) {
    case FORMAT_TEXT:
        return diff_text(diff, asked->symbols_most, arena);
    case FORMAT_MARKDOWN:
        return diff_markdown(diff, asked->symbols_most, arena);
    case FORMAT_JSON:
        return diff_json(diff, arena);
    case FORMAT_HTML:
        return diff_html(diff, asked->symbols_most, arena);
    }
    return "";
}

static enum exit_status compare(struct invocation *invocation, const struct asked *asked)
{
    struct report was, is;
    struct diff_limit *limits;
    size_t limit_count;
    const bool has_old = read_side(invocation, 0, &was);
    if (!read_side(invocation, 1, &is) || !has_old)
        return EXIT_INPUT;
    const struct diff diff = diff_compare(&was, &is, invocation->arena);
    if (!read_limits(invocation, &diff, &limits, &limit_count))
        return EXIT_USAGE;
    const bool is_printed =
        terminal_print(invocation->terminal, formatted(&diff, asked, invocation->arena));
    const bool is_allowed =
        diff_limits_check(&diff, limits, limit_count, invocation->arena, invocation->diags);
    return is_printed && is_allowed ? EXIT_DONE : EXIT_INPUT;
}

static enum exit_status run(struct invocation *invocation)
{
    const struct options *options = &invocation->options;
    struct asked asked;
    if (!read_format(options, &asked.format))
        return command_usage(invocation,
                             "unknown --format '%s': expected text, markdown, json or html",
                             options_value(options, "format"));
    if (!read_symbols(options, asked.format, &asked.symbols_most))
        return command_usage(invocation, "invalid --symbols '%s': expected a number or all",
                             options_value(options, "symbols"));
    return compare(invocation, &asked);
}

static const struct option options[] = {
    {"format", 0, OPTION_ONE, "text|markdown|json|html", "output format (default text)"},
    {"json", 0, OPTION_FLAG, NULL, "the same as --format json"},
    {"symbols", 0, OPTION_ONE, "N|all", "how many to show (default 20, HTML 2000; JSON: all)"},
    {"fail-on", 0, OPTION_MANY, "CONDITION",
     "exit with status 1 if it is met, such as 'flash>+1K'"},
    {"slot", 0, OPTION_ONE, "NAME", "the image slot, for a build folder with several"},
};

const struct command command_diff = {
    .name = "diff",
    .words = "OLD NEW",
    .least_words = 2,
    .most_words = 2,
    .summary = "show what changed from one image to another",
    .help =
        "OLD and NEW are archives or build folders. A CONDITION of --fail-on is\n"
        "a subject, one of > >= < <= = and a value, optionally separated by spaces.\n"
        "Subjects:\n"
        "  MEMORY                bytes used; also MEMORY.free, .need, .padding, .gap\n"
        "  TASK.MEMORY           bytes that a task or the kernel needs; also .size, .padding\n"
        "  slots, regions        of each task; TASK.slots and TASK.regions of one\n"
        "  padding, gap          of all memories together\n"
        "  moved                 blocks that start at a different address\n"
        "  boundaries            blocks whose region boundaries moved although the task is\n"
        "                        unchanged\n"
        "Values: 400K is compared with the new value, +1K with the growth (-1K: it shrank), 90%\n"
        "is of the memory's size, +5% of the old value. What an image lacks counts as 0. If a\n"
        "condition is met, the exit status is 1; all conditions that are met are printed.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
