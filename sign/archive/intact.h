/* Whether an archive is whole: every member as SHA256SUMS says. That says nothing about who made
 * it.
 */
#ifndef SIGN_ARCHIVE_INTACT_H
#define SIGN_ARCHIVE_INTACT_H

#include "sign/archive/archive.h"
#include "sign/archive/sums.h"

#define ARCHIVE_SUMS_NAME "SHA256SUMS"

/* Checks the grammar of SHA256SUMS, that it has exactly one line for each member but itself and
 * those in signatures/, and the digests.
 * Errors: archive-no-sums, those of sums_parse, sums-missing (a member without a line), sums-extra
 *         (a line without a member), sums-digest. */
MUST_CHECK bool intact_check(const struct archive *archive, struct source_pos named_at,
                             struct arena *arena, struct diag_list *diags);

/* The lines of SHA256SUMS, for who reads few members of many. */
struct intact_list {
    const struct sums_line *lines; /* in byte order of their names */
    size_t line_count;
};

/* Checks all that intact_check does but the digests.
 * Errors: as intact_check, without sums-digest. *ret is untouched on failure. */
MUST_CHECK bool intact_check_names(const struct archive *archive, struct source_pos named_at,
                                   struct arena *arena, struct intact_list *ret,
                                   struct diag_list *diags);

/* Checks the digest of one member that has a line.
 * Errors: sums-digest. */
MUST_CHECK bool intact_check_member(const struct intact_list *list,
                                    const struct archive_member *member, struct source_pos named_at,
                                    struct diag_list *diags);

#endif
