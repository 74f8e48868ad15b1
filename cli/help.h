/* Help texts, made from the tables of commands and options. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"

/* The program's name and version: "imgbuild 1.2.3". */
const char *help_tool(void);

const char *help_of_all(struct arena *arena);
const char *help_of_command(struct arena *arena, const struct command *command,
                            const struct option *options, size_t option_count);

#endif
