/* Whether the kernel's tables in an image grant each task what layout.json says. */
#ifndef CLI_ARCHIVE_CHECK_TABLES_H
#define CLI_ARCHIVE_CHECK_TABLES_H

#include "cli/archive/checking.h"
#include "cli/plan/layout_read.h"

/* Compares the MPU; and for each task its regions one by one, the words for the MPU's registers,
 * and where its entry and stack lie. What layout.json does not tell is taken from the regions'
 * records, and has to be the same everywhere: what a memory allows. How a memory is cached may be
 * any of the ways that there are.
 * Shape:  checking->tables and ->image are set; the tasks of both have the same names.
 * Errors: layout-tables. */
MUST_CHECK bool check_tables(const struct checking *checking, const struct layout_read *layout);

#endif
