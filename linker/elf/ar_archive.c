#include "linker/elf/ar_archive.h"

#include <ar.h>
#include <string.h>

static const char thin_magic[SARMAG + 1] = "!<thin>\n";

bool ar_archive_is_thin(struct span bytes)
{
    return bytes.bytes >= SARMAG && memcmp(bytes.data, thin_magic, SARMAG) == 0;
}

bool ar_archive_is_archive(struct span bytes)
{
    return bytes.bytes >= SARMAG &&
           (memcmp(bytes.data, ARMAG, SARMAG) == 0 || ar_archive_is_thin(bytes));
}

/* A decimal number, padded with spaces. */
static bool read_size(struct span field, size_t *ret)
{
    size_t value = 0;
    size_t i = 0;
    for (; i < field.bytes && field.data[i] >= '0' && field.data[i] <= '9'; i++)
        value = value * 10 + (size_t)(field.data[i] - '0'); /* ten digits fit */
    for (size_t k = i; k < field.bytes; k++) {
        if (field.data[k] != ' ')
            return false;
    }
    *ret = value;
    return i > 0;
}

/* "/" and "/SYM64/" are tables of symbols, "//" is one of names; "/123" is a member with a long
 * name. */
static bool is_table(struct span header)
{
    const uint8_t *name = header.data + offsetof(struct ar_hdr, ar_name);
    return name[0] == '/' && (name[1] < '0' || name[1] > '9');
}

/* The member or table whose header lies at *at, which moves behind it. Of a thin archive only the
 * tables have contents. */
static bool step(struct span archive, size_t *at, struct span *ret_header,
                 struct span *ret_contents)
{
    struct span size_field;
    size_t bytes;
    if (!span_part(archive, *at, sizeof(struct ar_hdr), ret_header) ||
        !span_part(*ret_header, offsetof(struct ar_hdr, ar_size),
                   sizeof(((struct ar_hdr *)NULL)->ar_size), &size_field) ||
        !read_size(size_field, &bytes))
        return false;
    if (ar_archive_is_thin(archive) && !is_table(*ret_header))
        bytes = 0;
    if (!span_part(archive, *at + sizeof(struct ar_hdr), bytes, ret_contents))
        return false;
    *at += sizeof(struct ar_hdr) + bytes + bytes % 2;
    return true;
}

bool ar_archive_next(struct span archive, size_t *offset, struct span *ret_member)
{
    if (!ar_archive_is_archive(archive) || ar_archive_is_thin(archive))
        return false;
    size_t at = *offset < SARMAG ? SARMAG : *offset;
    struct span header;
    struct span contents;
    while (step(archive, &at, &header, &contents)) {
        if (is_table(header))
            continue;
        *offset = at;
        *ret_member = contents;
        return true;
    }
    return false;
}

bool ar_archive_is_whole(struct span archive)
{
    size_t at = SARMAG;
    struct span header;
    struct span contents;
    while (step(archive, &at, &header, &contents))
        continue;
    return at >= archive.bytes;
}

/* ---- names ---- */

/* The contents of the table "//", in which each name ends with "/\n"; empty when there is none. */
static struct span long_names(struct span archive)
{
    size_t at = SARMAG;
    struct span header;
    struct span contents;
    while (step(archive, &at, &header, &contents)) {
        if (header.data[0] == '/' && header.data[1] == '/')
            return contents;
    }
    return (struct span){0};
}

const char *ar_archive_member_name(struct arena *arena, struct span archive, struct span member)
{
    const size_t header_off = (size_t)(member.data - archive.data) - sizeof(struct ar_hdr);
    struct span name = {archive.data + header_off, sizeof(((struct ar_hdr *)NULL)->ar_name)};
    size_t offset;
    if (name.data[0] == '/') {
        const struct span names = long_names(archive);
        if (!read_size((struct span){name.data + 1, name.bytes - 1}, &offset) ||
            offset >= names.bytes)
            return "";
        name = (struct span){names.data + offset, names.bytes - offset};
    }
    size_t length = 0;
    while (length < name.bytes && name.data[length] != '/' && name.data[length] != '\n' &&
           name.data[length] != '\0')
        length++;
    return arena_copy_text(arena, (const char *)name.data, length);
}

/* ---- thin archives ---- */

/* Where a header's name begins in the table of names: "/123" or, of an archive that was added to a
 * thin one, "/123:456" with the place of the member in it. */
static bool read_name_offset(struct span header, size_t *ret)
{
    struct span field = {header.data + 1, sizeof(((struct ar_hdr *)NULL)->ar_name) - 1};
    const uint8_t *colon = memchr(field.data, ':', field.bytes);
    if (colon != NULL)
        field.bytes = (size_t)(colon - field.data);
    return read_size(field, ret);
}

/* A name in the table ends with "/\n", one in a header with "/"; a path has slashes inside. */
static const char *thin_path(struct arena *arena, struct span archive, struct span header)
{
    struct span name = {header.data, sizeof(((struct ar_hdr *)NULL)->ar_name)};
    uint8_t end = '/';
    if (name.data[0] == '/') {
        const struct span names = long_names(archive);
        size_t offset;
        if (!read_name_offset(header, &offset) || offset >= names.bytes)
            return "";
        name = (struct span){names.data + offset, names.bytes - offset};
        end = '\n';
    }
    size_t length = 0;
    while (length < name.bytes && name.data[length] != end && name.data[length] != '\0')
        length++;
    if (end == '\n' && length > 0 && name.data[length - 1] == '/')
        length--;
    return arena_copy_text(arena, (const char *)name.data, length);
}

bool ar_archive_next_thin(struct arena *arena, struct span archive, size_t *offset,
                          const char **ret_path)
{
    size_t at = *offset < SARMAG ? SARMAG : *offset;
    struct span header;
    struct span contents;
    if (!ar_archive_is_thin(archive))
        return false;
    while (step(archive, &at, &header, &contents)) {
        if (is_table(header))
            continue;
        *offset = at;
        *ret_path = thin_path(arena, archive, header);
        return true;
    }
    return false;
}
