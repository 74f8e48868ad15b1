/* What the last build in a folder knew: versions of files, and which linker run made which output
 * from which inputs. Unchanged files are then not read, fingerprinted, linked or written again. A
 * missing, unreadable or older state only costs time.
 *
 * A version is taken once in a run, before anything is made from the file. Before a run's results
 * are kept, build_state_settle() asks whether each file still has that version. */
#ifndef CLI_BUILD_BUILD_STATE_H
#define CLI_BUILD_BUILD_STATE_H

#include "base/file_version.h"
#include "linker/link/link.h"

struct build_state;

/* Loads the state of a build folder; an empty one if none can be read. */
struct build_state *build_state_load(struct arena *arena, const char *path);

/* The text to save. */
const char *build_state_text(const struct build_state *state, struct arena *arena);

/* ---- files ---- */

/* Takes over a version that was read earlier in this run, of a manifest for instance. */
void build_state_set_version(struct build_state *state, const struct file_version *version);

/* The fingerprint of a file's bytes in this run: looked at once, and read only when its stamp
 * differs from the recorded one, or vouches for nothing.
 * Errors: those of file_version_read. */
MUST_CHECK bool build_state_fingerprint(struct build_state *state, const char *path,
                                        struct fingerprint *ret, struct diag_list *diags);

/* Asks whether every file that this run looked at still has the version that it had then. Links
 * that may have read other bytes are forgotten.
 * Shape:  *ret_changed: the first file that changed, or NULL. */
void build_state_settle(struct build_state *state, const char **ret_changed);

/* ---- linker runs ---- */

/* Why a linker must run. */
enum build_stale {
    BUILD_FRESH, /* it need not: the run would make the output that is there */
    BUILD_NEVER_RAN,
    BUILD_OUTPUT_CHANGED,  /* the output is gone, or is not the one that the linker wrote */
    BUILD_COMMAND_CHANGED, /* arguments or script */
    BUILD_INPUT_CHANGED,   /* `file` has other bytes, or cannot be read */
    BUILD_FILE_APPEARED    /* `file` was looked for and not found then */
};

struct build_staleness {
    enum build_stale why;
    const char *file; /* or NULL */
};

/* Whether a linker run would reproduce its existing output: same programs, script and arguments,
 * same bytes in every file that it read, and the output untouched since. */
struct build_staleness build_state_ask(struct build_state *state, const struct link_step *step,
                                       const struct path_list *programs);

/* What a run read, that is recorded, and what it looked for in vain.
 * Shape:  `absent` may be NULL. */
struct build_run {
    const struct path_list *programs;
    const struct path_list *inputs;
    const struct path_list *absent;
};

/* Records a run that succeeded.
 * Errors: those of file_version_read. */
MUST_CHECK bool build_state_record(struct build_state *state, const struct link_step *step,
                                   const struct build_run *run, struct diag_list *diags);

/* The inputs of a recorded run. */
const struct path_list *build_state_inputs(const struct build_state *state,
                                           const struct link_step *step);

/* Forgets a run, whose output turned out to be of no use. */
void build_state_forget(struct build_state *state, const char *output_path);

/* ---- whole builds ---- */

/* The last whole build: its key (of what was asked for), all files that it read, its outputs with
 * their stamps, and what it printed. Fresh when the same is asked for, and all of them are as they
 * were. */
bool build_state_build_is_fresh(struct build_state *state, const struct fingerprint *key);

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

/* Shape:  everything that this run looked at is taken for an input. */
void build_state_record_build(struct build_state *state, const struct fingerprint *key,
                              const struct path_list *outputs, const char *summary);

#endif
