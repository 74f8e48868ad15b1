/* The report of a built image slot: that of its plan, and what lies inside the programs. */
#ifndef CLI_BUILD_REPORT_BUILT_H
#define CLI_BUILD_REPORT_BUILT_H

#include "cli/build/build.h"
#include "cli/report/report_model.h"

/* Shape:  lives in build->arena. The maps that the linkers left say which object each byte is of;
 * where one is missing, or cannot be read, objects are not known. */
struct report report_of_built(struct build *build, const struct built_slot *built);

#endif
