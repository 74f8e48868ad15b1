/* Asking the user for a secret. */
#ifndef BASE_SECRET_PROMPT_H
#define BASE_SECRET_PROMPT_H

#include "base/diag.h"

/* Asks at the terminal of this process, whatever standard input is, and reads a line that is not
 * shown. The terminal is as before when this returns, also after a signal.
 * Shape:  secret[0..capacity) gets the line without its newline; the caller wipes it, also after a
 *         failure.
 * Errors: prompt-no-terminal, prompt-too-long, prompt-no-answer (end of input), interrupted. */
MUST_CHECK bool secret_prompt(const char *question, uint8_t *secret, size_t capacity,
                              size_t *ret_bytes, struct diag_list *diags);

#endif
