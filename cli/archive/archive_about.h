/* archive.json, read back: what an archive says about itself. */
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
    struct compat compat; /* also board, slot, version and epoch */
};

/* Reads it. Unknown keys are ignored, except those of `compat`, which are gates.
 * Shape:  everything is copied into `arena`; pos is the position for messages.
 * Errors: about-json (invalid JSON, or a duplicate key), about-format (an unknown format),
 *         about-value (missing or malformed). *ret is untouched on failure. */
MUST_CHECK bool archive_about_read(struct span json, struct source_pos pos, struct arena *arena,
                                   struct archive_about *ret, struct diag_list *diags);

/* Whether a text may be a value in it. Values are printed: none may move the cursor, or change how
 * the text beside it is displayed. */
bool archive_about_can_say(const char *text);

#endif
