/* Whom a release engineer trusts: keys, and certification authorities. */
#ifndef SIGN_TRUST_H
#define SIGN_TRUST_H

#include "sign/public_key.h"

/* One `--trust`: a public key, or the certificate of a CA (or several in one file). Its
 * certificates stay inside. */
struct trust_anchor;

/* A certificate revocation list. */
struct trust_crl;

struct trust {
    const struct trust_anchor *const *anchors;
    size_t anchor_count;
    const struct trust_crl *const *crls; /* once there is one, every issuer needs one */
    size_t crl_count;
    const char *const
        *identities; /* subjects that may sign, as trust_subject() prints; none: any */
    size_t identity_count;
    size_t threshold; /* how many distinct keys must have signed, 1 to anchor_count */
    int64_t at_unix;  /* the time for which dates are checked, in seconds since 1970 */
};

/* Reads a PEM file: one PUBLIC KEY, or certificates of which each is a CA (CA:TRUE and
 * keyCertSign). Errors: key-empty, key-form, key-is-private, key-unsupported, trust-not-ca (hint:
 * `openssl x509 -pubkey` makes a key of it), trust-bundle (a block of the file cannot be read: none
 * is taken). *ret is untouched on failure. */
MUST_CHECK bool trust_read_anchor(struct span pem, struct source_pos named_at, struct arena *arena,
                                  const struct trust_anchor **ret, struct diag_list *diags);

/* Reads a PEM or DER revocation list. Errors: crl-form. */
MUST_CHECK bool trust_read_crl(struct span bytes, struct source_pos named_at, struct arena *arena,
                               const struct trust_crl **ret, struct diag_list *diags);

/* How many distinct keys could count: a key twice counts once, a CA counts as often as it is given
 * with a different key. `--threshold` above it is an error of the caller's. */
size_t trust_most_signers(const struct trust *trust);

/* Frees what the crypto library holds. */
void trust_release(const struct trust *trust);

#endif
