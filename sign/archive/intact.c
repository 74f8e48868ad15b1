#include "sign/archive/intact.h"

#include "sign/archive/signature_files.h"
#include "sign/archive/sums.h"

#include <stdlib.h>
#include <string.h>

static bool has_line(const struct archive_member *member)
{
    return strcmp(member->name, ARCHIVE_SUMS_NAME) != 0 && !signature_files_has(member);
}

static int compare_lines(const void *left, const void *right)
{
    return strcmp(((const struct sums_line *)left)->name, ((const struct sums_line *)right)->name);
}

static const struct sums_line *lines_by_name(const struct sums *sums, struct arena *arena)
{
    struct sums_line *lines =
        arena_grow(arena, sums->lines, sums->line_count, sums->line_count, sizeof *lines);
    if (sums->line_count > 1)
        qsort(lines, sums->line_count, sizeof *lines, compare_lines);
    return lines;
}

static bool check_digest(const struct archive_member *member, const struct sums_line *line,
                         struct source_pos named_at, struct diag_list *diags)
{
    const struct digest digest = digest_of(member->content);
    return digest_equal(&digest, &line->digest) ||
           diag_error(diags, "sums-digest", named_at,
                      "the digest of %s is not the one in " ARCHIVE_SUMS_NAME, member->name);
}

/* Walks members and lines, both in byte order of their names, side by side. */
static bool check_names(const struct archive *archive, const struct intact_list *list,
                        struct source_pos named_at, struct diag_list *diags)
{
    const struct sums_line *lines = list->lines;
    bool ok = true;
    size_t next = 0;
    for (size_t i = 0; i < archive->member_count; i++) {
        const struct archive_member *member = &archive->members[i];
        if (!has_line(member))
            continue;
        for (; next < list->line_count && strcmp(lines[next].name, member->name) < 0; next++)
            ok = diag_error(diags, "sums-extra", named_at,
                            ARCHIVE_SUMS_NAME " names %s, which is not in the archive",
                            lines[next].name);
        if (next == list->line_count || strcmp(lines[next].name, member->name) != 0)
            ok = diag_error(diags, "sums-missing", named_at,
                            "the member %s has no line in " ARCHIVE_SUMS_NAME, member->name);
        else
            next++;
    }
    for (; next < list->line_count; next++)
        ok = diag_error(diags, "sums-extra", named_at,
                        ARCHIVE_SUMS_NAME
                        " names %s, which must not be listed or is not in the archive",
                        lines[next].name);
    return ok;
}

bool intact_check_names(const struct archive *archive, struct source_pos named_at,
                        struct arena *arena, struct intact_list *ret, struct diag_list *diags)
{
    const struct archive_member *member = archive_find(archive, ARCHIVE_SUMS_NAME);
    if (member == NULL)
        return diag_error(diags, "archive-no-sums", named_at,
                          "the archive has no " ARCHIVE_SUMS_NAME);
    const struct source_pos sums_at = {
        arena_format(arena, "%s/" ARCHIVE_SUMS_NAME, named_at.file == NULL ? "" : named_at.file), 0,
        0};
    struct sums sums;
    if (!sums_parse(member->content, sums_at, arena, &sums, diags))
        return false;
    const struct intact_list list = {lines_by_name(&sums, arena), sums.line_count};
    if (!check_names(archive, &list, named_at, diags))
        return false;
    *ret = list;
    return true;
}

static int compare_with_line(const void *name, const void *line)
{
    return strcmp(name, ((const struct sums_line *)line)->name);
}

bool intact_check_member(const struct intact_list *list, const struct archive_member *member,
                         struct source_pos named_at, struct diag_list *diags)
{
    const struct sums_line *line = list->line_count == 0
                                       ? NULL
                                       : bsearch(member->name, list->lines, list->line_count,
                                                 sizeof *list->lines, compare_with_line);
    return line == NULL
               ? diag_error(diags, "sums-missing", named_at,
                            "the member %s has no line in " ARCHIVE_SUMS_NAME, member->name)
               : check_digest(member, line, named_at, diags);
}

bool intact_check(const struct archive *archive, struct source_pos named_at, struct arena *arena,
                  struct diag_list *diags)
{
    struct intact_list list = {0};
    if (!intact_check_names(archive, named_at, arena, &list, diags))
        return false;
    bool ok = true;
    for (size_t i = 0, line = 0; i < archive->member_count; i++)
        if (has_line(&archive->members[i]))
            ok = check_digest(&archive->members[i], &list.lines[line++], named_at, diags) && ok;
    return ok;
}
