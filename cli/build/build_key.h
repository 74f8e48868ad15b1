/* The digest of everything that determines a build's outputs. */
#ifndef CLI_BUILD_BUILD_KEY_H
#define CLI_BUILD_BUILD_KEY_H

#include "cli/build/build.h"

/* The digest of all that decides the outputs: this program, the options, the manifest's files, the
 * lock, the linker, and every object and library. Files that did not change since the last build
 * are not read for it. False when a file cannot be read; the caller finds better words for it. */
MUST_CHECK bool build_key_of(struct build *build, struct digest *ret);

/* Whether the key covers everything that determines the outputs. It does not when the linker may
 * find libraries or included scripts by itself. */
bool build_key_covers_all(const struct build *build);

#endif
