/* Whom a release engineer trusts: keys, and certification authorities.
 *
 * How signers are counted. Each `--trust` file is an anchor. Files that share a public key are one
 * anchor: a key or a CA that is given twice is trusted once. A key counts once however many anchors
 * vouch for it, and an anchor counts once however many keys it vouches for; so the number of
 * trusted signers is the size of a maximum matching between anchors and the distinct keys that
 * signed. With a CA and the key K of one of its leaves trusted, a signature by K alone counts 1;
 * one more by another leaf makes 2, since K can count by itself and the other one by the CA.
 *
 * A bare key is trusted as it is: it has no dates, no revocation list speaks of it, and it has no
 * subject, so that it does not count where only certain subjects may sign.
 */
#ifndef SIGN_CERTIFICATES_TRUST_H
#define SIGN_CERTIFICATES_TRUST_H

#include "sign/certificates/chain.h"
#include "sign/keys/public_key.h"

/* One `--trust`: a public key, or the certificate of a CA (or several in one file). */
struct trust_anchor;

/* One `--crl`: a certificate revocation list, or several in one file. */
struct trust_crl;

struct trust {
    const struct trust_anchor *const *anchors;
    size_t anchor_count;
    const struct trust_crl *const *crls; /* once there is one, every issuer needs one */
    size_t crl_count;
    const char *const *identities; /* certificate->subject_text of those who may sign; none: any */
    size_t identity_count;
    size_t threshold; /* how many signers are needed, 1 to trust_most_signers() */
    int64_t at_unix;  /* the time for which dates are checked, in seconds since 1970 */
};

/* Reads a PEM file: one PUBLIC KEY, or certificates of which each is a CA (CA:TRUE and
 * keyCertSign); named_at.file names it from then on.
 * Errors: key-empty, key-form, key-is-private, key-unsupported, trust-not-ca (hint: `openssl x509
 * -pubkey` makes a key of it), trust-bundle (a block of the file cannot be read: none is taken).
 * *ret is untouched on failure. */
MUST_CHECK bool trust_read_anchor(struct span pem, struct source_pos named_at, struct arena *arena,
                                  const struct trust_anchor **ret, struct diag_list *diags);

/* Reads a PEM or DER file of revocation lists.
 * Errors: crl-form. *ret is untouched on failure. */
MUST_CHECK bool trust_read_crl(struct span bytes, struct source_pos named_at, struct arena *arena,
                               const struct trust_crl **ret, struct diag_list *diags);

/* How many signers could count: the number of anchors, those that share a key being one. A
 * `--threshold` above it is an error of the caller's. */
size_t trust_most_signers(const struct trust *trust, struct arena *arena);

/* The key of an anchor that is a bare key; NULL for CAs. */
const struct public_key *trust_anchor_key(const struct trust_anchor *anchor);

/* What trust says of one signer. */
struct trust_verdict {
    const bool *vouched;    /* [i]: trust->anchors[i] vouches for the key */
    const char *trusted_by; /* the file of the first anchor that vouches, or NULL */
    const char *reason;     /* why none does, in words; NULL when one does */
};

/* Judges a key that has signed, with the chain that belongs to it, or NULL. Says nothing about the
 * signature itself. */
struct trust_verdict trust_judge(const struct trust *trust, const struct public_key *key,
                                 const struct chain *chain, struct arena *arena);

/* The number of trusted signers, as told above.
 * Shape:  verdicts on distinct keys, by this trust. */
size_t trust_count(const struct trust *trust, const struct trust_verdict *verdicts, size_t count,
                   struct arena *arena);

/* The same, and by which anchor each of them counts: its file is put into the verdict's trusted_by,
 * so that no two that count have the same one. What does not count stays as it is. */
size_t trust_match(const struct trust *trust, struct trust_verdict *verdicts, size_t count,
                   struct arena *arena);

#endif
