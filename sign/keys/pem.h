/* PEM files: blocks of base64 between BEGIN and END lines. They may hold secrets, so nothing here
 * copies content to an arena.
 *
 *   file   = { space | comment | block }
 *   block  = "-----BEGIN " label "-----" eol [ { header eol } eol ] { base64 eol }
 *            "-----END " label "-----" eol
 *   header = a line with a colon: the form of PEM before RFC 7468, which old encryption uses
 *   eol    = LF | CR LF | the end of the file
 *
 * No diagnostic has a line as its position, although many name one in words: who prints a
 * diagnostic shows the line it stands at, and the lines of a private key must not reach a screen or
 * a log.
 */
#ifndef SIGN_KEYS_PEM_H
#define SIGN_KEYS_PEM_H

#include "base/diag.h"
#include "base/span.h"

struct pem_block {
    struct span label;   /* such as "PUBLIC KEY" */
    struct span headers; /* the lines before the base64; mostly empty */
    struct span body;    /* base64 and line ends, nothing else */
    size_t line;         /* of BEGIN, from 1 */
};

struct pem_file {
    const struct pem_block *blocks;
    size_t block_count;
};

/* Finds the blocks of a file, which may have none.
 * Shape:  ret->blocks lie in `arena`, their spans in `text`: no content is copied.
 * Errors: `code`, for anything outside blocks but white space and lines that begin with '#', for a
 *         block without its END, for characters that are not base64. *ret is untouched on failure.
 * Source: RFC 7468 section 3. */
MUST_CHECK bool pem_split(struct span text, const char *code, struct source_pos named_at,
                          struct arena *arena, struct pem_file *ret, struct diag_list *diags);

/* Writes a block's bytes to the caller's buffer, and nowhere else.
 * Errors: `code`, for base64 that is not in its one form, and for more than `capacity` bytes.
 *         *ret_bytes is untouched on failure; part of the buffer may be written. */
MUST_CHECK bool pem_decode(const struct pem_block *block, const char *code,
                           struct source_pos named_at, uint8_t *buffer, size_t capacity,
                           size_t *ret_bytes, struct diag_list *diags);

/* The same, to the arena, for a block that is no secret and has no headers.
 * Errors: as above; `code` also for headers. */
MUST_CHECK bool pem_decode_public(const struct pem_block *block, const char *code,
                                  struct source_pos named_at, struct arena *arena, struct span *ret,
                                  struct diag_list *diags);

bool pem_is(const struct pem_block *block, const char *label);

/* Whether the label is that of a private key, also of a kind that is not supported. */
bool pem_is_private(const struct pem_block *block);

/* Whether a text looks as if a private key were in it, however damaged: the end of a BEGIN or an
 * END line of one is there, at any place. For those who are to refuse such a text unread. */
bool pem_mentions_private(struct span text);

/* The text of a file with one block. */
const char *pem_write(const char *label, struct span content, struct arena *arena);

#endif
