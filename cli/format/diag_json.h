/* Diagnostics as JSON, for editors and pipelines. */
#ifndef CLI_FORMAT_DIAG_JSON_H
#define CLI_FORMAT_DIAG_JSON_H

#include "base/diag.h"

/* `{"diagnostics": [{"level", "code", "message", "file", "line", "column", "hint"}]}` and a
 * newline; unknown fields are left out. */
const char *diag_json(const struct diag_list *diags, struct arena *arena);

#endif
