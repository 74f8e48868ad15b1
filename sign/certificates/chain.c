#include "sign/certificates/chain.h"

#include "sign/keys/pem.h"

#include <time.h>

/* ---- reading ---- */

static bool is_linear(const struct certificate_list *list, struct source_pos named_at,
                      struct diag_list *diags)
{
    for (size_t i = 0; i + 1 < list->count; i++) {
        if (span_equal(list->items[i].issuer, list->items[i + 1].subject))
            continue;
        diag_error(diags, "chain-form", named_at,
                   "certificate %zu, of %s, is not issued by the one after it, of %s", i + 1,
                   list->items[i].subject_text, list->items[i + 1].subject_text);
        diag_hint(diags, "the signer's certificate comes first, then each one's issuer");
        return false;
    }
    return true;
}

bool chain_read(struct span pem, struct source_pos named_at, struct arena *arena, struct chain *ret,
                struct diag_list *diags)
{
    struct pem_file file;
    struct certificate_list list;
    struct public_key key;
    if (pem.bytes > CHAIN_BYTES_MOST)
        return diag_error(diags, "chain-form", named_at,
                          "a certificate chain has at most %d bytes, not %zu", CHAIN_BYTES_MOST,
                          pem.bytes);
    if (!pem_split(pem, "chain-form", named_at, arena, &file, diags))
        return false;
    if (file.block_count > CHAIN_CERTIFICATES_MOST) /* before the work of reading them is done */
        return diag_error(diags, "chain-form", named_at,
                          "a chain has at most %d certificates, not %zu", CHAIN_CERTIFICATES_MOST,
                          file.block_count);
    if (!certificate_read_list(pem, "chain-form", named_at, arena, &list, diags))
        return false;
    if (!is_linear(&list, named_at, diags) ||
        !public_key_read_spki(list.items[0].spki, named_at, arena, &key, diags))
        return false;
    *ret = (struct chain){list.items, list.count, key};
    return true;
}

bool chain_check_links(const struct chain *chain, struct source_pos named_at, struct arena *arena,
                       struct diag_list *diags)
{
    const size_t last = chain->count - 1;
    for (size_t i = 0; i < last; i++) {
        const char *objection = certificate_path_objection(&chain->certificates[i], 1,
                                                           &chain->certificates[i + 1], arena);
        if (objection == NULL)
            continue;
        diag_error(diags, "chain-broken", named_at, "no verifier could follow this chain: %s",
                   objection);
        diag_hint(
            diags,
            "`openssl verify -partial_chain -trusted ISSUER.pem LEAF.pem` checks one link of it");
        return false;
    }
    return true;
}

/* ---- checking ---- */

/* A path: some certificates of a chain, each issued by the next, the last one by the anchor. */
struct path {
    const struct certificate *certificates;
    size_t count;
    const struct certificate *anchor;
};

static const struct certificate *path_at(const struct path *path, size_t i)
{
    return i < path->count ? &path->certificates[i] : path->anchor;
}

/* How many certificates stand below the anchor; 0 when none names it as its issuer. */
static size_t path_count(const struct chain *chain, const struct certificate *anchor)
{
    for (size_t i = 0; i < chain->count; i++)
        if (span_equal(chain->certificates[i].issuer, anchor->subject))
            return i + 1;
    return 0;
}

bool chain_ends_at(const struct chain *chain, const struct certificate *anchor)
{
    return path_count(chain, anchor) != 0;
}

static const char *time_text(int64_t unix_time, struct arena *arena)
{
    enum { TIME_BYTES = 64 };
    char text[TIME_BYTES];
    struct tm parts;
    const time_t time = (time_t)unix_time;
    if (gmtime_r(&time, &parts) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        return arena_format(arena, "second %lld", (long long)unix_time);
    return arena_format(arena, "%s", text);
}

/* What follows the path in the chain: nothing, or the anchor as it is trusted. */
static const char *rest_objection(const struct chain *chain, const struct path *path,
                                  struct arena *arena)
{
    const struct certificate *anchor = path->anchor;
    if (path->count == chain->count ||
        span_equal(chain->certificates[path->count].der, anchor->der))
        return NULL;
    if (span_equal(chain->certificates[path->count].spki, anchor->spki))
        return arena_format(arena,
                            "its chain has another certificate of the trusted CA %s, with the same "
                            "key: a renewed or an older one, not the trusted one",
                            anchor->subject_text);
    return arena_format(arena,
                        "its chain has a CA with the name of the trusted %s, but another key",
                        anchor->subject_text);
}

static const char *subjects_objection(const struct path *path, struct arena *arena)
{
    for (size_t i = 0; i < path->count; i++)
        for (size_t k = i + 1; k <= path->count; k++)
            if (span_equal(path_at(path, i)->subject, path_at(path, k)->subject))
                return arena_format(arena, "two certificates of its chain are of %s",
                                    path_at(path, i)->subject_text);
    return NULL;
}

static const char *leaf_objection(const struct certificate *leaf, struct arena *arena)
{
    const char *lack = NULL;
    if (leaf->is_ca)
        lack = "is a CA certificate, which must not sign archives itself";
    else if (!leaf->may_sign_data)
        lack = "lacks the keyUsage digitalSignature";
    else if (!leaf->may_sign_code)
        lack = "lacks the extKeyUsage codeSigning";
    if (lack == NULL)
        return NULL;
    return arena_format(arena, "the certificate of %s %s", leaf->subject_text, lack);
}

/* `below`: how many CAs stand between it and the leaf. */
static const char *ca_objection(const struct certificate *ca, size_t below, struct arena *arena)
{
    if (ca->is_ca && ca->has_path_limit && below > ca->path_limit)
        return arena_format(arena,
                            "the certificate of %s allows %u CAs below it (pathlen), not %zu",
                            ca->subject_text, ca->path_limit, below);
    const char *lack = NULL;
    if (!ca->is_ca)
        lack = "is not a CA certificate (basicConstraints CA:TRUE)";
    else if (!ca->may_sign_certificates)
        lack = "lacks the keyUsage keyCertSign";
    else if (ca->has_extended_usage && !ca->may_sign_code)
        lack = "is not meant for codeSigning (extKeyUsage)";
    if (lack == NULL)
        return NULL;
    return arena_format(arena, "the certificate of %s %s", ca->subject_text, lack);
}

static const char *date_objection(const struct certificate *certificate, int64_t at_unix,
                                  struct arena *arena)
{
    if (at_unix < certificate->valid_from)
        return arena_format(arena, "the certificate of %s is not valid before %s; checked as of %s",
                            certificate->subject_text, time_text(certificate->valid_from, arena),
                            time_text(at_unix, arena));
    if (at_unix > certificate->valid_to)
        return arena_format(arena, "the certificate of %s expired at %s; checked as of %s",
                            certificate->subject_text, time_text(certificate->valid_to, arena),
                            time_text(at_unix, arena));
    return NULL;
}

static const char *facts_objection(const struct path *path, int64_t at_unix, struct arena *arena)
{
    const char *objection = subjects_objection(path, arena);
    for (size_t i = 0; i <= path->count && objection == NULL; i++) {
        const struct certificate *certificate = path_at(path, i);
        objection =
            i == 0 ? leaf_objection(certificate, arena) : ca_objection(certificate, i - 1, arena);
        if (objection == NULL)
            objection = date_objection(certificate, at_unix, arena);
    }
    return objection;
}

/* ---- revocation ---- */

/* A list of the certificate's issuer. */
static const char *list_objection(const struct revocation_list *list,
                                  const struct certificate *certificate,
                                  const struct certificate *issuer, int64_t at_unix,
                                  struct arena *arena)
{
    if (!issuer->may_sign_lists)
        return arena_format(arena, "the certificate of %s lacks the keyUsage cRLSign",
                            issuer->subject_text);
    if (!revocation_is_signed_by(list, issuer))
        return arena_format(arena,
                            "a revocation list of %s is not signed by its key, or too weakly",
                            issuer->subject_text);
    if (at_unix < list->this_update)
        return arena_format(
            arena, "a revocation list of %s is not valid before %s; checked as of %s",
            issuer->subject_text, time_text(list->this_update, arena), time_text(at_unix, arena));
    if (at_unix > list->next_update)
        return arena_format(
            arena, "a revocation list of %s has been stale since %s; checked as of %s",
            issuer->subject_text, time_text(list->next_update, arena), time_text(at_unix, arena));
    if (revocation_names(list, certificate))
        return arena_format(arena, "the certificate of %s was revoked by %s",
                            certificate->subject_text, issuer->subject_text);
    return NULL;
}

static const char *revoked_objection(const struct path *path, size_t i,
                                     const struct chain_terms *terms, struct arena *arena)
{
    const struct certificate *certificate = path_at(path, i), *issuer = path_at(path, i + 1);
    size_t found = 0;
    for (size_t k = 0; k < terms->list_count; k++) {
        const struct revocation_list *list = terms->lists[k];
        if (!span_equal(list->issuer, issuer->subject))
            continue;
        found++;
        const char *objection = list_objection(list, certificate, issuer, terms->at_unix, arena);
        if (objection != NULL)
            return objection;
    }
    if (found == 0)
        return arena_format(arena, "no revocation list of %s was given, but others were",
                            issuer->subject_text);
    return NULL;
}

const char *chain_objection(const struct chain *chain, const struct certificate *anchor,
                            const struct chain_terms *terms, struct arena *arena)
{
    const struct path path = {chain->certificates, path_count(chain, anchor), anchor};
    const char *objection = rest_objection(chain, &path, arena);
    if (objection == NULL)
        objection = facts_objection(&path, terms->at_unix, arena);
    if (objection == NULL && path.count > 1) /* first the one link that no stranger can make */
        objection =
            certificate_path_objection(&path.certificates[path.count - 1], 1, anchor, arena);
    if (objection == NULL)
        objection = certificate_path_objection(path.certificates, path.count, anchor, arena);
    for (size_t i = 0; terms->list_count > 0 && i < path.count && objection == NULL; i++)
        objection = revoked_objection(&path, i, terms, arena);
    return objection;
}
