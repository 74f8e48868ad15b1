/* The kernel's tables as bytes (ABI 1), with places where addresses of other parts of them belong.
 */
#ifndef LAYOUT_TABLES_TABLES_H
#define LAYOUT_TABLES_TABLES_H

#include "layout/model/layout.h"

#include "base/span.h"

struct tables_task {
    const char *name;
    uint64_t entry; /* bit 0 set for Thumb */
    uint64_t stack_base;
    uint64_t stack_top;
    uint8_t priority;
    bool start;
};

struct tables_irq {
    uint32_t number;
    uint32_t task;
    uint32_t notification;
};

struct tables_input {
    const char *name, *board, *slot;
    uint8_t id[8];
    uint64_t image_base, image_bytes;
    uint32_t major, minor, patch, epoch;
    const struct tables_task *tasks; /* as layout->tasks */
    size_t task_count;
    const struct tables_irq *irqs; /* any order */
    size_t irq_count;
    const struct layout_request *request; /* memory attributes, grants */
    const struct layout *layout;          /* NULL: only counts matter yet, addresses are 0 */
};

/* Two sections: `image` is .imgbuild.image (64 bytes), `data` is all that it points to. A
 * relocation says that the 32-bit word at `offset` of a section holds the address of byte
 * `target_offset` of `data`. */
struct tables_relocation {
    bool in_image; /* else in data */
    uint32_t offset;
    uint32_t target_offset;
};

struct tables {
    struct span image;
    struct span data;
    const struct tables_relocation *relocations; /* words hold target_offset already */
    size_t relocation_count;
};

/* Encodes the tables.
 * The sizes and the relocations depend only on counts, names, the request's mpu and each task's
 * grants, never on addresses: a kernel linked with `layout == NULL` has the size of the final one.
 * For that each task's region array has room for as many records as any layout can give it
 * (task_regions_most_records), the rest zero.
 * Shape:  ret->data is aligned to 4.
 * Errors: tables-too-many (a count or number exceeds its field). *ret is untouched on failure.
 * Source: layout/include/imgbuild/tables.h; register words: Armv7-M ARM (DDI 0403E) B3.5.8-9,
 *         Armv8-M ARM (DDI 0553B) D1.2 MPU_RBAR, MPU_RLAR; RISC-V privileged 1.12, 3.7.1. */
MUST_CHECK bool tables_encode(const struct tables_input *input, struct arena *arena,
                              struct tables *ret, struct diag_list *diags);

#endif
