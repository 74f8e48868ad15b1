#include "sign/archive/archive_verify.h"

#include "sign/archive/archive_read.h"
#include "sign/archive/intact.h"
#include "sign/archive/signature_files.h"
#include "sign/keys/signature.h"

#include <string.h>

/* An archive while its signatures are checked. */
struct verifier {
    const char *file; /* of the archive */
    struct span message;
    const struct trust *trust;
    struct arena *arena;
    struct diag_list *diags;
};

/* One signature while it is checked. */
struct check {
    const struct verifier *verifier;
    const struct signature_file *file;
    struct source_pos pos;
    const struct chain *chain; /* NULL: none that is its key's */
    const char *chain_reason;  /* why there is none, or NULL */
    struct diag_list failures; /* of the keys that it was checked with */
    bool is_of_trusted_key;    /* a bare key that is trusted has its id */
};

static const char *first_message(const struct diag_list *diags)
{
    return diags->count == 0 ? NULL : diags->items[0].message;
}

static struct source_pos pos_of_member(const struct verifier *verifier, const char *member)
{
    const char *file = arena_format(verifier->arena, "%s/%s",
                                    verifier->file == NULL ? "" : verifier->file, member);
    return (struct source_pos){.file = file};
}

/* Anybody can put a chain into an archive. One that is of no use only keeps its signature from
 * being trusted by it. */
static void read_chain(struct check *check)
{
    const struct verifier *verifier = check->verifier;
    const struct signature_file *file = check->file;
    if (file->chain_name == NULL)
        return;
    struct chain chain;
    struct diag_list diags = diag_list_in(verifier->arena);
    if (!chain_read(file->chain, pos_of_member(verifier, file->chain_name), verifier->arena, &chain,
                    &diags)) {
        check->chain_reason = arena_format(verifier->arena, "its %s cannot be used: %s",
                                           file->chain_name, first_message(&diags));
        return;
    }
    if (strcmp(chain.key.id, file->key_id) != 0) {
        check->chain_reason =
            arena_format(verifier->arena, "the first certificate of its %s is for key %s",
                         file->chain_name, chain.key.id);
        return;
    }
    struct chain *kept = ARENA_NEW(verifier->arena, struct chain);
    *kept = chain;
    check->chain = kept;
}

static bool is_good(struct check *check, const struct public_key *key)
{
    return signature_verify(key, check->verifier->message, check->file->signature, check->pos,
                            &check->failures);
}

/* The key that made the signature: one of those at hand that have its id, of which there may be
 * several, since an id is short. */
static const struct public_key *find_signer(struct check *check)
{
    const struct trust *trust = check->verifier->trust;
    for (size_t i = 0; i < trust->anchor_count; i++) {
        const struct public_key *key = trust_anchor_key(trust->anchors[i]);
        if (key == NULL || strcmp(key->id, check->file->key_id) != 0)
            continue;
        check->is_of_trusted_key = true;
        if (is_good(check, key))
            return key;
    }
    if (check->chain != NULL && is_good(check, &check->chain->key))
        return &check->chain->key;
    return NULL;
}

/* No key at hand made the signature. False when that is damage. */
static bool judge_bad(const struct check *check, struct verified_signature *ret)
{
    const struct verifier *verifier = check->verifier;
    if (check->failures.count == 0) {
        ret->state = SIGNATURE_UNKNOWN;
        ret->reason = check->chain_reason != NULL
                          ? check->chain_reason
                          : "its key is not trusted, and no certificate vouches for it";
        return true;
    }
    ret->state = SIGNATURE_BAD;
    ret->reason = first_message(&check->failures);
    if (check->chain != NULL)
        ret->key = &check->chain->key;
    if (!check->is_of_trusted_key &&
        trust_judge(verifier->trust, &check->chain->key, check->chain, verifier->arena)
                .trusted_by == NULL)
        return true;
    const struct diag *failure = &check->failures.items[0];
    diag_error(verifier->diags, failure->code, failure->pos, "%s", failure->message);
    if (failure->hint != NULL)
        diag_hint(verifier->diags, "%s", failure->hint);
    return false;
}

/* Whether the signer's certificate is proved, and not only its key. */
static bool is_vouched_for_by_a_ca(const struct trust *trust, const struct trust_verdict *verdict)
{
    for (size_t i = 0; i < trust->anchor_count; i++)
        if (verdict->vouched[i] && trust_anchor_key(trust->anchors[i]) == NULL)
            return true;
    return false;
}

/* Checks one signature. ret_verdict->trusted_by is NULL unless it is trusted. */
static bool check_signature(const struct verifier *verifier, const struct signature_file *file,
                            struct verified_signature *ret, struct trust_verdict *ret_verdict)
{
    struct check check = {.verifier = verifier,
                          .file = file,
                          .pos = pos_of_member(verifier, file->signature_name),
                          .failures = diag_list_in(verifier->arena)};
    *ret_verdict = (struct trust_verdict){.trusted_by = NULL};
    read_chain(&check);
    *ret = (struct verified_signature){.key_id = file->key_id};
    if (check.chain != NULL)
        ret->subject = check.chain->certificates[0].subject_text;
    const struct public_key *signer = find_signer(&check);
    if (signer == NULL)
        return judge_bad(&check, ret);
    *ret_verdict = trust_judge(verifier->trust, signer, check.chain, verifier->arena);
    ret->key = signer;
    ret->trusted_by = ret_verdict->trusted_by;
    ret->reason = ret_verdict->reason;
    ret->state = ret->trusted_by != NULL ? SIGNATURE_TRUSTED : SIGNATURE_UNTRUSTED;
    if (ret->state == SIGNATURE_TRUSTED && !is_vouched_for_by_a_ca(verifier->trust, ret_verdict))
        ret->subject = NULL; /* anybody may have put that certificate beside the signature */
    return true;
}

/* Keys that signed are distinct, since each has its own id. */
static bool check_signatures(const struct verifier *verifier, const struct archive *archive,
                             struct verified_archive *ret)
{
    struct signature_files files;
    const struct source_pos pos = {.file = verifier->file};
    struct arena *arena = verifier->arena;
    if (!signature_files_list(archive, pos, arena, &files, verifier->diags))
        return false;
    struct verified_signature *signatures =
        ARENA_ARRAY(arena, struct verified_signature, files.count);
    struct trust_verdict *trusted = ARENA_ARRAY(arena, struct trust_verdict, files.count);
    size_t *places = ARENA_ARRAY(arena, size_t, files.count);
    size_t trusted_count = 0;
    bool ok = true;
    for (size_t i = 0; i < files.count; i++) {
        struct trust_verdict verdict;
        ok = check_signature(verifier, &files.items[i], &signatures[i], &verdict) && ok;
        if (verdict.trusted_by == NULL)
            continue;
        places[trusted_count] = i;
        trusted[trusted_count++] = verdict;
    }
    ret->signatures = signatures;
    ret->signature_count = files.count;
    ret->trusted_count = trust_match(verifier->trust, trusted, trusted_count, arena);
    for (size_t i = 0; i < trusted_count; i++)
        signatures[places[i]].trusted_by = trusted[i].trusted_by;
    return ok;
}

bool archive_verify(struct span bytes, struct source_pos named_at, const struct trust *trust,
                    struct arena *arena, struct verified_archive *ret, struct diag_list *diags)
{
    static const struct trust nobody = {.anchor_count = 0};
    struct verified_archive verified = {.trusted_count = 0};
    if (!archive_read(bytes, named_at, arena, &verified.archive, diags))
        return false;
    const struct archive_member *sums = archive_find(&verified.archive, ARCHIVE_SUMS_NAME);
    const struct verifier verifier = {.file = named_at.file,
                                      .message =
                                          sums == NULL ? (struct span){NULL, 0} : sums->content,
                                      .trust = trust == NULL ? &nobody : trust,
                                      .arena = arena,
                                      .diags = diags};
    const bool is_signed =
        sums == NULL || check_signatures(&verifier, &verified.archive, &verified);
    if (!intact_check(&verified.archive, named_at, arena, diags) || !is_signed)
        return false;
    verified.is_trusted = verifier.trust->anchor_count > 0 && verifier.trust->threshold > 0 &&
                          verified.trusted_count >= verifier.trust->threshold;
    *ret = verified;
    return true;
}
