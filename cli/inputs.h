/* Options that several commands share: which board, with which variables. */
#ifndef CLI_INPUTS_H
#define CLI_INPUTS_H

#include "cli/command.h"
#include "cli/plan/board_plan.h"

#define OPTION_DEFINE                                                                              \
    {                                                                                              \
        "define", 'D', OPTION_MANY, "NAME=VALUE", "replace ${NAME} in the manifest's paths"        \
    }

/* Loads the board named by the first word, with the values of -D.
 * Errors: usage (then *ret_status is EXIT_USAGE), those of manifest_load. */
MUST_CHECK bool inputs_load_board(struct invocation *invocation, enum manifest_scope scope,
                                  struct manifest *ret, enum exit_status *ret_status);

/* Finds an image slot by name among the plan's; with name NULL the first one.
 * Errors: usage. */
MUST_CHECK bool inputs_find_slot(struct invocation *invocation, const struct plan_slot *slots,
                                 size_t slot_count, const char *name, const struct plan_slot **ret);

#endif
