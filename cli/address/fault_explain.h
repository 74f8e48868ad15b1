/* From a fault record to its explanation. */
#ifndef CLI_ADDRESS_FAULT_EXPLAIN_H
#define CLI_ADDRESS_FAULT_EXPLAIN_H

#include "cli/address/fault_report.h"

/* Explains a record of the book's image. */
struct fault_report fault_explain(struct address_book *book, const struct fault_record *record,
                                  enum address_names names, struct arena *arena);

#endif
