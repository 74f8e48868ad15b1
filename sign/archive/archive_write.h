/* Writing archives. */
#ifndef SIGN_ARCHIVE_ARCHIVE_WRITE_H
#define SIGN_ARCHIVE_ARCHIVE_WRITE_H

#include "sign/archive/archive.h"

/* Makes the one archive that has these members, given in any order.
 * Errors: archive-name, archive-duplicate, archive-too-large (members or bytes). *ret is untouched
 *         on failure.
 * Source: archive.h. */
MUST_CHECK bool archive_write(const struct archive_member *members, size_t count,
                              struct arena *arena, struct span *ret, struct diag_list *diags);

#endif
