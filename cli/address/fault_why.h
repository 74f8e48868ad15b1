/* Why a task's access was not allowed. */
#ifndef CLI_ADDRESS_FAULT_WHY_H
#define CLI_ADDRESS_FAULT_WHY_H

#include "cli/address/fault_report.h"

enum { FAULT_REASONS_MOST = 8 };

/* Finds the reasons for the fault in the report; sets reasons and reason_count. */
void fault_why(struct address_book *book, struct arena *arena, struct fault_report *report);

#endif
