/* From a stopped program to its callers, by the call frame information of its ELF file. */
#ifndef LINKER_DEBUG_UNWIND_H
#define LINKER_DEBUG_UNWIND_H

#include "linker/debug/debug_file.h"

/* Registers by their DWARF numbers. Arm: r0 to r15. RISC-V: x0 to x31. */
enum { UNWIND_REGISTERS = 32, UNWIND_FRAMES_MOST = 64 };

struct unwind_start {
    uint64_t pc;
    bool has_pc;
    uint32_t registers[UNWIND_REGISTERS];
    uint32_t known;      /* bit i: register i is known */
    uint64_t stack_addr; /* of the first byte of `stack` */
    struct span stack;
};

enum unwind_trust {
    UNWIND_GIVEN,   /* the place where it stopped */
    UNWIND_BY_CFI,  /* follows from the frame before it */
    UNWIND_BY_LINK, /* a guess: where the link register points to */
    UNWIND_FOUND    /* a guess: something on the stack that looks like a return address */
};

struct unwind_frame {
    uint64_t pc;        /* without the Thumb bit; of a caller: where it goes on */
    uint64_t call_addr; /* an address in the instruction that made the call, or pc */
    enum unwind_trust trust;
};

struct unwind_trace {
    const struct unwind_frame *frames; /* innermost first */
    size_t frame_count;
    const char *end; /* why there are no more, in words */
};

/* Number of the stack pointer, and of the link register. */
unsigned unwind_sp(enum debug_machine machine);
unsigned unwind_lr(enum debug_machine machine);

/* The frames from a stopped program outwards. Frames after a guess are no better than it.
 * Source: DWARF 5, 6.4; ABI for the Arm architecture, DWARF (AADWARF32) 3.1. */
struct unwind_trace unwind_frames(struct debug_file *file, const struct unwind_start *start,
                                  struct arena *arena);

#endif
