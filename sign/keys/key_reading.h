/* What the readers of public and of private keys share. */
#ifndef SIGN_KEYS_KEY_READING_H
#define SIGN_KEYS_KEY_READING_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/span.h"
#include "sign/keys/key_kind.h"

/* Where a reading stands, and whom it tells. */
struct key_reading {
    struct source_pos pos; /* without a line (pem.h) */
    struct arena *arena;
    struct diag_list *diags;
};

/* Says key-form; false. */
bool key_reading_wrong(const struct key_reading *reading, const char *what);

/* Says key-unsupported, "`what` is not supported", and which keys are; false. */
bool key_reading_unsupported(const struct key_reading *reading, const char *what);

/* The kind of an EC key, by the parameters of its algorithm: the name of a curve.
 * Errors: key-form, key-unsupported. *ret is untouched on failure.
 * Source: RFC 5480 2.1.1. */
MUST_CHECK bool key_reading_curve(const struct key_reading *reading, struct span parameters,
                                  enum key_kind *ret);

#endif
