/* The command line of one command: a table of options, read into values. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/diag.h"

enum option_kind {
    OPTION_FLAG,  /* no value */
    OPTION_ONE,   /* one value, given at most once */
    OPTION_MAYBE, /* at most once; its value only after `=`, "" without one */
    OPTION_MANY   /* one value each time, given any number of times */
};

struct option {
    const char *name; /* long name, without dashes */
    char letter;      /* short name, or 0 */
    enum option_kind kind;
    const char *argument; /* what the value is called in the help */
    const char *help;
};

struct option_values {
    const char **items;
    size_t count; /* of a flag: how often it was given */
};

struct options {
    const struct option *table;
    size_t table_count;
    struct option_values *values; /* as table */
    const char **words;           /* words that are not options */
    size_t word_count;
};

/* Reads argv[0..argc) against a table. `--name value`, `--name=value`, `-x value`, `-xvalue`,
 * several letters of flags in one word; `--` ends the options.
 * Errors: usage. */
MUST_CHECK bool options_read(struct arena *arena, const struct option *table, size_t table_count,
                             int argc, char *const *argv, struct options *ret,
                             struct diag_list *diags);

/* The value of an option, NULL when it was not given. The name must be in the table. */
const char *options_value(const struct options *options, const char *name);
const struct option_values *options_values(const struct options *options, const char *name);
bool options_flag(const struct options *options, const char *name);

#endif
