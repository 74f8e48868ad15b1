/* What the user sees: results on standard output, diagnostics and progress on standard error. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "base/diag.h"
#include "base/progress.h"
#include "base/span.h"

enum verbosity { QUIET, NORMAL, VERBOSE };

struct terminal {
    enum verbosity verbosity;
    bool has_color;      /* of diagnostics */
    bool shows_progress; /* standard error is a terminal, and not QUIET */
    bool progress_is_shown;
};

enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct terminal terminal_open(enum verbosity verbosity, enum color_choice color);

/* Shows `text` in the progress line; does nothing if not on a terminal. */
void terminal_progress(struct terminal *terminal, const char *text);

/* Removes the progress line. */
void terminal_progress_end(struct terminal *terminal);

/* The same as a task far from the terminal knows it. What other programs say is heard where
 * progress is shown, and with VERBOSE. */
struct progress terminal_as_progress(struct terminal *terminal);

/* Writes a line to standard error if the user asked for this much output. */
void terminal_say(struct terminal *terminal, enum verbosity least, const char *line);

/* Writes results to standard output. False when it could not be written. */
MUST_CHECK bool terminal_print(struct terminal *terminal, const char *text);
MUST_CHECK bool terminal_print_bytes(struct terminal *terminal, struct span bytes);

/* Writes another program's output to standard error, unchanged. */
void terminal_pass_on(struct terminal *terminal, struct span words);

/* Prints all diagnostics to standard error as
 * `file:line:col: error[code]: message`, source line, caret, quote, hint. */
void terminal_print_diags(struct terminal *terminal, struct arena *arena,
                          const struct diag_list *diags);

#endif
