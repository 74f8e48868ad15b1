/* Readable names of C++ and Rust functions. */
#ifndef LINKER_DEBUG_DEMANGLE_H
#define LINKER_DEBUG_DEMANGLE_H

#include "base/arena.h"

enum { DEMANGLE_INPUT_BYTES_MOST = 4096, DEMANGLE_OUTPUT_BYTES_MOST = 16384 };

/* The name as its language writes it: C++ (Itanium ABI), Rust (legacy and v0). The name itself when
 * it is neither, or longer than these limits allow: a few hundred hostile bytes can stand for a
 * name of any length. */
const char *demangle(const char *name, struct arena *arena);

#endif
