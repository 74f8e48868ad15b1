/* Adding signatures to an archive, and taking them away. */
#ifndef SIGN_ARCHIVE_ARCHIVE_SIGN_H
#define SIGN_ARCHIVE_ARCHIVE_SIGN_H

#include "sign/archive/archive.h"
#include "sign/keys/signature.h"

/* What is signed: the bytes of SHA256SUMS. The archive must be intact (intact.h). */
struct span archive_sign_message(const struct archive *archive);

/* Whether the key has signed already: its signature is there, and good. */
bool archive_sign_has(const struct archive *archive, const struct public_key *key,
                      struct arena *arena);

/* Whether a chain (PEM; empty: none) may stand beside the key's signature, for who asks before
 * signing.
 * Errors: those of chain_read, key-not-in-chain. */
MUST_CHECK bool archive_sign_check_chain(struct span chain, const struct public_key *key,
                                         struct arena *arena, struct diag_list *diags);

/* Makes the archive with one more signature, and beside it the certificate chain when there is one
 * (PEM; empty: none). A key that has already signed is kept as it is; a chain that is new, or other
 * than the one that is there, takes its place. Signing changes no other member, and the order in
 * which several keys sign does not matter.
 * Shape:  signature: by `key` over archive_sign_message(), verified. chain: the first certificate
 *         is of `key`.
 * Errors: sign-damaged-signature (there is one by this key that does not verify; hint:
 *         --drop-signatures), sign-too-many, those of chain_read, key-not-in-chain,
 *         archive-signatures, those of archive_write. *ret is untouched on failure. */
MUST_CHECK bool archive_sign_add(const struct archive *archive, const struct public_key *key,
                                 const struct signature *signature, struct span chain,
                                 struct arena *arena, struct span *ret, struct diag_list *diags);

/* Makes the archive without its signatures: the bytes that it had before it was signed.
 * Errors: those of archive_write. *ret is untouched on failure. */
MUST_CHECK bool archive_sign_drop(const struct archive *archive, struct arena *arena,
                                  struct span *ret, struct diag_list *diags);

/* Whether there is any member in signatures/. */
bool archive_sign_is_signed(const struct archive *archive);

#endif
