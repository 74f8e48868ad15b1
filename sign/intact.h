/* Whether an archive is whole: every member as SHA256SUMS says. That says nothing about who made
 * it.
 */
#ifndef SIGN_INTACT_H
#define SIGN_INTACT_H

#include "sign/archive.h"

#define ARCHIVE_SUMS_NAME         "SHA256SUMS"
#define ARCHIVE_SIGNATURES_FOLDER "signatures/"

/* Checks the grammar of SHA256SUMS, that it has exactly one line for each member but itself and
 * those in signatures/, and the digests.
 * Errors: archive-no-sums, those of sums_parse, sums-missing (a member without a line), sums-extra
 *         (a line without a member), sums-digest. */
MUST_CHECK bool intact_check(const struct archive *archive, struct source_pos named_at,
                             struct arena *arena, struct diag_list *diags);

#endif
