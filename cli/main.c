/* imgbuild: finds the command, reads its options, runs it, prints the errors. */
#include "cli/command.h"
#include "cli/format/json_memory.h"
#include "cli/help.h"

#include "base/interruption.h"
#include "base/process/process_pool.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void out_of_memory(void)
{
    fputs("imgbuild: out of memory\n", stderr);
    process_pool_abandon();
    _Exit(EXIT_INPUT);
}

enum exit_status command_status(const struct invocation *invocation)
{
    return invocation->diags->error_count == 0 ? EXIT_DONE : EXIT_INPUT;
}

enum exit_status command_usage(struct invocation *invocation, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    diag_add(invocation->diags, DIAG_ERROR, "usage", NOWHERE, "%s",
             arena_format_list(invocation->arena, format, arguments));
    va_end(arguments);
    return EXIT_USAGE;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < command_count; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

static enum exit_status unknown_command(struct invocation *invocation, const char *name)
{
    const char **names = ARENA_ARRAY(invocation->arena, const char *, command_count);
    for (size_t i = 0; i < command_count; i++)
        names[i] = commands[i]->name;
    const enum exit_status status = command_usage(invocation, "unknown command '%s'", name);
    const char *nearest = diag_nearest(name, names, command_count);
    if (nearest != NULL)
        diag_hint(invocation->diags, "did you mean '%s'?", nearest);
    else
        diag_hint(invocation->diags, "run `imgbuild --help` for a list of commands");
    return status;
}

/* The options of a command, followed by the common ones. */
static size_t all_options(const struct command *command, struct option *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < command->option_count; i++)
        ret[count++] = command->options[i];
    for (size_t i = 0; i < command_common_option_count; i++)
        ret[count++] = command_common_options[i];
    return count;
}

static bool read_color(const char *word, enum color_choice *ret)
{
    if (word == NULL || strcmp(word, "auto") == 0)
        *ret = COLOR_AUTO;
    else if (strcmp(word, "always") == 0)
        *ret = COLOR_ALWAYS;
    else if (strcmp(word, "never") == 0)
        *ret = COLOR_NEVER;
    else
        return false;
    return true;
}

static enum exit_status check_words(struct invocation *invocation, const struct command *command)
{
    const size_t count = invocation->options.word_count;
    if (count >= command->least_words && count <= command->most_words)
        return EXIT_DONE;
    const enum exit_status status =
        count < command->least_words
            ? command_usage(invocation, "'%s' requires %s", command->name, command->words)
            : command_usage(invocation, "'%s': unexpected argument '%s'", command->name,
                            invocation->options.words[command->most_words]);
    diag_hint(invocation->diags, "run `imgbuild %s --help` for its usage", command->name);
    return status;
}

static enum exit_status run_command(struct invocation *invocation, const struct command *command,
                                    int argc, char **argv)
{
    struct option *table = ARENA_ARRAY(invocation->arena, struct option,
                                       command->option_count + command_common_option_count);
    const size_t count = all_options(command, table);
    if (!options_read(invocation->arena, table, count, argc, argv, &invocation->options,
                      invocation->diags))
        return EXIT_USAGE;
    if (options_flag(&invocation->options, "help")) {
        const char *help = help_of_command(invocation->arena, command, table, count);
        return terminal_print(invocation->terminal, help) ? EXIT_DONE : EXIT_INPUT;
    }
    enum color_choice color;
    if (!read_color(options_value(&invocation->options, "color"), &color))
        return command_usage(invocation, "unknown --color: expected auto, always or never");
    const enum verbosity verbosity = options_flag(&invocation->options, "quiet")     ? QUIET
                                     : options_flag(&invocation->options, "verbose") ? VERBOSE
                                                                                     : NORMAL;
    *invocation->terminal = terminal_open(verbosity, color);
    invocation->progress = terminal_as_progress(invocation->terminal);
    const enum exit_status status = check_words(invocation, command);
    return status == EXIT_DONE ? command->run(invocation) : status;
}

static enum exit_status run(struct invocation *invocation, int argc, char **argv)
{
    struct terminal *terminal = invocation->terminal;
    if (argc < 2) {
        const char *help = help_of_all(invocation->arena);
        fputs(help, stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        const char *help = help_of_all(invocation->arena);
        return terminal_print(terminal, help) ? EXIT_DONE : EXIT_INPUT;
    }
    if (strcmp(argv[1], "--version") == 0)
        return terminal_print(terminal, arena_format(invocation->arena, "%s\n", help_tool()))
                   ? EXIT_DONE
                   : EXIT_INPUT;
    const struct command *command = find_command(argv[1]);
    if (command == NULL)
        return unknown_command(invocation, argv[1]);
    return run_command(invocation, command, argc - 2, argv + 2);
}

int main(int argc, char **argv)
{
    interruption_catch();
    json_memory_check(out_of_memory);
    struct arena *arena = arena_create(out_of_memory);
    struct diag_list diags = diag_list_in(arena);
    struct terminal terminal = terminal_open(NORMAL, COLOR_AUTO);
    struct invocation invocation = {.arena = arena, .diags = &diags, .terminal = &terminal};

    const int status = (int)run(&invocation, argc, argv);

    diag_sort(&diags);
    terminal_print_diags(&terminal, arena, &diags);
    arena_destroy(arena);
    const int interrupted = interruption_signal();
    return interrupted != 0 ? 128 + interrupted : status;
}
