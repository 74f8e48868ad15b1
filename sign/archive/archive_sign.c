#include "sign/archive/archive_sign.h"

#include "sign/archive/archive_write.h"
#include "sign/archive/intact.h"
#include "sign/archive/signature_files.h"
#include "sign/certificates/chain.h"

#include <assert.h>
#include <string.h>

struct span archive_sign_message(const struct archive *archive)
{
    const struct archive_member *sums = archive_find(archive, ARCHIVE_SUMS_NAME);
    assert(sums != NULL);
    return sums->content;
}

static const struct archive_member *
find_signature(const struct archive *archive, const struct public_key *key, struct arena *arena)
{
    return archive_find(archive, signature_file_name(key->id, arena));
}

bool archive_sign_has(const struct archive *archive, const struct public_key *key,
                      struct arena *arena)
{
    const struct archive_member *member = find_signature(archive, key, arena);
    struct diag_list ignored = diag_list_in(arena);
    return member != NULL &&
           signature_verify(key, archive_sign_message(archive), member->content, NOWHERE, &ignored);
}

bool archive_sign_is_signed(const struct archive *archive)
{
    for (size_t i = 0; i < archive->member_count; i++)
        if (signature_files_has(&archive->members[i]))
            return true;
    return false;
}

/* ---- adding ---- */

static bool check_damage(const struct archive *archive, const struct public_key *key,
                         struct arena *arena, struct diag_list *diags)
{
    if (find_signature(archive, key, arena) == NULL || archive_sign_has(archive, key, arena))
        return true;
    diag_error(diags, "sign-damaged-signature", NOWHERE,
               "the signature of the key %s that is in the archive does not verify", key->id);
    diag_hint(diags,
              "someone else may have put it there; --drop-signatures removes all signatures");
    return false;
}

static bool check_room(const struct archive *archive, const struct public_key *key,
                       struct arena *arena, struct diag_list *diags)
{
    struct signature_files files;
    if (!signature_files_list(archive, NOWHERE, arena, &files, diags))
        return false;
    if (files.count < SIGNATURES_MOST || find_signature(archive, key, arena) != NULL)
        return true;
    return diag_error(diags, "sign-too-many", NOWHERE, "the archive has %d signatures already",
                      SIGNATURES_MOST);
}

bool archive_sign_check_chain(struct span pem, const struct public_key *key, struct arena *arena,
                              struct diag_list *diags)
{
    struct chain chain;
    if (pem.bytes == 0)
        return true;
    if (!chain_read(pem, NOWHERE, arena, &chain, diags))
        return false;
    if (public_key_equal(&chain.key, key))
        return true;
    diag_error(diags, "key-not-in-chain", NOWHERE,
               "the first certificate, of %s, is for key %s, not for the signing key %s",
               chain.certificates[0].subject_text, chain.key.id, key->id);
    diag_hint(diags, "the signer's certificate comes first, then each one's issuer");
    return false;
}

/* Replaces the member of that name, or adds it; there is room for one more. */
static void put(struct archive_member *members, size_t *count, struct archive_member member)
{
    size_t at = 0;
    while (at < *count && strcmp(members[at].name, member.name) != 0)
        at++;
    members[at] = member;
    if (at == *count)
        ++*count;
}

bool archive_sign_add(const struct archive *archive, const struct public_key *key,
                      const struct signature *signature, struct span chain, struct arena *arena,
                      struct span *ret, struct diag_list *diags)
{
    enum { MEMBERS_ADDED_MOST = 2 };
    if (!check_room(archive, key, arena, diags) || !check_damage(archive, key, arena, diags) ||
        !archive_sign_check_chain(chain, key, arena, diags))
        return false;
    size_t count = archive->member_count;
    struct archive_member *members =
        arena_grow(arena, archive->members, count, count + MEMBERS_ADDED_MOST, sizeof *members);
    if (find_signature(archive, key, arena) == NULL)
        put(members, &count,
            (struct archive_member){signature_file_name(key->id, arena),
                                    {signature->bytes, signature->byte_count}});
    if (chain.bytes != 0)
        put(members, &count, (struct archive_member){signature_chain_name(key->id, arena), chain});
    return archive_write(members, count, arena, ret, diags);
}

/* ---- removing ---- */

bool archive_sign_drop(const struct archive *archive, struct arena *arena, struct span *ret,
                       struct diag_list *diags)
{
    struct archive_member *members =
        ARENA_ARRAY(arena, struct archive_member, archive->member_count);
    size_t count = 0;
    for (size_t i = 0; i < archive->member_count; i++)
        if (!signature_files_has(&archive->members[i]))
            members[count++] = archive->members[i];
    return archive_write(members, count, arena, ret, diags);
}
