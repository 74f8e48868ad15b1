/* archive.json, read back: what an archive says of itself. */
#ifndef CLI_ARCHIVE_ARCHIVE_ABOUT_H
#define CLI_ARCHIVE_ARCHIVE_ABOUT_H

#include "cli/archive/compat.h"

#include "sign/digest/digest.h"
#include "sign/image/image_id.h"

enum { ARCHIVE_FORMAT = 1 };

struct archive_about {
    const char *name;
    const char *version; /* as written; compat.version is the same */
    const char *id_text;
    uint8_t id[IMAGE_ID_BYTES];
    struct digest image_digest; /* of image/image.bin */
    uint64_t header_addr;
    const char *revision; /* or NULL */
    const char *tool;
    struct compat compat; /* board, slot, version and epoch besides */
};

/* Reads it. Keys that are not known are left alone, but for those of `compat`, which are gates.
 * Shape:  everything is copied into `arena`; pos says where to point in messages.
 * Errors: about-json (no JSON, or a key twice), about-format (a format that is not known),
 *         about-value (missing, or not of its form). *ret is untouched on failure. */
MUST_CHECK bool archive_about_read(struct span json, struct source_pos pos, struct arena *arena,
                                   struct archive_about *ret, struct diag_list *diags);

/* Whether a text can stand in it. They are printed: none may move the cursor, or change how what
 * stands beside it is shown. */
bool archive_about_can_say(const char *text);

#endif
