#include "sign/archive/archive.h"

#include <stdlib.h>
#include <string.h>

static bool is_name_character(uint8_t character)
{
    return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
           (character >= '0' && character <= '9') || character == '.' || character == '_' ||
           character == '-';
}

static bool is_valid_part(struct span part)
{
    for (size_t i = 0; i < part.bytes; i++)
        if (!is_name_character(part.data[i]))
            return false;
    const bool is_folder_itself = part.bytes == 1 && part.data[0] == '.';
    const bool is_folder_above = part.bytes == 2 && part.data[0] == '.' && part.data[1] == '.';
    return part.bytes > 0 && !is_folder_itself && !is_folder_above;
}

bool archive_name_is_valid(struct span name)
{
    if (name.bytes == 0 || name.bytes > ARCHIVE_NAME_BYTES_MOST)
        return false;
    size_t start = 0;
    for (size_t i = 0; i <= name.bytes; i++) {
        if (i < name.bytes && name.data[i] != '/')
            continue;
        if (!is_valid_part((struct span){name.data + start, i - start}))
            return false;
        start = i + 1;
    }
    return true;
}

/* ---- names that do not go together ---- */

/* Without case, and '/' before all else, so that what lies in a folder follows the folder's name at
 * once: a, a/b, a-b. */
static int fold(char character)
{
    if (character == '/')
        return 1;
    return character >= 'A' && character <= 'Z' ? character - 'A' + 'a' : character;
}

static int compare_folded(const char *a, const char *b)
{
    while (*a != 0 && fold(*a) == fold(*b)) {
        a++;
        b++;
    }
    return fold(*a) - fold(*b);
}

static int compare_folded_members(const void *left, const void *right)
{
    const struct archive_member *a = left;
    const struct archive_member *b = right;
    return compare_folded(a->name, b->name);
}

/* Whether a name is that of a folder that another name lies in, when case is ignored. */
static bool is_folder_of(const char *name, const char *other)
{
    while (*name != 0 && fold(*name) == fold(*other)) {
        name++;
        other++;
    }
    return *name == 0 && *other == '/';
}

static bool check_pair(const char *name, const char *next, struct source_pos pos,
                       struct diag_list *diags)
{
    if (compare_folded(name, next) == 0)
        return diag_error(diags, "archive-duplicate", pos,
                          "two members are both called %s when case is ignored", next);
    if (is_folder_of(name, next))
        return diag_error(diags, "archive-duplicate", pos,
                          "the member %s has the name of a folder, that of the member %s: no file "
                          "system can hold both",
                          name, next);
    return true;
}

bool archive_check_unique(const struct archive_member *members, size_t count, struct arena *arena,
                          struct source_pos pos, struct diag_list *diags)
{
    struct archive_member *folded = arena_grow(arena, members, count, count, sizeof *folded);
    if (count > 1)
        qsort(folded, count, sizeof *folded, compare_folded_members);
    for (size_t i = 1; i < count; i++)
        if (!check_pair(folded[i - 1].name, folded[i].name, pos, diags))
            return false;
    return true;
}

static int compare_with_name(const void *name, const void *member)
{
    return strcmp(name, ((const struct archive_member *)member)->name);
}

const struct archive_member *archive_find(const struct archive *archive, const char *name)
{
    if (archive->member_count == 0)
        return NULL;
    return bsearch(name, archive->members, archive->member_count, sizeof *archive->members,
                   compare_with_name);
}
