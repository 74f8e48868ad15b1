/* What a processor must have to run an object file, as its compiler noted it. */
#ifndef LINKER_ELF_PROCESSOR_H
#define LINKER_ELF_PROCESSOR_H

#include "linker/elf/elf_file.h"

#include "base/arena.h"

struct processor {
    uint16_t machine;            /* EM_ARM, EM_RISCV, …; 0: nothing is known */
    const char *name;            /* "ARMv7E-M", "rv32imac"; NULL: the object does not tell */
    const char *const *features; /* without those that every processor of the machine has */
    size_t feature_count;
};

/* What an object needs. One without attributes, such as data made of a file, needs nothing.
 * Arm: ARM state where the file has code for it, the profile, the steps of the architecture, DSP,
 * MVE and the floating-point unit. RISC-V: the extensions of the architecture string, and those
 * that e_flags speak of.
 * Shape:  texts live in `arena`, or are constant.
 * Source: Addenda to the ABI for the Arm Architecture (2023Q3) 3.3; RISC-V ELF psABI 1.0, 8.1 and
 * 8.5; RISC-V unprivileged specification 20191213, chapter 27. */
struct processor processor_of(struct arena *arena, const struct elf_file *file);

/* A processor that has what both have; the name is that of the first which has one and the more
 * features. */
struct processor processor_join(struct arena *arena, const struct processor *a,
                                const struct processor *b);

/* The first thing that `needed` needs and `given` lacks; NULL: nothing. */
const char *processor_lacks(const struct processor *given, const struct processor *needed);

bool processor_has(const struct processor *processor, const char *feature);

/* Features of Arm processors. */
#define PROCESSOR_THUMB2    "Thumb-2 instructions (ARMv7-M)"
#define PROCESSOR_DSP       "DSP instructions"
#define PROCESSOR_V8M       "ARMv8-M instructions"
#define PROCESSOR_V8M_MAIN  "ARMv8-M Mainline instructions"
#define PROCESSOR_V81M      "ARMv8.1-M instructions"
#define PROCESSOR_MVE       "MVE instructions"
#define PROCESSOR_FPU       "floating-point instructions"
#define PROCESSOR_FPU4      "VFPv4 instructions"
#define PROCESSOR_FPU5      "FPv5 instructions"
#define PROCESSOR_ARM_STATE "ARM-state instructions"
#define PROCESSOR_NOT_M     "instructions of the A or R profile"

#endif
