/* The passphrase of an encrypted key: from a file or from the user, never from the command line or
 * the environment, which other users can see. */
#ifndef CLI_SIGNING_PASSPHRASE_H
#define CLI_SIGNING_PASSPHRASE_H

#include "base/diag.h"
#include "sign/keys/private_key.h"

/* Wiped by its holder. */
struct passphrase {
    uint8_t bytes[PASSPHRASE_BYTES_MOST];
    size_t byte_count;
};

/* Reads the first line of the file at `path`, without its newline; with path NULL the user is asked
 * at the terminal. `key_path` names the key it is for. A file that every user of the machine can
 * read gets a warning.
 * Shape:  ret must be wiped after a failure, too.
 * Errors: file-…, passphrase-empty, passphrase-too-long, prompt-…, interrupted. */
MUST_CHECK bool passphrase_read(const char *path, const char *key_path, struct arena *arena,
                                struct passphrase *ret, struct diag_list *diags);

void passphrase_wipe(struct passphrase *passphrase);

#endif
