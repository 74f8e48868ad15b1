/* The names used in report.json and report.csv for the kinds of things in a report. */
#ifndef CLI_REPORT_REPORT_NAMES_H
#define CLI_REPORT_REPORT_NAMES_H

#include "cli/report/report_model.h"

#include "base/diag.h"

const char *report_names_row(enum report_row_kind kind);
const char *report_names_section(enum report_section_kind kind);
const char *report_names_object(enum report_object_kind kind);
const char *report_names_symbol(enum report_symbol_kind kind);

/* The kind with this name; false, with *ret untouched, if there is none. */
MUST_CHECK bool report_names_find_row(const char *word, enum report_row_kind *ret);
MUST_CHECK bool report_names_find_section(const char *word, enum report_section_kind *ret);
MUST_CHECK bool report_names_find_object(const char *word, enum report_object_kind *ret);
MUST_CHECK bool report_names_find_symbol(const char *word, enum report_symbol_kind *ret);

/* Attributes as four or more letters: "r-x", "rw-d". */
const char *report_names_attributes(struct arena *arena, uint32_t attributes);

#endif
