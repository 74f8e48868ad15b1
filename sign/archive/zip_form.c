#include "sign/archive/zip_form.h"

enum {
    LOCAL_SIGNATURE = 0x04034b50,
    CENTRAL_SIGNATURE = 0x02014b50,
    END_SIGNATURE = 0x06054b50,
    VERSION_NEEDED = 10, /* 1.0: nothing but stored files */
    MADE_BY = 0x033f,    /* Unix, specification 6.3 */
    DATE = 0x0021,       /* the earliest: 1980-01-01 */
    FILE_MODE = 0100644  /* a regular file, read by all, written by its owner */
};

static const char comment[] = "imgbuild archive 1";

/* The fields that both headers of a member have in the same order, from "version needed" on. */
static void append_common(struct buffer *to, const struct zip_member *member)
{
    buffer_append_u16(to, VERSION_NEEDED);
    buffer_append_u16(to, 0); /* flags */
    buffer_append_u16(to, 0); /* method: stored */
    buffer_append_u16(to, 0); /* time */
    buffer_append_u16(to, DATE);
    buffer_append_u32(to, member->crc);
    buffer_append_u32(to, member->content_bytes);
    buffer_append_u32(to, member->content_bytes);
    buffer_append_u16(to, (uint16_t)member->name.bytes);
    buffer_append_u16(to, 0); /* extra fields */
}

void zip_append_local(struct buffer *to, const struct zip_member *member)
{
    buffer_append_u32(to, LOCAL_SIGNATURE);
    append_common(to, member);
    buffer_append_span(to, member->name);
}

void zip_append_central(struct buffer *to, const struct zip_member *member)
{
    buffer_append_u32(to, CENTRAL_SIGNATURE);
    buffer_append_u16(to, MADE_BY);
    append_common(to, member);
    buffer_append_u16(to, 0); /* comment */
    buffer_append_u16(to, 0); /* disk */
    buffer_append_u16(to, 0); /* internal attributes */
    buffer_append_u32(to, (uint32_t)FILE_MODE << 16);
    buffer_append_u32(to, member->local_off);
    buffer_append_span(to, member->name);
}

void zip_append_end(struct buffer *to, const struct zip_end *end)
{
    buffer_append_u32(to, END_SIGNATURE);
    buffer_append_u16(to, 0);                 /* this disk */
    buffer_append_u16(to, 0);                 /* disk of the central directory */
    buffer_append_u16(to, end->member_count); /* on this disk */
    buffer_append_u16(to, end->member_count);
    buffer_append_u32(to, end->central_bytes);
    buffer_append_u32(to, end->central_off);
    buffer_append_u16(to, sizeof comment - 1);
    buffer_append_text(to, comment);
}

/* ---- names of fields ---- */

struct field {
    size_t end; /* offset of the first byte after it; 0: the last field */
    const char *name;
};

static const struct field local_fields[] = {
    {4, "signature"}, {6, "version needed"}, {8, "flags"},         {10, "method"},
    {12, "time"},     {14, "date"},          {18, "checksum"},     {22, "compressed size"},
    {26, "size"},     {28, "name length"},   {30, "extra length"}, {0, "name"},
};
static const struct field central_fields[] = {
    {4, "signature"},       {6, "version made by"}, {8, "version needed"},
    {10, "flags"},          {12, "method"},         {14, "time"},
    {16, "date"},           {20, "checksum"},       {24, "compressed size"},
    {28, "size"},           {30, "name length"},    {32, "extra length"},
    {34, "comment length"}, {36, "disk"},           {38, "internal attributes"},
    {42, "attributes"},     {46, "offset"},         {0, "name"},
};
static const struct field end_fields[] = {
    {4, "signature"},
    {6, "disk"},
    {8, "disk of the central directory"},
    {10, "members on disk"},
    {12, "member count"},
    {16, "size of the central directory"},
    {20, "offset of the central directory"},
    {22, "comment length"},
    {0, "comment"},
};

static const char *field_at(const struct field *fields, size_t offset)
{
    while (fields->end != 0 && offset >= fields->end)
        fields++;
    return fields->name;
}

const char *zip_local_field(size_t offset)
{
    return field_at(local_fields, offset);
}

const char *zip_central_field(size_t offset)
{
    return field_at(central_fields, offset);
}

const char *zip_end_field(size_t offset)
{
    return field_at(end_fields, offset);
}
