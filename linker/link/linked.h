/* What a linked program occupies: read from its ELF file, which is not trusted. */
#ifndef LINKER_LINK_LINKED_H
#define LINKER_LINK_LINKED_H

#include "linker/link/program.h"

#include "base/span.h"

/* An allocated section. */
struct linked_section {
    const char *name;
    uint64_t addr, bytes; /* where it is at run time */
    uint64_t load_addr;   /* where its bytes are in the image, if it has any */
    bool is_loaded;
    size_t memory; /* index into program.memories, of addr */
};

/* What the program occupies of one of its memories. */
struct linked_memory {
    uint64_t bytes; /* from the place's base to the last byte that is used there, or loaded there */
    uint64_t align_bytes; /* largest alignment of a section there, at least 4 */
};

/* Bytes to be put into the image. */
struct linked_segment {
    uint64_t load_addr;
    struct span bytes; /* into the ELF's own */
    bool is_executable;
};

struct linked {
    uint64_t entry; /* as the ELF has it, bit 0 set for Thumb */
    uint16_t machine;
    uint32_t flags;                       /* e_flags */
    const struct linked_memory *memories; /* as program->memories */
    size_t memory_count;
    const struct linked_section *sections; /* ascending by addr */
    size_t section_count;
    const struct linked_segment *segments; /* ascending by load_addr, disjoint, none empty */
    size_t segment_count;
    uint64_t stack_base, stack_top; /* of the symbols __stack_base and __stack_top */
    /* kernel on Arm: its vector table, 0 bytes when there is none, and what VTOR wants of its base,
     * which counts in memories[PROGRAM_CODE].align_bytes */
    uint64_t vectors_addr, vectors_bytes;
    uint64_t vectors_align_bytes;
};

/* Reads a program that was linked for the given places, and checks that it is what its script
 * promised.
 * Shape:  elf must outlive *ret; path names it in messages; places as program->memories.
 * Errors: linked-malformed, linked-wrong-format, linked-outside (a segment outside of every
 *         place), linked-orphan-section (an allocated section that the generated script does not
 *         name), linked-noload-contents, linked-entry (missing, or not in code), linked-stack (no
 *         symbols for it, or misaligned). *ret is untouched on failure.
 * Source: System V gABI 4.1 chapters 4 and 5. */
MUST_CHECK bool linked_read(struct arena *arena, struct span elf, const char *path,
                            const struct program *program, const struct program_place *places,
                            struct linked *ret, struct diag_list *diags);

/* Checks that a kernel's vector table lies where VTOR can point to. For the final link only: a
 * trial may lie anywhere.
 * Errors: linked-vector-alignment.
 * Source: Armv7-M ARM (DDI 0403E) B1.5.3, B3.2.5. */
MUST_CHECK bool linked_check_vectors(const struct linked *linked, const struct program *program,
                                     struct diag_list *diags);

#endif
