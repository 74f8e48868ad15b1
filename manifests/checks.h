/* What can be checked without a linker, on a manifest whose parts have been read.
 *
 * Values that were wrong by themselves are not given in the manifest; no check trips over them again.
 */
#ifndef MANIFESTS_CHECKS_H
#define MANIFESTS_CHECKS_H

#include "manifests/manifest.h"

/* Runs all checks below. The MPU must be known. */
void checks_run(const struct manifest *manifest, struct arena *arena, struct diag_list *diags);

#endif
