/* What changed between two images, as JSON. cli/diff.schema.json describes it. */
#ifndef CLI_DIFF_DIFF_JSON_H
#define CLI_DIFF_DIFF_JSON_H

#include "cli/diff/diff_model.h"

enum { DIFF_JSON_VERSION = 1 };

/* Everything, with all symbols. Equal differences give equal bytes. */
const char *diff_json(const struct diff *diff, struct arena *arena);

#endif
