/* The headers of a zip in the canonical form of an archive: shared by its writer, which appends
 * them, and its reader, which demands them. */
#ifndef SIGN_ARCHIVE_ZIP_FORM_H
#define SIGN_ARCHIVE_ZIP_FORM_H

#include "base/buffer.h"
#include "base/span.h"

enum {
    ZIP_LOCAL_BYTES = 30,   /* before the name */
    ZIP_CENTRAL_BYTES = 46, /* before the name */
    ZIP_END_BYTES = 40,     /* with the comment */

    ZIP_LOCAL_CRC = 14, /* offsets of the fields from which a reader learns what to demand */
    ZIP_LOCAL_SIZE = 18,
    ZIP_LOCAL_NAME_BYTES = 26,
    ZIP_END_COUNT = 10,
    ZIP_END_CENTRAL_SIZE = 12,
    ZIP_END_CENTRAL_OFF = 16
};

/* All that the headers of a member say. */
struct zip_member {
    struct span name;
    uint32_t crc;
    uint32_t content_bytes;
    uint32_t local_off; /* of its local header */
};

struct zip_end {
    uint16_t member_count;
    uint32_t central_bytes;
    uint32_t central_off;
};

/* Appends a header with its name or comment.
 * Source: APPNOTE.TXT 6.3.3, 4.3.7, 4.3.12 and 4.3.16. */
void zip_append_local(struct buffer *to, const struct zip_member *member);
void zip_append_central(struct buffer *to, const struct zip_member *member);
void zip_append_end(struct buffer *to, const struct zip_end *end);

/* The name of the field that a byte of a header belongs to, for messages. */
const char *zip_local_field(size_t offset);
const char *zip_central_field(size_t offset);
const char *zip_end_field(size_t offset);

#endif
