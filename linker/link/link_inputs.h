/* Which files a linker read. */
#ifndef LINKER_LINK_LINK_INPUTS_H
#define LINKER_LINK_LINK_INPUTS_H

#include "linker/link/link_step.h"

#include "base/file.h"

/* Appends every file that the linker of a step really read: objects, archives, scripts of the user
 * and those that they include, and the files of thin archives. Left out are the generated script,
 * as step->script_text is all of it, and the objects that link-time optimisation made for this link
 * only.
 * Errors: file-missing, file-unreadable, link-inputs-unknown (not a dependency file). */
MUST_CHECK bool link_inputs(struct arena *arena, const struct link_step *step,
                            struct path_list *ret, struct diag_list *diags);

#endif
