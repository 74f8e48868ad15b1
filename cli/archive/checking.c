#include "cli/archive/checking.h"

struct source_pos checking_pos(const struct checking *checking, const char *member)
{
    return (struct source_pos){arena_format(checking->arena, "%s/%s", checking->path, member), 0,
                               0};
}

bool checking_member(const struct checking *checking, const char *name, struct span *ret)
{
    const struct archive_member *member = archive_find(checking->archive, name);
    if (member == NULL)
        return diag_error(checking->diags, "archive-member-missing",
                          (struct source_pos){checking->path, 0, 0}, "%s is missing", name);
    *ret = member->content;
    return true;
}
