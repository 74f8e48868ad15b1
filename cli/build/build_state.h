/* What the last build in a folder knew: the stamps and digests of files, and which linker run made
 * what of which. So that what did not change is neither read, hashed, linked nor written again. A
 * state that is missing or unreadable only costs time. */
#ifndef CLI_BUILD_BUILD_STATE_H
#define CLI_BUILD_BUILD_STATE_H

#include "base/file.h"
#include "linker/link/link.h"
#include "sign/digest/digest.h"

struct build_state;

/* Loads the state of a build folder; an empty one when there is none that can be read. */
struct build_state *build_state_load(struct arena *arena, const char *path);

/* The text to save. */
const char *build_state_text(const struct build_state *state, struct arena *arena);

/* The digest of a file's bytes; read only when its stamp is not the one that is known.
 * Errors: those of file_read. */
MUST_CHECK bool build_state_digest(struct build_state *state, const char *path, struct digest *ret,
                                   struct diag_list *diags);

/* Whether a linker run would make again what lies at its output: same linker, script and arguments,
 * same bytes in all files that it read, and an output that nobody has touched. */
bool build_state_is_fresh(struct build_state *state, const struct link_step *step,
                          const char *linker_path);

/* Remembers a run that succeeded.
 * Errors: those of file_read. */
MUST_CHECK bool build_state_record(struct build_state *state, const struct link_step *step,
                                   const char *linker_path, const struct path_list *inputs,
                                   struct diag_list *diags);

/* The last whole build: its key (a digest of all that decides its outputs), its outputs with their
 * stamps, and what it printed. */
bool build_state_build_is_fresh(struct build_state *state, const struct digest *key);

/* Whether an input was written later than an output, though with the same bytes: make would ask for
 * this build again and again. */
bool build_state_outputs_look_old(const struct build_state *state);

/* Gives all outputs of the last build the present time.
 * Errors: file-not-written. */
MUST_CHECK bool build_state_touch_outputs(struct build_state *state, struct diag_list *diags);

const char *build_state_summary(const struct build_state *state);

/* How many bytes of a memory, by any name, the last build used; false when it is not known. */
bool build_state_find_used(const struct build_state *state, const char *name, uint64_t *ret);
void build_state_set_used(struct build_state *state, const char *name, uint64_t bytes);

/* The outputs of the last build that are not among those of this one.
 * Shape:  appended to *ret. */
void build_state_stale_outputs(const struct build_state *state, const struct path_list *outputs,
                               struct path_list *ret);

void build_state_record_build(struct build_state *state, const struct digest *key,
                              const struct path_list *outputs, const char *summary);

#endif
