/* The archive that a signing command works on, with its paths and its lock. */
#ifndef CLI_SIGNING_SIGN_TARGET_H
#define CLI_SIGNING_SIGN_TARGET_H

#include "base/diag.h"
#include "base/file_lock.h"
#include "sign/archive/archive.h"
#include "sign/keys/public_key.h"

struct sign_target {
    struct arena *arena;
    struct diag_list *diags;
    const char *path, *output_path; /* of the request */
    struct span original;           /* the file as it was read */
    struct archive archive;         /* intact */
    struct file_lock lock; /* of the file at output_path, taken before the archive is read */
};

enum sign_target_use { SIGN_TARGET_TO_READ, SIGN_TARGET_TO_CHANGE };

struct sign_target_request {
    const char *path;        /* of the archive, as the user named it */
    const char *output_path; /* where it is to be written; may be the same */
    enum sign_target_use use;
};

/* Reads the archive. Nothing but an intact one is ever signed. Where it
 * is to be changed, nobody else changes it until sign_target_close().
 * Errors: file-…, those of archive_lock_take, archive_read and intact_check. */
MUST_CHECK bool sign_target_open(const struct sign_target_request *request, struct arena *arena,
                                 struct sign_target *ret, struct diag_list *diags);

/* Releases the lock. Harmless when called twice, or after sign_target_open() failed. */
void sign_target_close(struct sign_target *target);

/* Removes all signatures from the archive; *ret_had: whether there were any.
 * Errors: those of archive_write. */
MUST_CHECK bool sign_target_drop_signatures(struct sign_target *target, bool *ret_had);

/* Writes the archive to output_path; a file that already has these bytes is left as it is.
 * Errors: file-not-written, interrupted. */
MUST_CHECK bool sign_target_write(const struct sign_target *target, struct span archive);

/* What adding a chain to the key's signature changes, in words to print after the key; "" when the
 * same chain is already there, or none is added.
 * Shape:  target->archive is as it was before. */
const char *sign_target_chain_change(const struct sign_target *target, const struct public_key *key,
                                     struct span chain);

#endif
