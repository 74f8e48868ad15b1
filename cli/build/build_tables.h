/* The kernel's tables as an object file. */
#ifndef CLI_BUILD_BUILD_TABLES_H
#define CLI_BUILD_BUILD_TABLES_H

#include "cli/build/slot_build.h"

/* Before the layout only the size and structure of the tables are right. */
enum tables_state { TABLES_FOR_SIZE, TABLES_FINAL };

/* Encodes the kernel's tables.
 * Errors: those of tables_encode and table_object_build. */
MUST_CHECK bool build_tables(struct slot_build *slot, enum tables_state state, struct span *ret);

#endif
