/* Symbols of an ELF file by name. The file is not trusted: a malformed one has no symbols. */
#ifndef LINKER_ELF_SYMBOLS_H
#define LINKER_ELF_SYMBOLS_H

#include "base/span.h"

/* Whether a global symbol is defined; its value (of a Thumb function with bit 0 set). */
bool symbols_find(struct span elf, const char *name, uint64_t *ret_value);

/* Whether a file refers to a global symbol: undefined in an object, or, in a linked program, taken
 * from its script, since symbols are given only to those who refer to them. */
bool symbols_refer_to(struct span elf, const char *name);

#endif
