#include "sign/certificates/trust.h"

#include "sign/certificates/public_key_file.h"

#include <string.h>

struct trust_anchor {
    const char *file;
    bool is_key;
    struct public_key key;               /* of a bare key */
    struct certificate_list authorities; /* none for a bare key */
};

struct trust_crl {
    const struct revocation_list *lists;
    size_t count;
};

/* ---- reading ---- */

static bool check_is_ca(const struct certificate *certificate, struct source_pos named_at,
                        struct diag_list *diags)
{
    if (certificate->is_ca && certificate->may_sign_certificates)
        return true;
    diag_error(diags, "trust-not-ca", named_at,
               "the certificate of %s is not a CA certificate: it lacks %s",
               certificate->subject_text,
               certificate->is_ca ? "the keyUsage keyCertSign" : "basicConstraints CA:TRUE");
    diag_hint(diags,
              "to trust its key directly, extract the public key: `openssl x509 -in %s "
              "-pubkey -noout`",
              named_at.file == NULL ? "FILE" : named_at.file);
    return false;
}

static bool read_authorities(struct span pem, struct source_pos named_at, struct arena *arena,
                             struct certificate_list *ret, struct diag_list *diags)
{
    if (!certificate_read_list(pem, "trust-bundle", named_at, arena, ret, diags))
        return false;
    bool ok = true;
    for (size_t i = 0; i < ret->count; i++)
        ok = check_is_ca(&ret->items[i], named_at, diags) && ok;
    return ok;
}

/* Whether anything says that it is a certificate, be it the end of a block whose begin is damaged.
 */
static bool mentions_certificate(struct span pem)
{
    static const char mark[] = "CERTIFICATE-----";
    const size_t mark_bytes = sizeof mark - 1;
    for (size_t i = 0; i + mark_bytes <= pem.bytes; i++)
        if (memcmp(pem.data + i, mark, mark_bytes) == 0)
            return true;
    return false;
}

bool trust_read_anchor(struct span pem, struct source_pos named_at, struct arena *arena,
                       const struct trust_anchor **ret, struct diag_list *diags)
{
    struct trust_anchor anchor = {.file = named_at.file == NULL ? "" : named_at.file};
    anchor.is_key = !mentions_certificate(pem);
    if (anchor.is_key ? !public_key_file_read(pem, named_at, arena, &anchor.key, diags)
                      : !read_authorities(pem, named_at, arena, &anchor.authorities, diags))
        return false;
    struct trust_anchor *kept = ARENA_NEW(arena, struct trust_anchor);
    *kept = anchor;
    *ret = kept;
    return true;
}

bool trust_read_crl(struct span bytes, struct source_pos named_at, struct arena *arena,
                    const struct trust_crl **ret, struct diag_list *diags)
{
    struct trust_crl crl;
    if (!revocation_read(bytes, named_at, arena, &crl.lists, &crl.count, diags))
        return false;
    struct trust_crl *kept = ARENA_NEW(arena, struct trust_crl);
    *kept = crl;
    *ret = kept;
    return true;
}

const struct public_key *trust_anchor_key(const struct trust_anchor *anchor)
{
    return anchor->is_key ? &anchor->key : NULL;
}

/* ---- anchors that share a key ---- */

static size_t key_count(const struct trust_anchor *anchor)
{
    return anchor->is_key ? 1 : anchor->authorities.count;
}

static struct span key_at(const struct trust_anchor *anchor, size_t i)
{
    return anchor->is_key ? anchor->key.spki : anchor->authorities.items[i].spki;
}

static bool share_a_key(const struct trust_anchor *a, const struct trust_anchor *b)
{
    for (size_t i = 0; i < key_count(a); i++)
        for (size_t k = 0; k < key_count(b); k++)
            if (span_equal(key_at(a, i), key_at(b, k)))
                return true;
    return false;
}

/* Gives each anchor the index of the first one of its group: of those that share a key with it,
 * directly or by way of others. */
static const size_t *group_anchors(const struct trust *trust, struct arena *arena)
{
    size_t *groups = ARENA_ARRAY(arena, size_t, trust->anchor_count);
    for (size_t i = 0; i < trust->anchor_count; i++) {
        groups[i] = i;
        for (size_t k = 0; k < i; k++) {
            if (groups[k] == groups[i] || !share_a_key(trust->anchors[i], trust->anchors[k]))
                continue;
            const size_t kept = groups[k] < groups[i] ? groups[k] : groups[i];
            const size_t joined = groups[k] < groups[i] ? groups[i] : groups[k];
            for (size_t j = 0; j <= i; j++)
                if (groups[j] == joined)
                    groups[j] = kept;
        }
    }
    return groups;
}

size_t trust_most_signers(const struct trust *trust, struct arena *arena)
{
    const size_t *groups = group_anchors(trust, arena);
    size_t count = 0;
    for (size_t i = 0; i < trust->anchor_count; i++)
        count += groups[i] == i;
    return count;
}

/* ---- judging ---- */

static bool is_listed(const struct trust *trust, const char *subject)
{
    for (size_t i = 0; i < trust->identity_count; i++)
        if (strcmp(trust->identities[i], subject) == 0)
            return true;
    return false;
}

static const char *key_objection(const struct trust *trust, const struct trust_anchor *anchor,
                                 const struct public_key *key)
{
    if (!public_key_equal(&anchor->key, key))
        return "";
    if (trust->identity_count > 0)
        return "its key is trusted, but a bare key has no subject, and only certain subjects may "
               "sign";
    return NULL;
}

static struct chain_terms terms_of(const struct trust *trust, struct arena *arena)
{
    size_t count = 0;
    for (size_t i = 0; i < trust->crl_count; i++)
        count += trust->crls[i]->count;
    const struct revocation_list **lists =
        ARENA_ARRAY(arena, const struct revocation_list *, count);
    size_t at = 0;
    for (size_t i = 0; i < trust->crl_count; i++)
        for (size_t k = 0; k < trust->crls[i]->count; k++)
            lists[at++] = &trust->crls[i]->lists[k];
    return (struct chain_terms){trust->at_unix, lists, count};
}

/* One CA of the anchor is enough; the first reason is as good as the others. */
static const char *authorities_objection(const struct trust *trust,
                                         const struct trust_anchor *anchor,
                                         const struct chain *chain, struct arena *arena)
{
    const struct chain_terms terms = terms_of(trust, arena);
    const char *first = "";
    for (size_t i = 0; i < anchor->authorities.count; i++) {
        const struct certificate *authority = &anchor->authorities.items[i];
        if (!chain_ends_at(chain, authority))
            continue;
        const char *objection = chain_objection(chain, authority, &terms, arena);
        const char *subject = chain->certificates[0].subject_text;
        if (objection == NULL && trust->identity_count > 0 && !is_listed(trust, subject))
            objection =
                arena_format(arena, "its subject, %s, is not one of those that may sign", subject);
        if (objection == NULL)
            return NULL;
        if (first[0] == 0)
            first = objection;
    }
    return first;
}

/* NULL: the anchor vouches for the key; empty: it has nothing to do with it. */
static const char *objection_of(const struct trust *trust, const struct trust_anchor *anchor,
                                const struct public_key *key, const struct chain *chain,
                                struct arena *arena)
{
    if (anchor->is_key)
        return key_objection(trust, anchor, key);
    if (chain == NULL || !public_key_equal(&chain->key, key))
        return "";
    return authorities_objection(trust, anchor, chain, arena);
}

/* Why a key does not count that no anchor has to do with. */
static const char *unrelated_reason(const struct trust *trust, const struct chain *chain)
{
    if (trust->anchor_count == 0)
        return "nobody is trusted";
    if (chain == NULL)
        return "its key is not trusted";
    return "neither its key nor a CA that issued its certificate is trusted";
}

struct trust_verdict trust_judge(const struct trust *trust, const struct public_key *key,
                                 const struct chain *chain, struct arena *arena)
{
    bool *vouched = ARENA_ARRAY(arena, bool, trust->anchor_count);
    struct trust_verdict verdict = {.vouched = vouched};
    for (size_t i = 0; i < trust->anchor_count; i++) {
        const char *objection = objection_of(trust, trust->anchors[i], key, chain, arena);
        vouched[i] = objection == NULL;
        if (vouched[i] && verdict.trusted_by == NULL)
            verdict.trusted_by = trust->anchors[i]->file;
        if (objection != NULL && objection[0] != 0 && verdict.reason == NULL)
            verdict.reason = objection;
    }
    if (verdict.trusted_by != NULL)
        verdict.reason = NULL;
    else if (verdict.reason == NULL)
        verdict.reason = unrelated_reason(trust, chain);
    return verdict;
}

/* ---- counting ---- */

/* A bipartite graph, signers on one side and groups of anchors on the other, and a matching. */
struct matching {
    const struct trust *trust;
    const struct trust_verdict *verdicts;
    const size_t *groups;
    size_t *signers; /* [group]: 1 + the signer that it is matched with; 0: none */
    bool *seen;      /* [group]: tried already for the present signer */
};

/* Finds a group for a signer, by moving others if need be. Each step tries a group that was not
 * tried before, so that there are at most as many as groups.
 * Source: augmenting paths, Berge. */
static bool match(struct matching *matching, size_t signer)
{
    for (size_t i = 0; i < matching->trust->anchor_count; i++) {
        const size_t group = matching->groups[i];
        if (!matching->verdicts[signer].vouched[i] || matching->seen[group])
            continue;
        matching->seen[group] = true;
        if (matching->signers[group] == 0 || match(matching, matching->signers[group] - 1)) {
            matching->signers[group] = signer + 1;
            return true;
        }
    }
    return false;
}

static struct matching match_all(const struct trust *trust, const struct trust_verdict *verdicts,
                                 size_t count, struct arena *arena, size_t *ret_matched)
{
    const size_t groups = trust->anchor_count;
    struct matching matching = {.trust = trust,
                                .verdicts = verdicts,
                                .groups = group_anchors(trust, arena),
                                .signers = ARENA_ARRAY(arena, size_t, groups),
                                .seen = ARENA_ARRAY(arena, bool, groups)};
    size_t matched = 0;
    for (size_t signer = 0; signer < count; signer++) {
        for (size_t i = 0; i < groups; i++)
            matching.seen[i] = false;
        matched += match(&matching, signer);
    }
    *ret_matched = matched;
    return matching;
}

size_t trust_count(const struct trust *trust, const struct trust_verdict *verdicts, size_t count,
                   struct arena *arena)
{
    size_t matched;
    (void)match_all(trust, verdicts, count, arena, &matched);
    return matched;
}

size_t trust_match(const struct trust *trust, struct trust_verdict *verdicts, size_t count,
                   struct arena *arena)
{
    size_t matched;
    const struct matching matching = match_all(trust, verdicts, count, arena, &matched);
    for (size_t i = trust->anchor_count; i > 0; i--) {
        const size_t signer = matching.signers[matching.groups[i - 1]];
        if (signer != 0 && verdicts[signer - 1].vouched[i - 1])
            verdicts[signer - 1].trusted_by = trust->anchors[i - 1]->file;
    }
    return matched;
}
