/* What makes signatures: a key file, or a command that asks an HSM or key server.
 */
#ifndef CLI_SIGNING_SIGNER_H
#define CLI_SIGNING_SIGNER_H

#include "base/diag.h"
#include "cli/image/form_job.h"
#include "sign/archive/archive.h"
#include "sign/keys/signature.h"

enum signer_input { SIGNER_INPUT_DIGEST, SIGNER_INPUT_MESSAGE };

struct progress;

struct signer_source {
    const char *key_path;            /* of a private key, or NULL */
    const char *passphrase_path;     /* or NULL: asked for at the terminal if needed */
    const char *command;             /* run by /bin/sh, or NULL */
    const char *public_path;         /* with a command: PEM of its public key or certificate */
    enum signer_input input;         /* what the command reads from its standard input */
    const struct progress *progress; /* hears what the command says; or NULL */
};

struct signer;

/* Reads the key.
 * Shape:  exactly one of key_path and command is set, and public_path with the command: its answers
 *         are checked by that key. The signer must be closed; it uses `arena` and `diags` until
 * then.
 * Errors: file-…, key-…. */
MUST_CHECK bool signer_open(const struct signer_source *source, struct arena *arena,
                            struct signer **ret, struct diag_list *diags);

const struct public_key *signer_public(const struct signer *signer);

/* Signs and verifies the signature before it is returned. A signer command gets the name of the
 * digest ("sha256" or "sha384") in IMGBUILD_DIGEST, and the key's ID and kind in IMGBUILD_KEY_ID
 * and IMGBUILD_KEY_KIND ("P-256").
 * Errors: sign-failed, signer-failed (quotes the command's output), signature-form,
 *         signature-wrong. */
MUST_CHECK bool signer_sign(struct signer *signer, struct span message, struct signature *ret);

/* The same, as a form of an image knows it. */
struct form_signer signer_for_forms(struct signer *signer);

enum signing { SIGNING_NEW, SIGNING_KEPT };

/* Makes the archive with the signer's signature and the certificate chain, if any (PEM; empty:
 * none). A key that has already signed is not asked again: *ret_signing is SIGNING_KEPT then, and
 * only a new chain changes the archive.
 * Shape:  archive: intact.
 * Errors: those of signer_sign and archive_sign_add. */
MUST_CHECK bool signer_sign_archive(struct signer *signer, const struct archive *archive,
                                    struct span chain, enum signing *ret_signing, struct span *ret);

/* Wipes the key. Harmless for NULL. */
void signer_close(struct signer *signer);

#endif
