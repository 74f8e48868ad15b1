/* The result of a build, for commands that inspect it later: an archive, or a build folder.
 */
#ifndef CLI_ARCHIVE_ARTIFACT_H
#define CLI_ARCHIVE_ARTIFACT_H

#include "base/file.h"

#include "sign/archive/archive.h"
#include "sign/archive/intact.h"

struct artifact {
    struct arena *arena; /* what is read lives there */
    struct diag_list *diags;
    const char *path; /* as the user named it */
    bool is_archive;
    struct archive archive;  /* of an archive: its structure and names are checked, */
    struct intact_list sums; /* and each member's digest when that is read */
    const char *folder;      /* of a build folder: the image slot's */
};

/* Opens an archive, or a build folder (of one image slot, or with `slot` one of several; NULL: not
 * given). An archive's structure and names are checked here, and a member's digest when it is read;
 * signatures are not checked.
 * Errors: artifact-unknown (neither), artifact-slots (several slots, none named), those of
 *         archive_read and intact_check_names. */
MUST_CHECK bool artifact_open(const char *path, const char *slot, struct arena *arena,
                              struct artifact *ret, struct diag_list *diags);

/* The content of a member, named as in an archive: "elf/tasks/net.elf", "layout.json". False,
 * without an error, when the member is missing.
 * Errors: file-unreadable, file-too-large, sums-digest. */
enum artifact_found { ARTIFACT_FOUND, ARTIFACT_ABSENT, ARTIFACT_FAILED };
enum artifact_found artifact_member(const struct artifact *artifact, const char *name,
                                    struct span *ret);

/* The same for a required member. Errors: also artifact-no-member. */
MUST_CHECK bool artifact_need_member(const struct artifact *artifact, const char *name,
                                     struct span *ret);

/* The position for messages about a member: "demo-1.0.0.zip/layout.json". */
struct source_pos artifact_pos(const struct artifact *artifact, const char *name);

/* The names of the tasks' ELF files, "elf/tasks/NAME.elf", in byte order. */
MUST_CHECK bool artifact_task_elfs(const struct artifact *artifact, struct path_list *ret);

#endif
