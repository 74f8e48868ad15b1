/* One fault as a kernel prints it: a line of JSON, from an untrusted source.
 *
 *   {"archive_id": "…", "task": "net", "gen": 0, "kind": "data-access", "address": "0x0801bffd",
 *    "pc": "0x…", "lr": "0x…", "sp": "0x…", "registers": {"r0": "0x…", …}, "stack": "HEX or
 * base64", "by": "mpu", "message": "…"}
 *
 * Every field may be missing. Addresses are numbers, or hexadecimal text. "length" may give the
 * number of bytes in a slice that the kernel refused. The stack's bytes start at sp.
 */
#ifndef CLI_ADDRESS_FAULT_RECORD_H
#define CLI_ADDRESS_FAULT_RECORD_H

#include "base/diag.h"
#include "base/span.h"

struct fault_number {
    uint64_t value;
    bool is_given;
};

enum { FAULT_REGISTERS = 13, FAULT_UNUSABLE_MOST = 24 };

struct fault_record {
    const char *archive_id, *task, *kind, *by, *message; /* NULL: not given */
    struct fault_number gen, address, length, pc, lr, sp;
    struct fault_number registers[FAULT_REGISTERS]; /* r0 to r12 */
    struct span stack;
    bool has_stack;
    const char *const *unusable; /* problems with other fields, in words */
    size_t unusable_count;
};

enum fault_line { FAULT_RECORD, FAULT_OTHER_LINE, FAULT_DAMAGED };

/* Reads a line of a log. A record may follow other text. FAULT_DAMAGED: the line starts a record
 * but does not end it, or archive_id, task, kind, address or pc is malformed; other malformed
 * fields count as missing and are listed in `unusable`. In texts, bytes that JSON forbids are read
 * as \xNN.
 * Errors: fault-malformed, with FAULT_DAMAGED. */
enum fault_line fault_record_read(struct span line, struct source_pos pos, struct arena *arena,
                                  struct fault_record *ret, struct diag_list *diags);

#endif
