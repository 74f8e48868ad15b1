/* The names of temporary files and folders, .imgbuild-PID-NUMBER and more, by which those can be
 * told from others that a killed process left behind. */
#ifndef BASE_LEFTOVER_H
#define BASE_LEFTOVER_H

#include "base/diag.h"

/* The name that this process gives what is temporary; `rest` follows its number. */
const char *leftover_name(struct arena *arena, unsigned number, const char *rest);

enum leftover_state {
    LEFTOVER_NONE,  /* no such name, or not with that rest */
    LEFTOVER_LIVES, /* another process made it, which still runs */
    LEFTOVER_DEAD,  /* nobody is going to finish it; or this process made it */
};

/* Whose a name is.
 * Shape:  rest: what follows the number, or NULL: anything. */
enum leftover_state leftover_state_of(const char *name, const char *rest);

#endif
