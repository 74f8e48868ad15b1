/* The first bytes of a kernel: what a processor takes from them when it comes out of reset, or a
 * boot loader when it starts the kernel. */
#ifndef LINKER_LINK_KERNEL_START_H
#define LINKER_LINK_KERNEL_START_H

#include "linker/link/linked.h"

/* A linked kernel with what it may refer to. */
struct kernel_start {
    const struct program *program;
    const struct linked *linked;
    struct program_place code;            /* of PROGRAM_CODE, as linked */
    const struct program_place *writable; /* memories for its stack */
    size_t writable_count;
};

/* Arm: checks that the kernel begins with a vector table: an initial stack pointer in one of its
 * writable memories, and the odd address of code of its own.
 * RISC-V: checks that it begins with its entry, or with a jump there.
 * Errors: kernel-vectors, kernel-entry; warns of kernel-vectors-empty (a table of zeros).
 * Source: Armv7-M ARM (DDI 0403E) B1.5.3; RISC-V unprivileged specification 20191213, 2.5 and 16.5.
 */
MUST_CHECK bool kernel_start_check(const struct kernel_start *start, struct diag_list *diags);

/* Whether the generated script of a program for `machine` must put a jump to the entry in front of
 * a RISC-V kernel: it has no section .vectors or .isr_vector of its own that begins it.
 * Errors: file-missing, file-unreadable, file-too-large. */
MUST_CHECK bool kernel_start_needs_jump(struct arena *arena, const struct program *program,
                                        uint16_t machine, bool *ret, struct diag_list *diags);

#endif
