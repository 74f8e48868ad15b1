/* Running other programs. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include "base/diag.h"
#include "base/file.h"
#include "base/span.h"

struct process_job {
    const char *const *argv; /* NULL-terminated; argv[0] is looked up on PATH */
    /* set by process_run_all */
    bool started;
    int exit_status;    /* of a job that ended by itself, else -1 */
    int signal_number;  /* that ended the job, else 0 */
    struct span output; /* standard output and error as they came, cut at PROCESS_OUTPUT_LIMIT */
};

enum { PROCESS_OUTPUT_LIMIT = 1 << 20 };

/* Called each time a job has ended. */
typedef void process_progress_fn(void *context, size_t ended, size_t count);

/* Runs jobs, at most `parallel` at a time, standard input empty, LC_ALL=C, and waits for all. A job
 * that cannot be started or fails does not stop the others. When the process is interrupted the
 * running jobs are ended and the call fails.
 * Errors: interrupted, process-not-started (for each job that has no program). */
MUST_CHECK bool process_run_all(struct arena *arena, struct process_job *jobs, size_t count,
                                unsigned parallel, process_progress_fn *progress, void *context,
                                struct diag_list *diags);

/* Makes SIGINT, SIGTERM and SIGHUP be remembered instead of ending the process. Call it once, from
 * main. */
void process_catch_signals(void);

/* The signal that asked this process to end, or 0. */
int process_interrupted(void);

/* The path of the program that a name without slash means on PATH; NULL when there is none. */
const char *process_find_program(struct arena *arena, const char *name);

/* The path of the running program itself; NULL when the system does not tell. */
const char *process_own_path(struct arena *arena);

/* Processors that this process may use, at least 1. */
unsigned process_processor_count(void);

#endif
