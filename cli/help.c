#include "cli/help.h"

#include "base/buffer.h"

enum { OPTION_COLUMN = 30 };

const char *help_tool(void)
{
    return "imgbuild " IMGBUILD_VERSION;
}

const char *help_of_all(struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    buffer_append_text(&out, "imgbuild links tasks and a kernel into one firmware image, with "
                             "tasks isolated by an MPU.\n\n"
                             "usage: imgbuild COMMAND [OPTION...] [WORD...]\n\ncommands:\n");
    for (size_t i = 0; i < command_count; i++)
        buffer_format(&out, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
    buffer_append_text(&out, "\n`imgbuild COMMAND --help` explains a command; "
                             "`imgbuild --version` prints the version.\n"
                             "Exit status: 0 success, 1 errors in the input, 2 wrong usage.\n");
    return buffer_text(&out);
}

static void put_option(struct buffer *out, const struct option *option)
{
    const char *value = option->argument == NULL ? "" : option->argument;
    const char *space = option->argument == NULL ? "" : option->kind == OPTION_MAYBE ? "[=" : " ";
    const char *end = option->kind == OPTION_MAYBE ? "]" : "";
    char letter[] = "-x, ";
    letter[1] = option->letter;
    const char *names =
        arena_format(out->arena, "%s--%s%s%s%s", option->letter == 0 ? "    " : letter,
                     option->name, space, value, end);
    buffer_format(out, "  %-*s %s\n", OPTION_COLUMN, names, option->help);
}

const char *help_of_command(struct arena *arena, const struct command *command,
                            const struct option *options, size_t option_count)
{
    struct buffer out = buffer_in(arena);
    buffer_format(&out, "imgbuild %s: %s\n\nusage: imgbuild %s [OPTION...] %s\n\n%s\noptions:\n",
                  command->name, command->summary, command->name, command->words, command->help);
    for (size_t i = 0; i < option_count; i++)
        put_option(&out, &options[i]);
    return buffer_text(&out);
}
