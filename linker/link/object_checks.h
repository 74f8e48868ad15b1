/* What is refused about object files before any link. */
#ifndef LINKER_LINK_OBJECT_CHECKS_H
#define LINKER_LINK_OBJECT_CHECKS_H

#include "linker/link/processor_check.h"
#include "linker/link/toolchain.h"

/* Checks each object of all programs, and the members of archives where the linker would not even
 * tell that it cannot use them; reports all that it finds.
 * Shape:  objects_check() has found all of them to be objects or archives. *ret_rules: with the
 *         kernel's processor.
 * Errors: link-wrong-machine, link-wrong-processor, link-lto-object, link-not-allocated,
 *         file-missing, file-unreadable, file-too-large. */
MUST_CHECK bool object_checks_run(struct arena *arena, const struct toolchain *toolchain,
                                  const struct program *const *programs, size_t count,
                                  struct processor_rules *rules, struct diag_list *diags);

#endif
