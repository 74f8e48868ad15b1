/* The first link of every program, at guessed addresses. */
#ifndef CLI_BUILD_BUILD_TRIAL_H
#define CLI_BUILD_BUILD_TRIAL_H

#include "cli/build/slot_build.h"

/* Links all programs at guessed addresses and measures them.
 * Errors: kernel-over-size; those of build_tables, build_link_steps and slot_build_read. */
MUST_CHECK bool build_trial(struct slot_build *slot);

#endif
