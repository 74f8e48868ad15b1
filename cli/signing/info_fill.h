/* Filling the info block: its chunks stand in the order of their tags, in whichever they are
 * given. */
#ifndef CLI_SIGNING_INFO_FILL_H
#define CLI_SIGNING_INFO_FILL_H

#include "base/file.h"
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

/* Whether a word begins with a tag: four printable characters, none of them `=`. */
bool info_fill_is_tag(const char *word);

/* Puts the chunks of a set in order.
 * Errors: info-twice. */
MUST_CHECK bool info_fill_sort(struct info_set *set, struct diag_list *diags);

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
