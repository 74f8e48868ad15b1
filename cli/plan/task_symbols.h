/* The numbers that a task (or the kernel) gets from the build, as linker symbols and as C macros.
 */
#ifndef CLI_PLAN_TASK_SYMBOLS_H
#define CLI_PLAN_TASK_SYMBOLS_H

#include "cli/plan/plan_slot.h"

struct task_symbol {
    const char *linker_name; /* "__task_leds" */
    const char *macro_name;  /* "TASK_LEDS" */
    uint64_t value;
    struct source_pos pos; /* what it stands for */
};

struct task_symbols {
    const struct task_symbol *items; /* linker names unique; in manifest order */
    size_t count;
};

/* The symbols of a task that do not depend on the layout: `__task_<slot>`, `__notify_<name>`,
 * `__periph_<name>_base`, `__map_<memory>_base` and `_end`.
 * Errors: symbol-collision (two names are the same after replacing `-` and `.` with `_`). */
MUST_CHECK bool task_symbols_of(const struct plan_slot *slot, size_t task, struct arena *arena,
                                struct task_symbols *ret, struct diag_list *diags);

/* The symbols of the kernel: `__task_<name>` of every task and the maps of the kernel.
 * Errors: symbol-collision. */
MUST_CHECK bool task_symbols_of_kernel(const struct plan_slot *slot, struct arena *arena,
                                       struct task_symbols *ret, struct diag_list *diags);

/* A name as used in symbols: `-` and `.` become `_`. */
const char *task_symbols_name(struct arena *arena, const char *name);

/* The same in upper case, for macros. */
const char *task_symbols_macro(struct arena *arena, const char *name);

#endif
