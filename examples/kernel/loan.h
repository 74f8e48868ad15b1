/* Memory that a sender lends to its receiver. It may cross the boundaries of the lender's regions,
 * since the build puts those where nobody who writes a task can predict them. */
#ifndef KERNEL_LOAN_H
#define KERNEL_LOAN_H

#include "task.h"

/* Takes over the loans of sender->send, or faults the sender for one that is not its to give. */
bool loans_accept(struct task *sender);

void loan_info(struct task *borrower, uint32_t lender, uint32_t loan);

/* Shape: access is LOAN_READ to copy from the lender, LOAN_WRITE to copy to it. */
void loan_borrow(struct task *borrower, uint32_t request, uint32_t access);

#endif
