/* The archive that a signing command works on, with its paths and its lock. */
#ifndef CLI_SIGNING_SIGN_TARGET_H
#define CLI_SIGNING_SIGN_TARGET_H

#include "base/file_lock.h"
#include "cli/command.h"
#include "sign/archive/archive.h"
#include "sign/keys/public_key.h"

struct sign_target {
    const char *path;        /* as the user named it */
    const char *output_path; /* of --output, or the same */
    struct span original;    /* the file as it was read */
    struct archive archive;  /* intact */
    struct file_lock lock;   /* of the file at output_path, taken before the archive is read */
};

enum sign_target_use { SIGN_TARGET_TO_READ, SIGN_TARGET_TO_CHANGE };

/* Reads the archive that the first word names. Only an intact archive is ever signed. If it is to
 * be changed, no other process can change it until sign_target_close().
 * Errors: file-…, those of archive_lock_take, archive_read and intact_check. */
MUST_CHECK bool sign_target_open(struct invocation *invocation, enum sign_target_use use,
                                 struct sign_target *ret);

/* Releases the lock. Harmless when called twice, or after sign_target_open() failed. */
void sign_target_close(struct sign_target *target);

/* Reads the certificate chain that --cert names; empty without that option.
 * Errors: file-…, those of chain_read. */
MUST_CHECK bool sign_target_read_chain(struct invocation *invocation, struct span *ret);

/* Reads the public key, or the certificate's, that --public names.
 * Errors: file-…, key-…. */
MUST_CHECK bool sign_target_read_public(struct invocation *invocation, struct public_key *ret);

/* Removes all signatures from the archive; *ret_had: whether there were any.
 * Errors: those of archive_write. */
MUST_CHECK bool sign_target_drop_signatures(struct invocation *invocation,
                                            struct sign_target *target, bool *ret_had);

/* Writes the archive to output_path; a file that already has these bytes is left as it is.
 * Errors: file-not-written, interrupted. */
MUST_CHECK bool sign_target_write(struct invocation *invocation, const struct sign_target *target,
                                  struct span archive);

/* What adding a chain to the key's signature changes, in words to print after the key; "" when the
 * same chain is already there, or none is added.
 * Shape:  target->archive is as it was before. */
const char *sign_target_chain_change(struct invocation *invocation,
                                     const struct sign_target *target, const struct public_key *key,
                                     struct span chain);

/* Prints one line: what happened, the key, what happened to its chain, and the file. */
MUST_CHECK bool sign_target_tell(struct invocation *invocation, const struct sign_target *target,
                                 const char *what, const struct public_key *key,
                                 const char *chain_change);

#endif
