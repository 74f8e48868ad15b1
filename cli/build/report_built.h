/* The report of a built image slot: its plan's report, plus what is inside the programs. */
#ifndef CLI_BUILD_REPORT_BUILT_H
#define CLI_BUILD_REPORT_BUILT_H

#include "cli/build/build.h"
#include "cli/report/report_model.h"

/* Shape:  lives in build->arena. The linkers' maps say which object each byte comes from; where one
 *         is missing or unreadable, objects are unknown. */
struct report report_of_built(struct build *build, const struct built_slot *built);

#endif
