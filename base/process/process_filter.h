/* Running one program as a filter: bytes in, bytes out, and what it says besides. */
#ifndef BASE_PROCESS_PROCESS_FILTER_H
#define BASE_PROCESS_PROCESS_FILTER_H

#include "base/diag.h"
#include "base/span.h"

/* Called with standard error as it comes. */
typedef void process_filter_heard_fn(void *context, struct span words);

struct process_filter {
    const char *const *argv;        /* NULL-terminated; argv[0] is looked up on PATH */
    const char *const *settings;    /* NAME=VALUE, NULL-terminated: laid over the environment */
    struct span input;              /* what it reads from standard input */
    size_t output_bytes_most;       /* a program that prints more is ended */
    process_filter_heard_fn *heard; /* or NULL */
    void *context;
    /* set by process_filter_run */
    int exit_status;    /* of a program that ended by itself, else -1 */
    int signal_number;  /* that ended it, else 0 */
    bool is_too_long;   /* it printed more than output_bytes_most, and was ended */
    struct span output; /* standard output */
    struct span words;  /* standard error, cut at PROCESS_FILTER_WORDS_MOST */
};

enum { PROCESS_FILTER_WORDS_MOST = 64 * 1024 };

/* Runs the program and waits for it. It may ask the terminal's user for something when this process
 * may; otherwise it leads a process group of its own, and all of that ends when this process is
 * interrupted.
 * Errors: interrupted, process-not-started. How the program ended is the caller's to judge. */
MUST_CHECK bool process_filter_run(struct arena *arena, struct process_filter *filter,
                                   struct diag_list *diags);

/* The words for a signal number, such as "Killed". */
const char *process_signal_name(int number);

#endif
