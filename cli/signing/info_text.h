/* What `imgbuild info` prints. */
#ifndef CLI_SIGNING_INFO_TEXT_H
#define CLI_SIGNING_INFO_TEXT_H

#include "cli/archive/archive_about.h"
#include "cli/signing/info_change.h"

struct info_shown {
    struct info_found found;
    uint64_t header_addr;
    bool is_archive;
    struct archive_about about; /* of an archive */
};

/* One line per value; text from the image is printed without characters that move the cursor. */
const char *info_text(const struct info_shown *shown, struct arena *arena);

/* The same as JSON: a chunk has `hex`, and `text` when it is printable ASCII. */
const char *info_text_json(const struct info_shown *shown, struct arena *arena);

#endif
