/* What every byte of one image slot is used for: the model behind all reports.
 *
 * A build makes it once and saves it as report.json; the build and `imgbuild report` both make
 * text, JSON, HTML and CSV from it. Rows add up exactly at each level: symbols to their object,
 * objects to their section, sections to the linked bytes of their block, linked bytes, rounding and
 * padding to the block, rows to the memory.
 */
#ifndef CLI_REPORT_REPORT_MODEL_H
#define CLI_REPORT_REPORT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPORT_NONE ((size_t)-1)

enum { REPORT_KERNEL = 0 }; /* index of the kernel in report.programs */

/* ---- what a program consists of ---- */

enum report_symbol_kind {
    REPORT_SYMBOL_FUNCTION,
    REPORT_SYMBOL_DATA,
    REPORT_SYMBOL_LABEL,   /* no type: assembly, or a linker script's */
    REPORT_SYMBOL_UNNAMED, /* bytes of an object that no symbol covers; name: the input section */
    REPORT_SYMBOL_FILL,    /* inserted by the linker for alignment; name "" */
    REPORT_SYMBOL_SPACE    /* reserved by the linker script: stack, heap; name: the section */
};

/* A run of bytes. A symbol that contains other symbols has several; a symbol without bytes of its
 * own, such as a function's second name, has none. */
struct report_symbol {
    const char *name;
    uint64_t addr, bytes; /* Thumb functions without bit 0 */
    enum report_symbol_kind kind;
    bool is_size_guessed; /* the file gives no size: it ends where the next one starts */
};

enum report_object_kind {
    REPORT_OBJECT_FILE,    /* name: "kernel/main.o", "lib/libc.a(memcpy.o)" */
    REPORT_OBJECT_LINKER,  /* the linker's own: veneers; name: the linker's name for them */
    REPORT_OBJECT_MERGED,  /* equal strings of several objects, kept once; name "" */
    REPORT_OBJECT_NONE,    /* fill and space; name "" */
    REPORT_OBJECT_UNKNOWN, /* the linker left no map; name "" */
};

/* What one input object contributes to one section. */
struct report_object {
    const char *name;
    enum report_object_kind kind;
    uint64_t bytes;
    const struct report_symbol *symbols; /* ascending by address */
    size_t symbol_count;
};

enum report_section_kind {
    REPORT_SECTION_LOADED,     /* in the image, at the address where it is used */
    REPORT_SECTION_COPIED,     /* initialised variables, copied here at start */
    REPORT_SECTION_LOAD_IMAGE, /* where a copied section's initial values are in the image */
    REPORT_SECTION_UNLOADED,   /* zeroed or left as is at start: variables, stack, heap */
    REPORT_SECTION_FILL        /* between two sections; name "" */
};

struct report_section {
    const char *name;
    enum report_section_kind kind;
    uint64_t addr, bytes;
    const struct report_object *objects; /* by first address, then name */
    size_t object_count;
};

/* ---- regions ---- */

struct report_region {
    uint64_t start,
        end; /* granted, half-open; for joined peripherals, from the first to the last byte */
    uint32_t slots;
    uint64_t mpu_base, mpu_size; /* size 0: the model has none */
    uint32_t srd;                /* bit i: eighth i is switched off */
    uint32_t attributes;         /* IMGBUILD_READ | ... */
};

/* Peripherals, a mapped memory, or the info block. */
struct report_fixed {
    const char *kind; /* "peripheral", "map", "info" */
    const char *const *names;
    size_t name_count;
    struct report_region region;
};

/* What one program owns in one memory. */
struct report_block {
    size_t memory; /* index into report.memories */
    uint64_t base, bytes;
    uint64_t need_bytes; /* linked, rounded up to the MPU's granularity; the rest is padding */
    uint64_t
        linked_bytes; /* at most need_bytes; 0, and no sections, if nothing has been linked yet */
    bool has_limit, has_headroom;
    uint64_t limit_bytes;                /* of the manifest */
    uint64_t headroom_bytes;             /* that the need can grow by before other blocks move */
    const struct report_region *regions; /* of a task: ascending, adjacent, fill the block */
    size_t region_count;
    const struct report_section *sections; /* ascending, adjacent, from base on */
    size_t section_count;
};

struct report_interrupt {
    const char *name; /* "uart0.rx" */
    uint64_t number;
    const char *notification;
};

struct report_texts {
    const char *const *items;
    size_t count;
};

/* The kernel, or a task. */
struct report_program {
    const char *name;
    const struct report_block *blocks; /* distinct memories */
    size_t block_count;
    /* of a task */
    uint64_t priority;
    bool is_started; /* at boot */
    uint32_t slots_used, slots_free;
    const struct report_fixed *fixed;
    size_t fixed_count;
    struct report_texts uses, maps, notifications;
    const struct report_interrupt *interrupts;
    size_t interrupt_count;
};

/* ---- memories ---- */

enum report_row_kind {
    REPORT_ROW_SKIP, /* left for a bootloader */
    REPORT_ROW_HOLE, /* the memory has no bytes here */
    REPORT_ROW_KERNEL,
    REPORT_ROW_TASK,
    REPORT_ROW_INFO,
    REPORT_ROW_GAP, /* unused, below the last byte in use */
    REPORT_ROW_FREE /* unused, above the last byte in use */
};

struct report_row {
    enum report_row_kind kind;
    uint64_t start, bytes;
    uint64_t need_bytes;   /* of kernel, task and info; the rest of the row is padding */
    size_t program, block; /* of kernel and task: index, and index into its blocks */
};

struct report_memory {
    const char *name;
    uint64_t base, size;
    uint32_t attributes;           /* IMGBUILD_READ | ... */
    const struct report_row *rows; /* ascending, each starts where the previous one ends */
    size_t row_count;
    uint64_t used_bytes, free_bytes; /* together: size */
    uint64_t padding_bytes;          /* of kernel, tasks and info block */
    uint64_t gap_bytes;
    bool has_owner; /* the kernel, a task or the info block is here */
    /* of the tasks alone: need + padding + gap is the distance from the kernel to the last block
     */
    uint64_t task_need_bytes, task_padding_bytes, task_gap_bytes;
    uint64_t bound_bytes; /* no layout of the tasks uses less here */
};

/* ---- the whole report ---- */

/* What happened to a block, compared with imgbuild.lock. */
struct report_move {
    size_t program, block;
    const char *kind;        /* "kept", "resized", "moved", "new" */
    const char *reason;      /* the reason, in words, or "" */
    bool boundaries_changed; /* region boundaries moved, though it did not outgrow them */
};

struct report {
    const char *name, *board, *slot, *version; /* slot: "" without image slots */
    uint64_t epoch;
    const char *id;     /* as printed; "" when nothing was built */
    const char *compat; /* JSON object on one line */
    const char *mpu_model;
    uint32_t mpu_slots, mpu_reserved;
    bool has_subregions;
    bool is_overflowing;  /* it does not fit: rows reach beyond the end of a memory */
    uint64_t bound_bytes; /* no layout of the tasks uses less, over all memories */
    const struct report_memory *memories;
    size_t memory_count;
    const struct report_program *programs; /* [REPORT_KERNEL], then the tasks in their order */
    size_t program_count;
    size_t hurt_program, hurt_block; /* with the least headroom; REPORT_NONE: none */
    bool is_locked;                  /* laid out against imgbuild.lock */
    const struct report_move *moves;
    size_t move_count;
};

#endif
