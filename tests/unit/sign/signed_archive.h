/* Small archives, whole and signed, or made wrong on purpose. */
#ifndef TESTS_UNIT_SIGN_SIGNED_ARCHIVE_H
#define TESTS_UNIT_SIGN_SIGNED_ARCHIVE_H

#include "tests/unit/sign/certificates.h"

#include "sign/archive/archive_read.h"
#include "sign/archive/archive_sign.h"
#include "sign/archive/archive_write.h"
#include "sign/archive/intact.h"
#include "sign/archive/sums.h"

enum { TEST_MEMBERS_MOST = 160 };

/* Members that can be changed before they are written. */
struct draft {
    struct archive_member members[TEST_MEMBERS_MOST];
    size_t count;
};

UNUSED static void draft_put(struct draft *draft, const char *name, struct span content)
{
    size_t at = 0;
    while (at < draft->count && strcmp(draft->members[at].name, name) != 0)
        at++;
    draft->members[at] = (struct archive_member){name, content};
    draft->count += at == draft->count;
}

UNUSED static void draft_remove(struct draft *draft, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < draft->count; i++)
        if (strcmp(draft->members[i].name, name) != 0)
            draft->members[kept++] = draft->members[i];
    draft->count = kept;
}

/* Puts the right SHA256SUMS. */
UNUSED static void draft_sum(struct fixture *fixture, struct draft *draft)
{
    struct sums_line lines[TEST_MEMBERS_MOST];
    size_t count = 0;
    for (size_t i = 0; i < draft->count; i++)
        if (strcmp(draft->members[i].name, ARCHIVE_SUMS_NAME) != 0 &&
            strncmp(draft->members[i].name, "signatures/", 11) != 0)
            lines[count++] =
                (struct sums_line){digest_of(draft->members[i].content), draft->members[i].name};
    draft_put(draft, ARCHIVE_SUMS_NAME, sums_write(lines, count, fixture->arena));
}

UNUSED static struct span draft_write(struct fixture *fixture, const struct draft *draft)
{
    struct span bytes;
    assert_true(
        archive_write(draft->members, draft->count, fixture->arena, &bytes, &fixture->diags));
    return bytes;
}

UNUSED static struct draft draft_of(struct fixture *fixture, struct span bytes)
{
    struct archive archive;
    struct draft draft = {.count = 0};
    assert_true(archive_read(bytes, NOWHERE, fixture->arena, &archive, &fixture->diags));
    for (size_t i = 0; i < archive.member_count; i++)
        draft_put(&draft, archive.members[i].name, archive.members[i].content);
    return draft;
}

/* Not signed. */
UNUSED static struct span small_archive(struct fixture *fixture)
{
    struct draft draft = {.count = 0};
    draft_put(&draft, "README.txt", span_of_text("How to verify this.\n"));
    draft_put(&draft, "image/image.bin", span_of_text("firmware"));
    draft_put(&draft, "archive.json", span_of_text("{}\n"));
    draft_sum(fixture, &draft);
    return draft_write(fixture, &draft);
}

/* Signed once more; `chain`: certificates as for bundle_of(), empty: none. */
UNUSED static struct span sign_with(struct fixture *fixture, struct span bytes,
                                    const char *key_name, const char *chain)
{
    struct archive archive;
    struct private_key key = private_key_of(fixture, key_name);
    struct signature signature;
    struct span result;
    assert_true(archive_read(bytes, NOWHERE, fixture->arena, &archive, &fixture->diags));
    assert_true(signature_make(&key, archive_sign_message(&archive), &signature, &fixture->diags));
    if (!archive_sign_add(&archive, &key.public, &signature, bundle_of(fixture, chain),
                          fixture->arena, &result, &fixture->diags))
        fail_msg("not signed: %s", fixture->diags.items[fixture->diags.count - 1].message);
    private_key_wipe(&key);
    return result;
}

#endif
