/* Filling the info block: each KEY=VALUE of the command line becomes a chunk; chunks are in tag
 * order, in whatever order they are given. */
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

/* The contents of the image's header. */
struct info_facts {
    uint32_t major, minor, patch;
    const char *board;
};

#define INFO_FILL_HELP                                                                             \
    "A KEY is four printable characters; KEY=@FILE uses the contents of FILE. VERS and BORD, if\n" \
    "given, must equal the version and the board in the image's header.\n"

/* Reads the values of an option given as KEY=VALUE or KEY=@FILE.
 * Errors: usage, info-twice, those of file_read; *ret_status is EXIT_USAGE or EXIT_INPUT then. */
MUST_CHECK bool info_fill_read(struct invocation *invocation, const char *option,
                               struct info_set *ret, enum exit_status *ret_status);

/* Reads the values of an option that names tags.
 * Errors: usage. */
MUST_CHECK bool info_fill_read_tags(struct invocation *invocation, const char *option,
                                    struct info_set *ret);

/* The chunks of a block without those in `removed`, and with those in `added`, which replace chunks
 * of the same tag.
 * Errors: info-no-chunk (a chunk to remove that does not exist). */
MUST_CHECK bool info_fill_change(const struct info_block *block, const struct info_set *removed,
                                 const struct info_set *added, struct arena *arena,
                                 struct info_set *ret, struct diag_list *diags);

/* Makes the block.
 * Shape:  *ret: block_bytes bytes.
 * Errors: info-header (VERS or BORD differs from the header), info-no-room. */
MUST_CHECK bool info_fill_make(const struct info_set *set, uint64_t block_bytes,
                               const struct info_facts *facts, struct arena *arena,
                               struct span *ret, struct diag_list *diags);

#endif
