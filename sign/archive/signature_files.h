/* The members in signatures/: KEYID.sig, and beside it an optional KEYID.pem, nothing else. KEYID
 * is 16 lowercase hex digits, a signature has at most SIGNATURE_BYTES_MOST bytes and a chain at
 * most CHAIN_BYTES_MOST. */
#ifndef SIGN_ARCHIVE_SIGNATURE_FILES_H
#define SIGN_ARCHIVE_SIGNATURE_FILES_H

#include "sign/archive/archive.h"

#define ARCHIVE_SIGNATURES_FOLDER "signatures/"

enum { SIGNATURES_MOST = 64 }; /* in an archive */

struct signature_file {
    const char *key_id;
    const char *signature_name; /* of the member */
    const char *chain_name;     /* NULL: there is none */
    struct span signature;
    struct span chain;
};

struct signature_files {
    const struct signature_file *items; /* by key id */
    size_t count;
};

/* Lists them.
 * Errors: archive-signatures. *ret is untouched on failure. */
MUST_CHECK bool signature_files_list(const struct archive *archive, struct source_pos named_at,
                                     struct arena *arena, struct signature_files *ret,
                                     struct diag_list *diags);

/* Whether a member lies in signatures/, so that SHA256SUMS has no line for it. */
bool signature_files_has(const struct archive_member *member);

/* The names of the two members for a key. */
char *signature_file_name(const char *key_id, struct arena *arena);
char *signature_chain_name(const char *key_id, struct arena *arena);

#endif
