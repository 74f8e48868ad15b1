/* Reading archives that anybody may have made. */
#ifndef SIGN_ARCHIVE_ARCHIVE_READ_H
#define SIGN_ARCHIVE_ARCHIVE_READ_H

#include "sign/archive/archive.h"

/* Reads exactly what archive_write can have written: every byte outside the members' contents is
 * compared with what it has to be, and each content with its checksum. No member is believed before
 * all is checked.
 * Shape:  ret->members point into `bytes`, which must live as long; `named_at` names the file.
 * Errors: archive-end (no end record of an archive where the file ends), archive-form (a byte
 *         outside the contents is not as it has to be), archive-name, archive-duplicate,
 *         archive-order, archive-crc (a content is damaged), archive-too-large; each with the
 *         offset. *ret is untouched on failure.
 * Source: archive.h. */
MUST_CHECK bool archive_read(struct span bytes, struct source_pos named_at, struct arena *arena,
                             struct archive *ret, struct diag_list *diags);

#endif
