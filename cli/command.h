/* What every command is given and returns; the table of commands. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"
#include "cli/terminal.h"

enum exit_status {
    EXIT_DONE = 0,
    EXIT_INPUT = 1,
    EXIT_USAGE = 2,
    /* of `verify` and `extract` only */
    EXIT_UNTRUSTED = 3,
    EXIT_REFUSED = 4,
    EXIT_UNREADABLE = 5
};

struct invocation {
    struct arena *arena; /* lives as long as the command */
    struct diag_list *diags;
    struct options options;
    struct terminal *terminal;
    struct progress progress; /* shown there */
};

/* Runs a command: results to standard output, errors to invocation->diags. */
typedef enum exit_status command_fn(struct invocation *invocation);

struct command {
    const char *name;
    const char *words; /* what follows the options, for the help */
    size_t least_words, most_words;
    const char *summary;          /* one line */
    const char *help;             /* further lines */
    const struct option *options; /* besides the common ones */
    size_t option_count;
    command_fn *run;
};

extern const struct command command_addr;
extern const struct command command_build;
extern const struct command command_check;
extern const struct command command_completion;
extern const struct command command_diff;
extern const struct command command_extract;
extern const struct command command_fault;
extern const struct command command_header;
extern const struct command command_info;
extern const struct command command_layout;
extern const struct command command_report;
extern const struct command command_show;
extern const struct command command_sign;
extern const struct command command_sign_attach;
extern const struct command command_sign_request;
extern const struct command command_verify;

/* All commands, in the order of the help. */
extern const struct command *const commands[];
extern const size_t command_count;

/* The options that every command takes. */
extern const struct option command_common_options[];
extern const size_t command_common_option_count;

/* EXIT_DONE without errors in the list, else EXIT_INPUT. */
enum exit_status command_status(const struct invocation *invocation);

/* Appends a usage error. */
enum exit_status command_usage(struct invocation *invocation, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
