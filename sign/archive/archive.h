/* An archive: a zip in one canonical form, so that it is a pure function of its members.
 *
 *   archive  = { local } { central } end             nothing before, between or after
 *   local    = the 30-byte local file header, the name, the content as it is (method 0)
 *   central  = the 46-byte central directory header, the name
 *   end      = the 22-byte end record, the comment "imgbuild archive 1"
 *
 * Members, and the central directory's headers, stand in byte order of their names. Version needed
 * 10, made by 0x033F, flags 0, method 0, time 0, date 0x0021, external attributes 0100644 << 16; no
 * extra field, no member comment, no descriptor, no folder, no zip64. So each byte that is not
 * content follows from the names and the content alone, and a reader can demand it.
 */
#ifndef SIGN_ARCHIVE_ARCHIVE_H
#define SIGN_ARCHIVE_ARCHIVE_H

#include "base/diag.h"
#include "base/span.h"

#define ARCHIVE_MEMBERS_MOST    ((size_t)65534)            /* 65535 would mean zip64 */
#define ARCHIVE_BYTES_MOST      ((uint64_t)UINT32_MAX - 1) /* as would 0xFFFFFFFF */
#define ARCHIVE_NAME_BYTES_MOST ((size_t)1024)

struct archive_member {
    const char *name;
    struct span content;
};

struct archive {
    struct span bytes;                    /* the whole file */
    const struct archive_member *members; /* in byte order of their names */
    size_t member_count;
};

/* Whether a member may have this name: parts of [A-Za-z0-9._-]+ joined by '/', none of them "." or
 * "..", at most ARCHIVE_NAME_BYTES_MOST in all. Such a name never leaves the folder it is extracted
 * to. */
bool archive_name_is_valid(struct span name);

#define ARCHIVE_NAME_RULE "names are parts of A-Z a-z 0-9 . _ - joined by /, no part . or .."

/* Checks that no two names are equal, and that no name is that of a folder that another member lies
 * in, both when case is ignored: so that all can be extracted, also where file systems ignore it.
 * Errors: archive-duplicate, for one pair. */
MUST_CHECK bool archive_check_unique(const struct archive_member *members, size_t count,
                                     struct arena *arena, struct source_pos pos,
                                     struct diag_list *diags);

/* The member of that name; NULL when there is none. */
const struct archive_member *archive_find(const struct archive *archive, const char *name);

#endif
