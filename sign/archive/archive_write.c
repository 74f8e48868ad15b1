#include "sign/archive/archive_write.h"

#include "sign/archive/zip_form.h"
#include "sign/digest/crc.h"

#include "base/checked.h"

#include <stdlib.h>
#include <string.h>

static int compare_names(const void *left, const void *right)
{
    const struct archive_member *a = left;
    const struct archive_member *b = right;
    return strcmp(a->name, b->name); /* of unsigned bytes, as C demands */
}

/* Names that are not valid are not quoted: they may hold anything. */
static bool check_names(const struct archive_member *members, size_t count, struct diag_list *diags)
{
    bool valid = true;
    for (size_t i = 0; i < count; i++) {
        if (archive_name_is_valid(span_of_text(members[i].name)))
            continue;
        valid = diag_error(diags, "archive-name", NOWHERE,
                           "the name of member %zu is not allowed in an archive", i + 1);
        diag_hint(diags, ARCHIVE_NAME_RULE);
    }
    return valid;
}

/* The size of the archive, when it can have that size. */
static bool total_bytes(const struct archive_member *members, size_t count, uint64_t *ret,
                        struct diag_list *diags)
{
    uint64_t total = ZIP_END_BYTES;
    bool fits = true;
    for (size_t i = 0; i < count && fits; i++) {
        const uint64_t headers = ZIP_LOCAL_BYTES + ZIP_CENTRAL_BYTES + 2 * strlen(members[i].name);
        fits = checked_add(total, headers, &total) &&
               checked_add(total, members[i].content.bytes, &total) && total <= ARCHIVE_BYTES_MOST;
    }
    if (!fits)
        return diag_error(diags, "archive-too-large", NOWHERE,
                          "the archive would have more than %llu bytes",
                          (unsigned long long)ARCHIVE_BYTES_MOST);
    *ret = total;
    return true;
}

static void append_all(struct buffer *to, const struct archive_member *members, size_t count,
                       struct arena *arena)
{
    struct zip_member *headers = ARENA_ARRAY(arena, struct zip_member, count);
    for (size_t i = 0; i < count; i++) {
        headers[i] = (struct zip_member){.name = span_of_text(members[i].name),
                                         .crc = crc32_of(members[i].content),
                                         .content_bytes = (uint32_t)members[i].content.bytes,
                                         .local_off = (uint32_t)to->bytes};
        zip_append_local(to, &headers[i]);
        buffer_append_span(to, members[i].content);
    }
    const size_t central_off = to->bytes;
    for (size_t i = 0; i < count; i++)
        zip_append_central(to, &headers[i]);
    const struct zip_end end = {.member_count = (uint16_t)count,
                                .central_bytes = (uint32_t)(to->bytes - central_off),
                                .central_off = (uint32_t)central_off};
    zip_append_end(to, &end);
}

bool archive_write(const struct archive_member *members, size_t count, struct arena *arena,
                   struct span *ret, struct diag_list *diags)
{
    if (count > ARCHIVE_MEMBERS_MOST)
        return diag_error(diags, "archive-too-large", NOWHERE,
                          "an archive holds at most %zu members, not %zu", ARCHIVE_MEMBERS_MOST,
                          count);
    struct archive_member *sorted = arena_grow(arena, members, count, count, sizeof *sorted);
    if (count > 1)
        qsort(sorted, count, sizeof *sorted, compare_names);
    uint64_t bytes = 0;
    if (!check_names(sorted, count, diags) ||
        !archive_check_unique(sorted, count, arena, NOWHERE, diags) ||
        !total_bytes(sorted, count, &bytes, diags))
        return false;
    struct buffer archive = {
        .arena = arena, .data = arena_alloc(arena, (size_t)bytes, 1), .capacity = (size_t)bytes};
    append_all(&archive, sorted, count, arena);
    *ret = buffer_span(&archive);
    return true;
}
