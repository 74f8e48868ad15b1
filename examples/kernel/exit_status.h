/* Why the program ended, as QEMU's exit status. The supervisor chooses 0 and 1. */
#ifndef KERNEL_EXIT_STATUS_H
#define KERNEL_EXIT_STATUS_H

enum exit_status {
    EXIT_DEADLINE = 3,
    EXIT_SUPERVISOR_FAULTED = 4,
    EXIT_BAD_TABLES = 5,
    EXIT_KERNEL_CRASHED = 6,
};

#endif
