/* The section in which compilers and assemblers say what a processor must have to run an object:
 * .ARM.attributes and .riscv.attributes share one form. The file is not trusted: what does not lie
 * in the section ends the list.
 */
#ifndef LINKER_ELF_BUILD_ATTRIBUTES_H
#define LINKER_ELF_BUILD_ATTRIBUTES_H

#include "base/span.h"

enum build_attributes_vendor { BUILD_ATTRIBUTES_ARM, BUILD_ATTRIBUTES_RISCV };

struct build_attributes {
    enum build_attributes_vendor vendor;
    struct span rest;
};

struct build_attribute {
    uint64_t tag;
    uint64_t number;  /* 0 for a text */
    const char *text; /* into the section; NULL for a number */
};

/* Finds the vendor's attributes of the whole file; false when the section has none.
 * Source: Addenda to the ABI for the Arm Architecture (2023Q3) 3.1; RISC-V ELF psABI 1.0, 8.5. */
bool build_attributes_open(struct span section, enum build_attributes_vendor vendor,
                           struct build_attributes *ret);

/* Steps through them; false at the end. */
bool build_attributes_next(struct build_attributes *attributes, struct build_attribute *ret);

#endif
