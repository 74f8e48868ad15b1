/* The report of a finished build. */
#ifndef CLI_REPORT_ARTIFACT_H
#define CLI_REPORT_ARTIFACT_H

#include "cli/archive/artifact.h"
#include "cli/report/report_model.h"

/* Reads report.json of an archive or a build folder.
 * Errors: artifact-no-member (an older imgbuild wrote none), those of report_json_read. */
MUST_CHECK bool report_of_artifact(const struct artifact *artifact, struct report *ret);

#endif
