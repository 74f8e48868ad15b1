#include "linker/archive.h"

#include <ar.h>
#include <string.h>

static const char thin_magic[SARMAG + 1] = "!<thin>\n";

bool archive_is_thin(struct span bytes)
{
    return bytes.bytes >= SARMAG && memcmp(bytes.data, thin_magic, SARMAG) == 0;
}

bool archive_is_archive(struct span bytes)
{
    return bytes.bytes >= SARMAG &&
           (memcmp(bytes.data, ARMAG, SARMAG) == 0 || archive_is_thin(bytes));
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

bool archive_next(struct span archive, size_t *offset, struct span *ret_member)
{
    if (!archive_is_archive(archive) || archive_is_thin(archive))
        return false;
    size_t at = *offset < SARMAG ? SARMAG : *offset;
    for (;;) {
        struct span header;
        struct span size_field;
        struct span member;
        size_t bytes;
        if (!span_part(archive, at, sizeof(struct ar_hdr), &header) ||
            !span_part(header, offsetof(struct ar_hdr, ar_size),
                       sizeof(((struct ar_hdr *)NULL)->ar_size), &size_field) ||
            !read_size(size_field, &bytes) ||
            !span_part(archive, at + sizeof(struct ar_hdr), bytes, &member))
            return false;
        at += sizeof(struct ar_hdr) + bytes + bytes % 2;
        if (is_table(header))
            continue;
        *offset = at;
        *ret_member = member;
        return true;
    }
}
