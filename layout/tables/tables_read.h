/* The kernel's tables, read back from the bytes of an image that anybody may have made. */
#ifndef LAYOUT_TABLES_TABLES_READ_H
#define LAYOUT_TABLES_TABLES_READ_H

#include "base/diag.h"
#include "base/span.h"

enum { TABLES_ID_BYTES = 8 };

struct tables_read_region {
    uint64_t start, end;
    uint32_t attributes; /* IMGBUILD_READ | ... */
};

struct tables_read_task {
    const char *name;
    uint64_t entry; /* bit 0 set for Thumb */
    uint64_t stack_base, stack_top;
    uint8_t priority, flags;
    const struct tables_read_region *regions; /* ascending, disjoint, none empty */
    size_t region_count;
    const uint32_t *mpu; /* tables_read.mpu_words of them, as the registers get them */
};

struct tables_read_irq {
    uint32_t number, task, notification; /* task: index into tasks */
};

struct tables_read {
    uint8_t id[TABLES_ID_BYTES];
    uint64_t image_base, image_bytes;
    uint32_t major, minor, patch, epoch;
    uint8_t mpu_model, mpu_slots, mpu_reserved; /* model: IMGBUILD_MPU_... */
    uint8_t mpu_words;                          /* a task */
    const char *name, *board, *slot;
    const struct tables_read_task *tasks;
    size_t task_count;
    const struct tables_read_irq *irqs;
    size_t irq_count;
    uint64_t info_addr; /* 0 without an info block */
};

/* The loaded bytes from an address on, as far as they go; empty: nothing is loaded there. */
typedef struct span tables_bytes_fn(const void *image, uint64_t addr);

/* Reads the tables whose header lies at header_addr.
 * Shape:  everything is copied into `arena`; pos says where to point in messages.
 * Errors: tables-malformed. *ret is untouched on failure.
 * Source: layout/include/imgbuild/tables.h, ABI 1. */
MUST_CHECK bool tables_read(tables_bytes_fn *bytes_from, const void *image, uint64_t header_addr,
                            struct source_pos pos, struct arena *arena, struct tables_read *ret,
                            struct diag_list *diags);

#endif
