/* What a compiler is told to choose among its libraries: it has one of each for every kind of
 * processor. */
#ifndef LINKER_LINK_COMPILER_OPTIONS_H
#define LINKER_LINK_COMPILER_OPTIONS_H

#include "base/file.h"

/* Appends the options of GCC that stand for the processor an object, or an archive's first member,
 * was compiled for; none when it cannot be read.
 * Source: GCC manual, "ARM Options" and "RISC-V Options". */
void compiler_options_of(struct arena *arena, const char *object, struct path_list *ret);

#endif
