/* X.509 certificates and revocation lists, as plain facts. Nothing here looks at a clock. */
#ifndef SIGN_CERTIFICATES_CERTIFICATE_H
#define SIGN_CERTIFICATES_CERTIFICATE_H

#include "base/diag.h"
#include "base/span.h"

/* Times are seconds since 1970. Spans point into `der`, but for `spki`. */
struct certificate {
    struct span der;
    struct span issuer, subject; /* DER Name */
    struct span serial;
    struct span spki; /* DER SubjectPublicKeyInfo; of a key that signs archives in its one form */
    const char *subject_text;     /* certificate_name_text() */
    int64_t valid_from, valid_to; /* both still valid */
    bool is_ca;                   /* basicConstraints is there and says CA:TRUE */
    bool has_path_limit;          /* of a CA: pathlen */
    unsigned path_limit;          /* CAs that may stand between it and the leaf */
    bool may_sign_data;           /* keyUsage is there and has digitalSignature */
    bool may_sign_certificates;   /* keyUsage is there and has keyCertSign */
    bool may_sign_lists;          /* keyUsage is there and has cRLSign */
    bool has_extended_usage;      /* extKeyUsage is there */
    bool may_sign_code;           /* and has codeSigning; any other purpose does not stand for it */
};

struct certificate_list {
    const struct certificate *items; /* as they stand in the file */
    size_t count;
};

/* A list of certificates that their issuer has revoked. */
struct revocation_list {
    struct span der;
    struct span issuer; /* DER Name */
    const char *issuer_text;
    int64_t this_update, next_update;
    const struct span *serials;
    size_t serial_count;
};

/* Reads a PEM file with certificates and nothing else, all or none.
 * Subjects are printed as RFC 4514 has them, which is what `openssl x509 -nameopt RFC2253` prints:
 * last part first, and each byte that is not printable ASCII escaped, so that no two names that
 * differ look equal. Rare parts, for which the library has no short name, are OID=#HEX.
 * Errors: key-is-private; `code`, for all else that is no certificate, for one that is not DER to
 *         the last byte, and for one with a critical extension that is not known. *ret is untouched
 *         on failure.
 * Source: RFC 5280, RFC 4514. */
MUST_CHECK bool certificate_read_list(struct span pem, const char *code, struct source_pos named_at,
                                      struct arena *arena, struct certificate_list *ret,
                                      struct diag_list *diags);

/* Reads a PEM file with revocation lists ("X509 CRL"), or one list in DER. A list must say when the
 * next one comes; delta lists, and others with a critical extension, are refused.
 * Errors: crl-form. *ret is untouched on failure.
 * Source: RFC 5280 5. */
MUST_CHECK bool revocation_read(struct span bytes, struct source_pos named_at, struct arena *arena,
                                const struct revocation_list **ret, size_t *ret_count,
                                struct diag_list *diags);

/* What speaks against the signatures of a path: NULL, or a reason in words. Each certificate is
 * issued by the next one, the last one by the anchor. Digests have to be SHA-256 or better, keys
 * P-256, P-384, P-521, or RSA of 2048 bits or more; those of the path, which a stranger may have
 * made, have at most the size of RSA with 4096 bits. The signature of the anchor itself does not
 * count.
 * Shape:  subjects, the anchor's too, differ from each other; all but the first one are CAs; at
 *         most 8 certificates. */
const char *certificate_path_objection(const struct certificate *path, size_t count,
                                       const struct certificate *anchor, struct arena *arena);

/* Whether the issuer's key signed the list, with a digest as above. Says nothing about the strength
 * of the key, which certificate_path_objection() does. */
bool revocation_is_signed_by(const struct revocation_list *list, const struct certificate *issuer);

/* Whether the certificate, of the list's issuer, is on the list. */
bool revocation_names(const struct revocation_list *list, const struct certificate *certificate);

#endif
