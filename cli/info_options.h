/* The options that fill an info block: KEY=VALUE and KEY. */
#ifndef CLI_INFO_OPTIONS_H
#define CLI_INFO_OPTIONS_H

#include "cli/command.h"
#include "cli/signing/info_fill.h"

#define INFO_OPTIONS_HELP                                                                          \
    "A KEY is four printable characters; KEY=@FILE uses the contents of FILE. VERS and BORD, if\n" \
    "given, must equal the version and the board in the image's header.\n"

/* Reads the values of an option given as KEY=VALUE or KEY=@FILE.
 * Errors: usage, info-twice, those of file_read; *ret_status is EXIT_USAGE or EXIT_INPUT then. */
MUST_CHECK bool info_options_read(struct invocation *invocation, const char *option,
                                  struct info_set *ret, enum exit_status *ret_status);

/* Reads the values of an option that names tags.
 * Errors: usage. */
MUST_CHECK bool info_options_read_tags(struct invocation *invocation, const char *option,
                                       struct info_set *ret);

#endif
