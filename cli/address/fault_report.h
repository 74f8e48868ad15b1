/* A fault, explained: what the task did, where, and why it was not allowed. */
#ifndef CLI_ADDRESS_FAULT_REPORT_H
#define CLI_ADDRESS_FAULT_REPORT_H

#include "cli/address/address_answer.h"
#include "cli/address/fault_record.h"
#include "linker/debug/unwind.h"

enum fault_access { FAULT_UNKNOWN, FAULT_READS, FAULT_WRITES, FAULT_EXECUTES };

/* One line of a backtrace: a function, inlined or with a frame of its own. */
struct fault_frame {
    uint64_t pc;
    struct debug_position position;
    enum unwind_trust trust;
    bool is_in_code; /* where the task may execute */
};

struct fault_report {
    const struct fault_record *record;
    bool has_task;
    size_t task;          /* index; when has_task */
    bool is_task_guessed; /* from pc or sp */
    bool has_pc;
    struct address_answer at; /* of pc, when has_pc */
    bool is_pc_foreign;       /* in another owner's block */
    enum fault_access access;
    uint64_t start, bytes; /* that were accessed, when bytes > 0 */
    bool is_size_known;
    struct address_answer target; /* of the address, when bytes > 0 */
    const char *const *reasons;   /* why it was not allowed, in words */
    size_t reason_count;
    const struct address_region *regions; /* of the task */
    size_t region_count;
    const struct fault_frame *frames;
    size_t frame_count;
    const char *frames_end;
    const char *const *missing; /* what the record lacks */
    size_t missing_count;
};

/* As text, and as one line of JSON. */
const char *fault_report_text(const struct address_book *book, const struct fault_report *report,
                              struct arena *arena);
const char *fault_report_json(const struct address_book *book, const struct fault_report *report,
                              struct arena *arena);

#endif
