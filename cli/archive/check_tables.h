/* Whether the kernel's tables in an image grant each task what layout.json says. */
#ifndef CLI_ARCHIVE_CHECK_TABLES_H
#define CLI_ARCHIVE_CHECK_TABLES_H

#include "cli/archive/checking.h"
#include "cli/plan/layout_read.h"

/* Compares the MPU; and for each task its regions one by one, the words for the MPU's registers,
 * and where its entry and stack are. What layout.json does not contain, the access rights of a
 * memory, is taken from the regions' records and must be the same everywhere. A memory may be
 * cached in any of the possible ways.
 * Shape:  checking->tables and ->image are set; the tasks of both have the same names.
 * Errors: layout-tables. */
MUST_CHECK bool check_tables(const struct checking *checking, const struct layout_read *layout);

#endif
