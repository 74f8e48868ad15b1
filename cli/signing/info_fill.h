/* Filling the info block: KEY=VALUE of the command line become its chunks, in the order of their
 * tags, whenever they are given. */
#ifndef CLI_SIGNING_INFO_FILL_H
#define CLI_SIGNING_INFO_FILL_H

#include "base/file.h"
#include "cli/command.h"
#include "sign/image/info_block.h"

struct info_set {
    struct info_chunk *chunks; /* ascending by tag, tags unique */
    size_t count;
    struct path_list files; /* that values were read from */
};

/* What the image's header says. */
struct info_facts {
    uint32_t major, minor, patch;
    const char *board;
};

#define INFO_FILL_HELP                                                                             \
    "A KEY is four printable characters; KEY=@FILE takes the bytes of FILE. VERS and BORD, if\n"   \
    "given, must be the version and the board in the image's header.\n"

/* Reads the values of an option that has the form KEY=VALUE or KEY=@FILE.
 * Errors: usage, info-twice, those of file_read; *ret_status is EXIT_USAGE or EXIT_INPUT then. */
MUST_CHECK bool info_fill_read(struct invocation *invocation, const char *option,
                               struct info_set *ret, enum exit_status *ret_status);

/* Reads the values of an option that names tags.
 * Errors: usage. */
MUST_CHECK bool info_fill_read_tags(struct invocation *invocation, const char *option,
                                    struct info_set *ret);

/* What a block holds, with `removed` taken out and `added` put in, in place of those with the same
 * tag.
 * Errors: info-no-chunk (one to be removed that is not there). */
MUST_CHECK bool info_fill_change(const struct info_block *block, const struct info_set *removed,
                                 const struct info_set *added, struct arena *arena,
                                 struct info_set *ret, struct diag_list *diags);

/* Makes the block.
 * Shape:  *ret: block_bytes bytes.
 * Errors: info-header (VERS or BORD differs from it), info-no-room. */
MUST_CHECK bool info_fill_make(const struct info_set *set, uint64_t block_bytes,
                               const struct info_facts *facts, struct arena *arena,
                               struct span *ret, struct diag_list *diags);

#endif
