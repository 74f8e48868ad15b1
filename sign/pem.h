/* PEM files of things that are no secret: certificates and revocation lists.
 *
 *   file  = { blank line | comment line | block }        a comment line starts with '#'
 *   block = "-----BEGIN " label "-----", lines of base64, "-----END " label "-----"
 *
 * Lines end in LF or CRLF, the last one may end with the file. Other text is refused wherever it
 * stands: if it were skipped, so would be a block whose first line is damaged.
 */
#ifndef SIGN_PEM_H
#define SIGN_PEM_H

#include "base/diag.h"
#include "base/span.h"

enum { PEM_BLOCKS_MOST = 256 };

struct pem_block {
    const char *label; /* such as "CERTIFICATE" */
    struct span der;   /* in the arena */
    uint32_t line;     /* of its BEGIN */
};

struct pem_file {
    const struct pem_block *blocks;
    size_t block_count;
};

/* Whether any line begins like a block with that label; says nothing about the rest. */
bool pem_has_block(struct span text, const char *label);

/* Reads all blocks of a file, of which there must be one at least, or none of them.
 * Errors: `code`, at the line. *ret is untouched on failure.
 * Source: RFC 7468, stricter about what stands around the blocks. */
MUST_CHECK bool pem_read(struct span text, const char *code, struct source_pos named_at,
                         struct arena *arena, struct pem_file *ret, struct diag_list *diags);

#endif
