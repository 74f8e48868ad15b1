/* Certificate chains, such as stand beside a signature: from the signer's certificate up to the CA.
 */
#ifndef SIGN_CERTIFICATES_CHAIN_H
#define SIGN_CERTIFICATES_CHAIN_H

#include "sign/certificates/certificate.h"
#include "sign/keys/public_key.h"

enum { CHAIN_CERTIFICATES_MOST = 8, CHAIN_BYTES_MOST = 64 * 1024 };

struct chain {
    const struct certificate *certificates; /* leaf first, each issued by the next one */
    size_t count;                           /* at least 1 */
    struct public_key key;                  /* of the leaf */
};

/* At what time, and with which revocation lists, a chain is looked at. */
struct chain_terms {
    int64_t at_unix;
    const struct revocation_list *const *lists; /* once there is one, every issuer needs one */
    size_t list_count;
};

/* Reads a chain. Only names are compared here, no signature is checked.
 * Errors: chain-form (no certificates, a block that cannot be read, too long, a certificate not
 *         issued by the one after it), key-is-private, and key-unsupported of the leaf's key. *ret
 *         is untouched on failure. */
MUST_CHECK bool chain_read(struct span pem, struct source_pos named_at, struct arena *arena,
                           struct chain *ret, struct diag_list *diags);

/* Checks, for who puts a chain beside a signature, that each certificate was signed by the one
 * after it; the last one's signature does not count. Time and purpose are the verifier's to judge.
 * Errors: chain-broken. */
MUST_CHECK bool chain_check_links(const struct chain *chain, struct source_pos named_at,
                                  struct arena *arena, struct diag_list *diags);

/* Whether a certificate of the chain names the anchor as its issuer, so that chain_objection has
 * something to say about the two. */
bool chain_ends_at(const struct chain *chain, const struct certificate *anchor);

/* What speaks against the chain under a trusted CA: NULL, or a reason in words.
 *   leaf            no CA, keyUsage with digitalSignature, extKeyUsage with codeSigning
 *   all others      CA:TRUE, keyUsage with keyCertSign, pathlen kept, extKeyUsage, if any, with
 *                   codeSigning; the anchor is one of them
 *   all             valid at the time; signed as certificate_path_objection() demands; subjects
 *                   differ from each other
 *   with lists      each issuer may sign lists, signed one at least, and all of its lists are valid
 *                   at the time; no certificate is on one
 * A copy of the anchor may follow the path, byte for byte, and what stands above it does not count;
 * another certificate of its name, be it of the same key, may not follow: what is trusted is the
 * certificate, with its dates.
 * Shape:  chain_ends_at(chain, anchor).
 * Source: RFC 5280 6, for a path that is given and not searched for. */
const char *chain_objection(const struct chain *chain, const struct certificate *anchor,
                            const struct chain_terms *terms, struct arena *arena);

#endif
