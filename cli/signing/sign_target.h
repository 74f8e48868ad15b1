/* The archive that a command around signatures works on, and what goes with it. */
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
    struct file_lock lock;   /* of what is at output_path, from before the archive was read */
};

enum sign_target_use { SIGN_TARGET_TO_READ, SIGN_TARGET_TO_CHANGE };

/* Reads the archive that the first word names. Nothing but an intact one is ever signed. Where it
 * is to be changed, nobody else changes it until sign_target_close().
 * Errors: file-…, those of archive_lock_take, archive_read and intact_check. */
MUST_CHECK bool sign_target_open(struct invocation *invocation, enum sign_target_use use,
                                 struct sign_target *ret);

/* Releases the lock. Harmless twice, and after sign_target_open() failed. */
void sign_target_close(struct sign_target *target);

/* Reads the certificate chain that --cert names; empty without that option.
 * Errors: file-…, those of chain_read. */
MUST_CHECK bool sign_target_read_chain(struct invocation *invocation, struct span *ret);

/* Reads the key, or the certificate's key, that --public names.
 * Errors: file-…, key-…. */
MUST_CHECK bool sign_target_read_public(struct invocation *invocation, struct public_key *ret);

/* Takes all signatures out of the archive; *ret_had: whether there were any.
 * Errors: those of archive_write. */
MUST_CHECK bool sign_target_drop_signatures(struct invocation *invocation,
                                            struct sign_target *target, bool *ret_had);

/* Writes the archive to its place; a file that has these bytes already is left as it is.
 * Errors: file-not-written, interrupted. */
MUST_CHECK bool sign_target_write(struct invocation *invocation, const struct sign_target *target,
                                  struct span archive);

/* What putting a chain beside the key's signature changes, in words that follow the key's; "" when
 * the same chain is there, or none is put.
 * Shape:  target->archive is as it was before. */
const char *sign_target_chain_change(struct invocation *invocation,
                                     const struct sign_target *target, const struct public_key *key,
                                     struct span chain);

/* Prints one line: what happened, the key, what happened to its chain, and the file. */
MUST_CHECK bool sign_target_tell(struct invocation *invocation, const struct sign_target *target,
                                 const char *what, const struct public_key *key,
                                 const char *chain_change);

#endif
