/* The job server of GNU make: whoever runs commands beside each other takes a token for each one
 * beyond the first, so that `make -jN` never has more than N at once over all its children.
 *
 * Source: GNU make manual, "Sharing Job Slots with GNU make"; version 4.3 names a pipe, 4.4 a FIFO.
 */
#ifndef BASE_PROCESS_JOBSERVER_H
#define BASE_PROCESS_JOBSERVER_H

#include "base/arena.h"

#include <stdbool.h>

struct jobserver;

enum jobserver_state {
    JOBSERVER_NONE,   /* no make with -j runs this process */
    JOBSERVER_OPEN,   /* tokens come from the job server */
    JOBSERVER_CLOSED, /* make has none for this recipe, or runs one job at a time: so must this
                         process */
};

/* Opens the job server that the text of MAKEFLAGS names; NULL: there is no such variable.
 * Shape:  *ret is NULL unless the answer is JOBSERVER_OPEN. Close it with jobserver_close(). */
enum jobserver_state jobserver_open(struct arena *arena, const char *makeflags,
                                    struct jobserver **ret);

/* Takes a token when one is free; does not wait. */
bool jobserver_take(struct jobserver *server);

/* Gives back one of the tokens that were taken. */
void jobserver_give(struct jobserver *server);

/* Gives all tokens back. May be called when memory has run out. */
void jobserver_give_all(struct jobserver *server);

/* What poll() may wait on for a token. */
int jobserver_handle(const struct jobserver *server);

/* Gives all tokens back and closes; NULL is allowed. */
void jobserver_close(struct jobserver *server);

#endif
