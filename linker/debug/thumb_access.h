/* What a Thumb instruction does with memory: enough of a decoder to say of a faulting load or store
 * which way it went, and how many bytes it was about. */
#ifndef LINKER_DEBUG_THUMB_ACCESS_H
#define LINKER_DEBUG_THUMB_ACCESS_H

#include "base/span.h"

enum thumb_access_kind { THUMB_NO_ACCESS, THUMB_READ, THUMB_WRITE };

struct thumb_registers {
    uint32_t values[16]; /* r0 to r15; 15 is the address of the instruction */
    uint32_t known;      /* bit i: register i is known */
};

struct thumb_access {
    enum thumb_access_kind kind;
    uint32_t bytes;      /* in all */
    uint32_t unit_bytes; /* of each of several transfers */
    uint32_t addr;       /* of the first byte, when has_addr */
    bool has_addr;
};

/* Decodes the load or store at the beginning of `code`. Other instructions, and code that is cut
 * off, are THUMB_NO_ACCESS.
 * Source: Armv7-M ARM (DDI 0403E) A5, A7.7; Armv6-M ARM (DDI 0419E) A5. */
struct thumb_access thumb_access_decode(struct span code, const struct thumb_registers *registers);

#endif
