/* `--set KEY=VALUE` of the command line, as trees. */
#ifndef MANIFESTS_KEYS_SETTINGS_H
#define MANIFESTS_KEYS_SETTINGS_H

#include "manifests/model/manifest.h"
#include "manifests/yaml/yaml.h"

/* Lays each setting over *tree. A dotted key finds its way through keys that have dots themselves.
 * Errors: yaml-…, manifest-bad-setting. */
MUST_CHECK bool settings_apply(struct arena *arena, const struct manifest_options *options,
                               struct yaml_budget *budget, const struct node **tree,
                               struct diag_list *diags);

#endif
