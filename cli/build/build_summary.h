/* The lines at the end of a build: how much of each memory is left, and what changed. */
#ifndef CLI_BUILD_BUILD_SUMMARY_H
#define CLI_BUILD_BUILD_SUMMARY_H

#include "cli/build/build.h"

#include "base/buffer.h"

/* What a build prints now, and what a later build with nothing to do prints. */
struct build_summary {
    struct buffer now;   /* with what changed since the last build */
    struct buffer later; /* without */
};

struct build_summary build_summary_in(struct arena *arena);

/* Appends a line for each memory in use: a bar, used, free, percent, change.
 * Shape:  the last build's numbers are those of build->state. */
void build_summary_add_memories(struct build_summary *summary, const struct build *build,
                                const struct built_slot *built);

/* Appends a text to both. */
void build_summary_add_text(struct build_summary *summary, const char *text);

/* Stores the numbers of a slot for the next build. */
void build_summary_keep(struct build *build, const struct built_slot *built);

#endif
