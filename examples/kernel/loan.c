#include "loan.h"
#include "fault.h"
#include "slice.h"

_Static_assert(LOAN_READ == IMGBUILD_READ && LOAN_WRITE == IMGBUILD_WRITE,
               "a loan's access is what its regions must have");

static bool loan_is_sound(const struct task *sender, const struct loan *loan)
{
    const bool known = loan->access != 0 && (loan->access & ~(LOAN_READ | LOAN_WRITE)) == 0;
    return known && slice_is_allowed(sender, loan->address, loan->length, loan->access);
}

/* The copies are checked once, here: neither they nor the regions change until the reply, whatever
 * happens to the lender's own array. */
bool loans_accept(struct task *sender)
{
    const struct send_request *send = &sender->send;
    if (send->loan_count > LOANS_MAX) {
        fault_raise_syscall(sender, send->loans, "lends more slices than the kernel takes");
        return false;
    }
    const uint32_t bytes = send->loan_count * (uint32_t)sizeof(struct loan);
    if (!slice_fetch(sender, send->loans, sender->loans, bytes)) {
        fault_raise_syscall(sender, send->loans, "lends by a list that it may not read");
        return false;
    }
    for (uint32_t i = 0; i < send->loan_count; i++) {
        const struct loan *loan = &sender->loans[i];
        if (!loan_is_sound(sender, loan)) {
            fault_raise(sender, &(struct fault){.kind = FAULT_BAD_LOAN,
                                                .by = FAULT_BY_KERNEL,
                                                .address = loan->address,
                                                .message = "lends memory that is not its own"});
            return false;
        }
        slice_tell_crossing(sender, loan->address, loan->length);
    }
    return true;
}

/* The loan, or 0 with the borrower's result set. The code says whether the lender is gone. */
static const struct loan *loan_find(struct task *borrower, uint32_t lender_id, uint32_t index)
{
    const struct task *lender = task_by_id(lender_id);
    if (!lender || lender->state != STATE_AWAITING_REPLY ||
        lender->peer != borrower->record->index) {
        context_set_result(&borrower->context, 0, CODE_DEAD);
        return 0;
    }
    if (index >= lender->send.loan_count) {
        context_set_result(&borrower->context, 0, CODE_BAD_LOAN);
        return 0;
    }
    return &lender->loans[index];
}

void loan_info(struct task *borrower, uint32_t lender, uint32_t index)
{
    const struct loan *loan = loan_find(borrower, lender, index);
    if (!loan)
        return;
    context_set_result(&borrower->context, 0, CODE_OK);
    context_set_result(&borrower->context, 1, loan->access);
    context_set_result(&borrower->context, 2, loan->length);
}

void loan_borrow(struct task *borrower, uint32_t request_address, uint32_t access)
{
    struct borrow_request request;
    if (!slice_fetch(borrower, request_address, &request, sizeof request)) {
        fault_raise_syscall(borrower, request_address, "borrows by a request that it may not read");
        return;
    }
    const bool reads = access == LOAN_READ;
    if (!slice_is_allowed(borrower, request.buffer, request.length,
                          reads ? IMGBUILD_WRITE : IMGBUILD_READ)) {
        fault_raise_syscall(borrower, request.buffer, "borrows with a buffer that is not its own");
        return;
    }
    const struct loan *loan = loan_find(borrower, request.lender, request.loan);
    if (!loan)
        return;
    if (!(loan->access & access) || request.offset > loan->length ||
        request.length > loan->length - request.offset) {
        context_set_result(&borrower->context, 0, CODE_BAD_LOAN);
        return;
    }
    const uint32_t lent = loan->address + request.offset;
    slice_copy(reads ? request.buffer : lent, reads ? lent : request.buffer, request.length);
    context_set_result(&borrower->context, 0, CODE_OK);
}
