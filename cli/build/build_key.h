/* The fingerprint of what a build is asked for. */
#ifndef CLI_BUILD_BUILD_KEY_H
#define CLI_BUILD_BUILD_KEY_H

#include "cli/build/build.h"

/* What is asked for: this program, the options, the manifest, and which objects and libraries there
 * are now. The bytes of all these files, and of those that the linker finds by itself, are compared
 * by build_state_build_is_fresh(). False when a file cannot be read; the caller finds better words
 * for it.
 */
MUST_CHECK bool build_key_of(struct build *build, struct fingerprint *ret);

#endif
