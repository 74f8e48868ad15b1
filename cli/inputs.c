#include "cli/inputs.h"

#include <string.h>

static bool read_variables(struct invocation *invocation, struct manifest_variable *ret)
{
    const struct option_values *given = options_values(&invocation->options, "define");
    for (size_t i = 0; i < given->count; i++) {
        const char *equals = strchr(given->items[i], '=');
        if (equals == NULL || equals == given->items[i]) {
            command_usage(invocation, "invalid -D '%s': expected NAME=VALUE", given->items[i]);
            return false;
        }
        const size_t bytes = (size_t)(equals - given->items[i]);
        ret[i] = (struct manifest_variable){
            arena_copy_text(invocation->arena, given->items[i], bytes), equals + 1};
    }
    return true;
}

bool inputs_load_board(struct invocation *invocation, enum manifest_scope scope,
                       struct manifest *ret, enum exit_status *ret_status)
{
    const size_t count = options_values(&invocation->options, "define")->count;
    struct manifest_variable *variables =
        ARENA_ARRAY(invocation->arena, struct manifest_variable, count);
    *ret_status = EXIT_USAGE;
    if (!read_variables(invocation, variables))
        return false;
    *ret_status = EXIT_INPUT;
    return manifest_load(invocation->arena, invocation->options.words[0], variables, count, scope,
                         ret, invocation->diags);
}

bool inputs_find_slot(struct invocation *invocation, const struct plan_slot *slots,
                      size_t slot_count, const char *name, const struct plan_slot **ret)
{
    for (size_t i = 0; i < slot_count; i++) {
        if (name == NULL || strcmp(slots[i].name, name) == 0) {
            *ret = &slots[i];
            return true;
        }
    }
    command_usage(invocation, "the board has no image slot '%s'", name);
    return false;
}
