/* Files without secrets: public keys and certificates that options name. */
#ifndef CLI_SIGNING_PUBLIC_FILE_H
#define CLI_SIGNING_PUBLIC_FILE_H

#include "base/diag.h"
#include "base/span.h"

/* Reads a whole file. A private key that was given by mistake is wiped from memory.
 * Errors: file-…, key-is-private. *ret is untouched on failure. */
MUST_CHECK bool public_file_read(const char *path, struct arena *arena, struct span *ret,
                                 struct diag_list *diags);

/* Reads a certificate chain, which must be one; *ret is its text.
 * Errors: file-…, those of chain_read and chain_check_links. *ret is untouched on failure. */
MUST_CHECK bool public_file_read_chain(const char *path, struct arena *arena, struct span *ret,
                                       struct diag_list *diags);

#endif
