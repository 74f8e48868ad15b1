/* Programs: where they are, and how many processors there are for them. */
#ifndef BASE_PROCESS_PROCESS_H
#define BASE_PROCESS_PROCESS_H

#include "base/arena.h"

/* The path of the program that a name without slash means on PATH; NULL when there is none. */
const char *process_find_program(struct arena *arena, const char *name);

/* The path of the running program itself; NULL when the system does not tell. */
const char *process_own_path(struct arena *arena);

/* Processors that this process may use, at least 1. */
unsigned process_processor_count(void);

#endif
