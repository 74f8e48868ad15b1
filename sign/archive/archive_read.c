#include "sign/archive/archive_read.h"

#include "sign/archive/zip_form.h"
#include "sign/digest/crc.h"

#include "base/buffer.h"

#include <string.h>

/* An archive while it is read: two cursors walk through local headers and central directory
 * together. */
struct reader {
    struct span bytes;
    struct source_pos pos;
    struct arena *arena;
    struct diag_list *diags;
    struct buffer expected; /* the header that has to come next */
    size_t member_count;
    size_t central_off;
    size_t end_off;
    size_t local_at;
    size_t central_at;
    struct archive_member *members;
};

/* What has to stand at a place: for messages. */
struct part {
    const char *what;
    const char *(*field)(size_t offset);
    size_t number; /* of the member, from 1; 0: of none */
};

static const struct part end_part = {"the end record", zip_end_field, 0};

static bool wrong_byte(const struct reader *reader, const struct part *part, size_t at, size_t i)
{
    const char *member = "";
    if (part->number != 0)
        member = arena_format(reader->arena, " of member %zu", part->number);
    diag_error(reader->diags, "archive-form", reader->pos,
               "%s in %s%s: the byte at offset %zu is 0x%02x and must be 0x%02x", part->field(i),
               part->what, member, at + i, reader->bytes.data[at + i], reader->expected.data[i]);
    diag_hint(reader->diags, "an archive has one form only: this one was changed, damaged, or "
                             "made by another program");
    return false;
}

/* Whether the bytes at an offset, of which there are enough, are the expected ones. */
static bool check_expected(const struct reader *reader, const struct part *part, size_t at)
{
    const struct buffer *expected = &reader->expected;
    if (memcmp(reader->bytes.data + at, expected->data, expected->bytes) == 0)
        return true;
    size_t i = 0;
    while (reader->bytes.data[at + i] == expected->data[i])
        i++;
    return wrong_byte(reader, part, at, i);
}

static bool does_not_fit(const struct reader *reader, const char *what, size_t number, size_t at,
                         size_t end)
{
    return diag_error(reader->diags, "archive-form", reader->pos,
                      "%s of member %zu at offset %zu does not fit before offset %zu", what, number,
                      at, end);
}

/* ---- the end record ---- */

static bool no_end(const struct reader *reader)
{
    diag_error(reader->diags, "archive-end", reader->pos,
               "the file of %zu bytes does not end with the end record of an archive",
               reader->bytes.bytes);
    diag_hint(reader->diags, "it is cut off, something was appended, or it is not an archive");
    return false;
}

/* The last bytes: whether something that is an end record by its signature and comment stands
 * there. */
static bool has_end(struct reader *reader)
{
    static const struct zip_end none = {0};
    enum { SIGNATURE_BYTES = 4, COMMENT = 22 };
    if (reader->bytes.bytes < ZIP_END_BYTES)
        return false;
    reader->end_off = reader->bytes.bytes - ZIP_END_BYTES;
    zip_append_end(&reader->expected, &none);
    const uint8_t *found = reader->bytes.data + reader->end_off;
    const uint8_t *expected = reader->expected.data;
    return memcmp(found, expected, SIGNATURE_BYTES) == 0 &&
           memcmp(found + COMMENT, expected + COMMENT, ZIP_END_BYTES - COMMENT) == 0;
}

static bool read_end(struct reader *reader)
{
    if (!has_end(reader))
        return no_end(reader);
    const size_t at = reader->end_off;
    const struct zip_end end = {.member_count = span_u16(reader->bytes, at + ZIP_END_COUNT),
                                .central_bytes = span_u32(reader->bytes, at + ZIP_END_CENTRAL_SIZE),
                                .central_off = span_u32(reader->bytes, at + ZIP_END_CENTRAL_OFF)};
    reader->expected.bytes = 0;
    zip_append_end(&reader->expected, &end);
    if (!check_expected(reader, &end_part, at))
        return false;
    if (end.member_count > ARCHIVE_MEMBERS_MOST)
        return diag_error(reader->diags, "archive-too-large", reader->pos,
                          "the end record at offset %zu means zip64, which no archive uses", at);
    if (end.central_off > at || end.central_bytes != at - end.central_off)
        return diag_error(reader->diags, "archive-form", reader->pos,
                          "the central directory, %lu bytes from offset %lu, does not end where "
                          "the end record starts, at offset %zu",
                          (unsigned long)end.central_bytes, (unsigned long)end.central_off, at);
    reader->member_count = end.member_count;
    reader->central_off = reader->central_at = end.central_off;
    return true;
}

/* ---- members ---- */

static bool check_order(const struct reader *reader, size_t index, struct span name, size_t at)
{
    if (!archive_name_is_valid(name)) {
        diag_error(reader->diags, "archive-name", reader->pos,
                   "the name of member %zu at offset %zu is not allowed in an archive", index + 1,
                   at);
        diag_hint(reader->diags, ARCHIVE_NAME_RULE);
        return false;
    }
    if (index == 0)
        return true;
    const char *before = reader->members[index - 1].name;
    const int order = span_compare(span_of_text(before), name);
    if (order == 0)
        return diag_error(reader->diags, "archive-duplicate", reader->pos,
                          "member %zu at offset %zu has the name of the one before it, %s",
                          index + 1, at, before);
    if (order > 0)
        return diag_error(reader->diags, "archive-order", reader->pos,
                          "the name of member %zu at offset %zu does not come after %s", index + 1,
                          at, before);
    return true;
}

/* Reads a local header and what follows it, up to the next one. */
static bool read_local(struct reader *reader, size_t index, struct zip_member *ret_header,
                       struct span *ret_content)
{
    const struct part part = {"the local header", zip_local_field, index + 1};
    const size_t at = reader->local_at;
    const struct span before_central = {reader->bytes.data, reader->central_off};
    struct span header, name, content;
    if (!span_part(before_central, at, ZIP_LOCAL_BYTES, &header))
        return does_not_fit(reader, "the local header", index + 1, at, reader->central_off);
    const size_t name_bytes = span_u16(header, ZIP_LOCAL_NAME_BYTES);
    const uint32_t content_bytes = span_u32(header, ZIP_LOCAL_SIZE);
    const size_t name_at = at + ZIP_LOCAL_BYTES;
    if (!span_part(before_central, name_at, name_bytes, &name))
        return does_not_fit(reader, "the name", index + 1, name_at, reader->central_off);
    const struct zip_member member = {.name = name,
                                      .crc = span_u32(header, ZIP_LOCAL_CRC),
                                      .content_bytes = content_bytes,
                                      .local_off = (uint32_t)at};
    reader->expected.bytes = 0;
    zip_append_local(&reader->expected, &member);
    if (!check_expected(reader, &part, at) || !check_order(reader, index, name, name_at))
        return false;
    const size_t content_at = name_at + name_bytes;
    if (!span_part(before_central, content_at, content_bytes, &content))
        return does_not_fit(reader, "the content", index + 1, content_at, reader->central_off);
    reader->local_at = content_at + content_bytes;
    *ret_header = member;
    *ret_content = content;
    return true;
}

static bool check_central(struct reader *reader, size_t index, const struct zip_member *member)
{
    const struct part part = {"the central directory", zip_central_field, index + 1};
    const size_t at = reader->central_at;
    reader->expected.bytes = 0;
    zip_append_central(&reader->expected, member);
    if (reader->expected.bytes > reader->end_off - at)
        return does_not_fit(reader, "the directory entry", index + 1, at, reader->end_off);
    reader->central_at = at + reader->expected.bytes;
    return check_expected(reader, &part, at);
}

static bool read_member(struct reader *reader, size_t index)
{
    struct zip_member header = {.crc = 0};
    struct span content = {NULL, 0};
    if (!read_local(reader, index, &header, &content) || !check_central(reader, index, &header))
        return false;
    const char *name =
        arena_copy_text(reader->arena, (const char *)header.name.data, header.name.bytes);
    if (crc32_of(content) != header.crc)
        return diag_error(reader->diags, "archive-crc", reader->pos,
                          "the content of %s, %zu bytes at offset %zu, is damaged", name,
                          content.bytes, reader->local_at - content.bytes);
    reader->members[index] = (struct archive_member){name, content};
    return true;
}

static bool read_members(struct reader *reader)
{
    if (reader->member_count > (reader->end_off - reader->central_off) / ZIP_CENTRAL_BYTES)
        return diag_error(reader->diags, "archive-form", reader->pos,
                          "the central directory at offset %zu is too small for %zu members",
                          reader->central_off, reader->member_count);
    reader->members = ARENA_ARRAY(reader->arena, struct archive_member, reader->member_count);
    for (size_t i = 0; i < reader->member_count; i++)
        if (!read_member(reader, i))
            return false;
    if (reader->local_at != reader->central_off)
        return diag_error(reader->diags, "archive-form", reader->pos,
                          "bytes that belong to no member lie from offset %zu to offset %zu",
                          reader->local_at, reader->central_off);
    if (reader->central_at != reader->end_off)
        return diag_error(reader->diags, "archive-form", reader->pos,
                          "bytes that belong to no member lie from offset %zu to offset %zu",
                          reader->central_at, reader->end_off);
    return archive_check_unique(reader->members, reader->member_count, reader->arena, reader->pos,
                                reader->diags);
}

bool archive_read(struct span bytes, struct source_pos named_at, struct arena *arena,
                  struct archive *ret, struct diag_list *diags)
{
    if (bytes.bytes > ARCHIVE_BYTES_MOST)
        return diag_error(diags, "archive-too-large", named_at, "the file has more than %llu bytes",
                          (unsigned long long)ARCHIVE_BYTES_MOST);
    struct reader reader = {.bytes = bytes,
                            .pos = named_at,
                            .arena = arena,
                            .diags = diags,
                            .expected = buffer_in(arena)};
    if (!read_end(&reader) || !read_members(&reader))
        return false;
    *ret = (struct archive){bytes, reader.members, reader.member_count};
    return true;
}
