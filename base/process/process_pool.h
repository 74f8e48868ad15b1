/* Running programs beside each other, while this process does something else with those that have
 * ended.
 *
 * Every program leads a process group of its own. When this process is asked to end, the signal
 * goes on to the groups; what is left of them after two seconds, or at a second signal, is killed.
 * When the terminal's user stops this process (SIGTSTP), its programs stop too, and go on with it.
 * A program has ended when its first process has: what it leaves in the background may go on, and
 * is not waited for, even where it holds the program's output open.
 */
#ifndef BASE_PROCESS_PROCESS_POOL_H
#define BASE_PROCESS_PROCESS_POOL_H

#include "base/diag.h"
#include "base/process/jobserver.h"
#include "base/span.h"

enum process_end {
    PROCESS_WAITING, /* not started yet */
    PROCESS_RUNNING,
    PROCESS_EXITED,      /* by itself, with exit_status */
    PROCESS_KILLED,      /* by signal_number */
    PROCESS_TIMED_OUT,   /* ended by this process, as it took too long */
    PROCESS_NOT_STARTED, /* there is no such program, or the system refused: a diagnostic says why
                          */
    PROCESS_SKIPPED      /* not started after the failure of another */
};

struct process_job {
    const char *const *argv; /* NULL-terminated; argv[0] is looked up on PATH */
    /* set by the pool */
    enum process_end end;
    int exit_status;    /* of PROCESS_EXITED, else -1 */
    int signal_number;  /* of PROCESS_KILLED, else 0 */
    struct span output; /* standard output and error as they came, cut at PROCESS_OUTPUT_LIMIT */
};

enum { PROCESS_OUTPUT_LIMIT = 1 << 20 };

enum process_failure {
    PROCESS_KEEP_GOING,    /* a failure stops no other job */
    PROCESS_STOP_STARTING, /* after a failure no job starts; those that run may end */
};

/* Called each time a job has ended. */
typedef void process_progress_fn(void *context, size_t ended, size_t count);

struct process_pool_options {
    unsigned parallel;        /* jobs at once; 0 counts as 1 */
    unsigned timeout_seconds; /* of one job; 0: none */
    enum process_failure on_failure;
    struct jobserver *jobserver;   /* asked for each job beyond the first; or NULL */
    process_progress_fn *progress; /* of process_run_all() only; or NULL */
    void *progress_context;
};

struct process_pool;

/* Opens an empty pool. Standard input of the jobs is empty, LC_ALL is C. Only one pool may be open
 * at a time. Close it with process_pool_close(). */
struct process_pool *process_pool_open(struct arena *arena,
                                       const struct process_pool_options *options);

/* Adds a job, which starts as soon as there is room for it. The job stays the caller's, at its
 * place,
 * until the pool is closed. Errors: process-not-started (of jobs that start at once). */
void process_pool_add(struct process_pool *pool, struct process_job *job, struct diag_list *diags);

/* Waits until a job has ended.
 * Shape:  *ret is one that no earlier call returned, PROCESS_NOT_STARTED and PROCESS_SKIPPED ones
 *         too, in the order of their ends; NULL: there is none left.
 * Errors: interrupted (all running jobs have been ended then), process-not-started: that is no
 *         failure of this call. */
MUST_CHECK bool process_pool_next(struct process_pool *pool, struct process_job **ret,
                                  struct diag_list *diags);

/* Starts no more jobs, as after a failure: for callers that find more failures than exit statuses
 * tell. */
void process_pool_stop(struct process_pool *pool);

/* Ends what still runs. */
void process_pool_close(struct process_pool *pool);

/* Ends what still runs at once and gives all tokens back, without waiting or asking for memory: for
 * a process that is about to give up. Harmless when no pool is open. */
void process_pool_abandon(void);

/* Runs jobs through a pool of their own, and waits for all. A job that cannot be started or fails
 * does
 * not stop the others unless the options say so. Errors: interrupted, process-not-started (for each
 * job that has no program). */
MUST_CHECK bool process_run_all(struct arena *arena, struct process_job *jobs, size_t count,
                                const struct process_pool_options *options,
                                struct diag_list *diags);

#endif
