/* A report as one table. */
#ifndef CLI_REPORT_REPORT_CSV_H
#define CLI_REPORT_REPORT_CSV_H

#include "base/arena.h"
#include "cli/report/report_model.h"

/* Rows with the columns memory, address, size, kind, owner, section, object, symbol, symbol_kind:
 * one for each symbol, and for all bytes outside symbols. The sizes of a memory's rows add up to
 * the memory. For bytes in a program, `kind` is the section's; otherwise it is rounding (up to the
 * MPU's granularity), padding, or the kind of the memory's row.
 * Source: RFC 4180. */
const char *report_csv(const struct report *report, struct arena *arena);

#endif
