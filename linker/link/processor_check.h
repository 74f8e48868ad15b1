/* Whether what is linked runs on the chip, beside the kernel. */
#ifndef LINKER_LINK_PROCESSOR_CHECK_H
#define LINKER_LINK_PROCESSOR_CHECK_H

#include "linker/elf/processor.h"
#include "linker/link/program.h"

#include "layout/mpu/mpu.h"

/* What programs are compared with. */
struct processor_rules {
    enum mpu_model mpu_model;
    struct processor chip;   /* all that a chip with such an MPU can have */
    struct processor kernel; /* what the kernel's objects are compiled for */
};

/* Rules for a chip; the kernel's objects are added with processor_rules_add_kernel(). */
struct processor_rules processor_rules_of(enum mpu_model model);
void processor_rules_add_kernel(struct arena *arena, struct processor_rules *rules,
                                const struct elf_file *object);

/* One object of a program, or a member of an archive that is linked into it.
 * Shape:  name as messages have it: "main.o", "libc.a(memcpy.o)".
 * Errors: link-wrong-machine, link-wrong-processor. */
MUST_CHECK bool processor_check(struct arena *arena, const struct processor_rules *rules,
                                const struct program *program, const char *name,
                                const struct elf_file *object, struct diag_list *diags);

#endif
