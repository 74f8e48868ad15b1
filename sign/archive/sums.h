/* The member SHA256SUMS: a digest of every other member, as sha256sum(1) writes and checks it.
 *
 *   file = { line }
 *   line = 64 lowercase hex digits, two spaces, a member's name (archive.h), newline
 *
 * Lines stand in byte order, each name once.
 */
#ifndef SIGN_ARCHIVE_SUMS_H
#define SIGN_ARCHIVE_SUMS_H

#include "sign/digest/digest.h"

#include "base/diag.h"
#include "base/span.h"

struct sums_line {
    struct digest digest;
    const char *name;
};

struct sums {
    const struct sums_line *lines; /* in the order of the file: by digest */
    size_t line_count;
};

/* Writes lines that are given in any order.
 * Shape:  names valid and unique. */
struct span sums_write(const struct sums_line *lines, size_t count, struct arena *arena);

/* Reads what sums_write can have written, to the byte.
 * Errors: sums-form, sums-order, sums-duplicate; at the line of `named_at.file`. *ret is untouched
 * on failure. */
MUST_CHECK bool sums_parse(struct span text, struct source_pos named_at, struct arena *arena,
                           struct sums *ret, struct diag_list *diags);

#endif
