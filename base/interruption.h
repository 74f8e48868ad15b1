/* Signals that ask this process to end: they are remembered, and everything that waits looks. */
#ifndef BASE_INTERRUPTION_H
#define BASE_INTERRUPTION_H

/* Makes SIGINT, SIGTERM and SIGHUP be remembered instead of ending the process. Call it once, from
 * main. */
void interruption_catch(void);

/* The last signal that asked this process to end, or 0. */
int interruption_signal(void);

/* How many such signals have come. The second one says that the user's patience is over. */
int interruption_count(void);

#endif
