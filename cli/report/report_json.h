/* report.json: a report as JSON, and back. cli/report.schema.json describes it. */
#ifndef CLI_REPORT_REPORT_JSON_H
#define CLI_REPORT_REPORT_JSON_H

#include "cli/format/json_writer.h"
#include "cli/report/report_model.h"

#include "base/diag.h"
#include "base/span.h"

enum { REPORT_JSON_VERSION = 1 };

/* The report on one line. Equal reports give equal bytes. */
const char *report_json_text(const struct report *report, struct arena *arena);

/* The value of "mpu", which all of a report's JSON has in common. */
void report_json_write_mpu(struct json_writer *writer, const struct report *report);

/* Reads what report_json_text() wrote. The text is not trusted: all sums are checked as well as its
 * structure, so that users of *ret need not.
 * Shape:  *ret lives in `arena`; named_at.file names it in messages.
 * Errors: report-malformed, report-version. *ret is untouched on failure. */
MUST_CHECK bool report_json_read(struct span text, struct source_pos named_at, struct arena *arena,
                                 struct report *ret, struct diag_list *diags);

#endif
