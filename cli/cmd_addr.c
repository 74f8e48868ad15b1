/* `imgbuild addr`: what lies at an address. */
#include "base/shown_text.h"
#include "cli/address/address_answer.h"
#include "cli/command.h"

#include "base/buffer.h"
#include "base/input_lines.h"

#include <string.h>

struct asking {
    struct invocation *invocation;
    struct address_book *book;
    struct arena *scratch; /* of one answer */
    struct buffer out;     /* answers not printed yet */
    enum address_names names;
    bool as_json;
};

enum { PRINTED_BYTES = 32 * 1024 };

static bool print(struct asking *asking)
{
    const bool ok = asking->out.bytes == 0 ||
                    terminal_print(asking->invocation->terminal, buffer_text(&asking->out));
    asking->out.bytes = 0;
    return ok;
}

static bool answer(struct asking *asking, uint64_t addr)
{
    const struct address_answer found =
        address_answer(asking->book, addr, asking->names, asking->scratch);
    buffer_append_text(
        &asking->out, asking->as_json ? address_answer_json(asking->book, &found, asking->scratch)
                                      : address_answer_text(asking->book, &found, asking->scratch));
    arena_reset(asking->scratch);
    return asking->out.bytes < PRINTED_BYTES || print(asking);
}

static struct span trimmed(struct span line)
{
    while (line.bytes > 0 && strchr(" \t\r", line.data[line.bytes - 1]) != NULL)
        line.bytes--;
    while (line.bytes > 0 && strchr(" \t", line.data[0]) != NULL)
        line = (struct span){line.data + 1, line.bytes - 1};
    return line;
}

enum { SHOWN_CHARACTERS = 40 };

static void refuse(struct asking *asking, struct span text, struct source_pos pos)
{
    struct arena *arena = asking->invocation->arena;
    const size_t shown = text.bytes < SHOWN_CHARACTERS ? text.bytes : SHOWN_CHARACTERS;
    diag_error(asking->invocation->diags, "addr-number", pos, "invalid address '%s'",
               shown_text(arena, arena_copy_text(arena, (const char *)text.data, shown)));
    diag_hint(asking->invocation->diags,
              "give a hexadecimal address of at most 32 bits, such as 0x801bffd");
}

/* One address per line; empty lines and lines that start with # are skipped. Any other line is an
 * error, but the rest is still answered. */
static bool ask_lines(struct asking *asking)
{
    struct invocation *invocation = asking->invocation;
    struct input_lines lines;
    struct span line;
    uint64_t addr;
    if (!input_lines_open(invocation->arena, "-", &lines, invocation->diags))
        return false;
    for (;;) {
        switch (input_lines_next(&lines, &line, invocation->diags)) {
        case INPUT_LINE:
            line = trimmed(line);
            if (line.bytes == 0 || line.data[0] == '#')
                break;
            if (!address_parse(line, &addr))
                refuse(asking, line, lines.pos);
            else if (!answer(asking, addr))
                return false;
            break;
        case INPUT_WAITS:
            if (!print(asking))
                return false;
            break;
        case INPUT_END:
            return print(asking);
        case INPUT_FAILED:
            return false;
        }
    }
}

static bool ask_words(struct asking *asking)
{
    const struct options *options = &asking->invocation->options;
    uint64_t addr;
    for (size_t i = 1; i < options->word_count; i++) {
        const struct span word = span_of_text(options->words[i]);
        if (!address_parse(word, &addr))
            refuse(asking, word, NOWHERE);
        else if (!answer(asking, addr))
            return false;
    }
    return print(asking);
}

static enum exit_status run(struct invocation *invocation)
{
    const struct options *options = &invocation->options;
    struct address_book book;
    struct asking asking = {
        .invocation = invocation,
        .book = &book,
        .scratch = arena_create_like(invocation->arena),
        .names =
            options_flag(options, "no-demangle") ? ADDRESS_MANGLED_NAMES : ADDRESS_READABLE_NAMES,
        .as_json = options_flag(options, "json"),
    };
    asking.out = buffer_in(invocation->arena);
    bool ok = address_book_open(options->words[0], options_value(options, "slot"),
                                invocation->arena, &book, invocation->diags);
    if (ok)
        ok = options->word_count == 2 && strcmp(options->words[1], "-") == 0 ? ask_lines(&asking)
                                                                             : ask_words(&asking);
    address_book_close(&book);
    arena_destroy(asking.scratch);
    return ok ? command_status(invocation) : EXIT_INPUT;
}

static const struct option options[] = {
    {"slot", 0, OPTION_ONE, "NAME", "the image slot, for a build folder with several"},
    {"no-demangle", 0, OPTION_FLAG, NULL, "print mangled C++ and Rust names"},
    {"json", 0, OPTION_FLAG, NULL, "print one line with a JSON object for each address"},
};

const struct command command_addr = {
    .name = "addr",
    .words = "ARCHIVE|FOLDER ADDRESS...|-",
    .least_words = 2,
    .most_words = SIZE_MAX,
    .summary = "show what is at an address: task, region, function, line",
    .help =
        "Addresses are hexadecimal, with or without 0x; `-` reads them from standard input, one\n"
        "a line, and answers as they come. FOLDER is what `build -o` was given. An address\n"
        "near a boundary of a region, in padding, in a gap or outside everything gets a note\n"
        "that says so.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
