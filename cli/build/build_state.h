/* What the last build in a folder knew: the stamps and digests of files, and which linker run made
 * which output from which inputs. Unchanged files are then not read, hashed, linked or written
 * again. A missing or unreadable state only costs time. */
#ifndef CLI_BUILD_BUILD_STATE_H
#define CLI_BUILD_BUILD_STATE_H

#include "base/file.h"
#include "linker/link/link.h"
#include "sign/digest/digest.h"

struct build_state;

/* Loads the state of a build folder; an empty one if none can be read. */
struct build_state *build_state_load(struct arena *arena, const char *path);

/* The text to save. */
const char *build_state_text(const struct build_state *state, struct arena *arena);

/* The digest of a file's bytes; read only when its stamp differs from the recorded one.
 * Errors: those of file_read. */
MUST_CHECK bool build_state_digest(struct build_state *state, const char *path, struct digest *ret,
                                   struct diag_list *diags);

/* Whether a linker run would reproduce its existing output: same linker, script and arguments, same
 * bytes in every file that it read, and the output untouched since. */
bool build_state_is_fresh(struct build_state *state, const struct link_step *step,
                          const char *linker_path);

/* Records a run that succeeded.
 * Errors: those of file_read. */
MUST_CHECK bool build_state_record(struct build_state *state, const struct link_step *step,
                                   const char *linker_path, const struct path_list *inputs,
                                   struct diag_list *diags);

/* The last whole build: its key (a digest of everything that determines its outputs), its outputs
 * with their stamps, and what it printed. */
bool build_state_build_is_fresh(struct build_state *state, const struct digest *key);

/* Whether an input is newer than an output, though its bytes are the same: make would then run this
 * build every time. */
bool build_state_outputs_look_old(const struct build_state *state);

/* Sets the modification time of all outputs of the last build to now.
 * Errors: file-not-written. */
MUST_CHECK bool build_state_touch_outputs(struct build_state *state, struct diag_list *diags);

const char *build_state_summary(const struct build_state *state);

/* How many bytes of a memory the last build used; `name` may be any text. False when unknown. */
bool build_state_find_used(const struct build_state *state, const char *name, uint64_t *ret);
void build_state_set_used(struct build_state *state, const char *name, uint64_t bytes);

/* The outputs of the last build that are not among those of this one.
 * Shape:  appended to *ret. */
void build_state_stale_outputs(const struct build_state *state, const struct path_list *outputs,
                               struct path_list *ret);

void build_state_record_build(struct build_state *state, const struct digest *key,
                              const struct path_list *outputs, const char *summary);

#endif
