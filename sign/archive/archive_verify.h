/* What signatures say about an archive. The order of the checks: zip form; signatures over the raw
 * bytes of SHA256SUMS; its grammar, one line per member; digests. */
#ifndef SIGN_ARCHIVE_ARCHIVE_VERIFY_H
#define SIGN_ARCHIVE_ARCHIVE_VERIFY_H

#include "sign/archive/archive.h"
#include "sign/certificates/trust.h"

enum signature_state {
    SIGNATURE_TRUSTED,   /* good, by a key that is trusted or under a trusted CA */
    SIGNATURE_UNTRUSTED, /* good, by a key at hand, which does not count (`reason`) */
    SIGNATURE_UNKNOWN,   /* no trusted key and no .pem that can be read has its id: not checked */
    SIGNATURE_BAD        /* it does not verify, by a key that is not trusted: no damage, since
                          * anybody may have put it there */
};

struct verified_signature {
    const char *key_id;
    enum signature_state state;
    const struct public_key *key; /* NULL when unknown */
    const char *subject;          /* of the leaf certificate, or NULL. Of a trusted signature: only
                                   * where a trusted CA vouches for it; of others it is unproved */
    const char *trusted_by;       /* `--trust` file, as named, by which it counts (trust_match), or
                                   * that vouches for it; NULL unless trusted */
    const char *reason;           /* in words, unless trusted */
};

struct verified_archive {
    struct archive archive;
    const struct verified_signature *signatures; /* by key id */
    size_t signature_count;
    size_t trusted_count; /* trust_count() */
    bool is_trusted;      /* trusted_count >= trust->threshold, and trust has anchors */
};

/* Reads and checks an archive. Succeeds for one that is intact, trusted or not; an archive is
 * damaged when this fails. A signature that does not verify is damage when its id is that of a
 * trusted key, or its chain leads to a trusted CA.
 * Shape:  the archive's members point into `bytes`. trust: NULL or without anchors: nobody.
 * Errors: those of archive_read and intact_check; archive-signatures (a file in signatures/ that is
 *         neither KEYID.sig nor KEYID.pem beside one, or too many or too large ones);
 *         signature-form and signature-wrong of a trusted key. *ret is untouched on failure.
 * Source: the order of checks is that of the format's description, README.md. */
MUST_CHECK bool archive_verify(struct span bytes, struct source_pos named_at,
                               const struct trust *trust, struct arena *arena,
                               struct verified_archive *ret, struct diag_list *diags);

#endif
