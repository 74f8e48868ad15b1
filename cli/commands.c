/* The table of commands. */
#include "cli/command.h"

const struct command *const commands[] = {
    &command_build,        &command_check,       &command_show,   &command_header,
    &command_layout,       &command_report,      &command_diff,   &command_sign,
    &command_sign_request, &command_sign_attach, &command_verify, &command_extract,
    &command_addr,         &command_fault,       &command_info,   &command_completion,
};
const size_t command_count = sizeof commands / sizeof *commands;

const struct option command_common_options[] = {
    {"color", 0, OPTION_ONE, "auto|always|never", "color of diagnostics (default auto)"},
    {"quiet", 'q', OPTION_FLAG, NULL, "print results, errors and warnings only"},
    {"verbose", 'v', OPTION_FLAG, NULL, "print more"},
    {"help", 'h', OPTION_FLAG, NULL, "print this help"},
};
const size_t command_common_option_count =
    sizeof command_common_options / sizeof *command_common_options;
