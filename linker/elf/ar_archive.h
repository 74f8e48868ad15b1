/* Members of `ar` archives, which are not trusted. */
#ifndef LINKER_ELF_AR_ARCHIVE_H
#define LINKER_ELF_AR_ARCHIVE_H

#include "base/arena.h"
#include "base/span.h"

/* Whether bytes begin like an archive; a thin one names its members' files and has no bytes of
 * them. */
bool ar_archive_is_archive(struct span bytes);
bool ar_archive_is_thin(struct span bytes);

/* Steps through the members of an archive, its own tables of symbols and names left out. *offset
 * starts at 0. False at the end, and where the archive is malformed. */
bool ar_archive_next(struct span archive, size_t *offset, struct span *ret_member);

/* Whether ar_archive_next() comes to the archive's end, and not to something malformed. */
bool ar_archive_is_whole(struct span archive);

/* The file name of a member that ar_archive_next() found; "" when the archive does not tell. */
const char *ar_archive_member_name(struct arena *arena, struct span archive, struct span member);

/* Steps through the members of a thin archive in the same way: the path of each member's file, as
 * the archive has it, absolute or relative to the archive's folder; "" when the archive does not
 * tell. False at once for an ordinary archive. */
bool ar_archive_next_thin(struct arena *arena, struct span archive, size_t *offset,
                          const char **ret_path);

#endif
