/* The bytes that an ELF file puts into memory. The file is not trusted. */
#ifndef LINKER_ELF_LOADED_H
#define LINKER_ELF_LOADED_H

#include "base/span.h"

/* The loaded bytes from a run-time address on, as far as its segment holds them in the file; empty
 * when nothing is loaded there, or the file is malformed. */
struct span loaded_bytes_from(struct span elf, uint64_t addr);

#endif
