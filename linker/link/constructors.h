/* Functions that must run before main(), and a program that runs none of them. */
#ifndef LINKER_LINK_CONSTRUCTORS_H
#define LINKER_LINK_CONSTRUCTORS_H

#include "linker/link/linked_files.h"

/* The name of a section with such functions that nothing in the program looks at; NULL: all are
 * looked at, or there are none.
 * Shape:  map and files: of the program's link; NULL when there is no map: then a symbol for the
 *         section's bounds in the ELF counts, as the generated script gives it only to who asks. */
const char *constructors_not_run(const struct elf_file *elf, const struct linked *linked,
                                 const struct link_map *map, const struct linked_files *files);

#endif
