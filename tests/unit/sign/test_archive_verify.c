/* What signatures say about an archive, and that nothing wrong with one passes. */
#include "tests/unit/sign/signed_archive.h"

#include "sign/archive/archive_verify.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TEST(name)   cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct source_pos zip_file = {.file = "demo.zip"};
static const char wrong_id[] = "0123456789abcdef";

static bool verifies(struct fixture *fixture, struct span bytes, const struct trust *trust,
                     struct verified_archive *ret)
{
    const size_t before = fixture->diags.count;
    const bool is = archive_verify(bytes, zip_file, trust, fixture->arena, ret, &fixture->diags);
    assert_int_equal(is, fixture->diags.count == before);
    return is;
}

/* An archive with one signature, which is looked at. */
static struct verified_signature verify_one(struct fixture *fixture, struct span bytes,
                                            const struct trust *trust)
{
    struct verified_archive verified;
    if (!verifies(fixture, bytes, trust, &verified))
        fail_msg("damaged: %s", fixture->diags.items[fixture->diags.count - 1].message);
    assert_int_equal(verified.signature_count, 1);
    const struct verified_signature *signature = &verified.signatures[0];
    assert_int_equal(verified.trusted_count, signature->state == SIGNATURE_TRUSTED);
    assert_int_equal(verified.is_trusted, signature->state == SIGNATURE_TRUSTED);
    assert_int_equal(signature->trusted_by != NULL, signature->state == SIGNATURE_TRUSTED);
    assert_int_equal(signature->reason == NULL, signature->state == SIGNATURE_TRUSTED);
    return *signature;
}

static void check_damaged(struct fixture *fixture, struct span bytes, const struct trust *trust,
                          const char *code)
{
    struct verified_archive verified = {.signature_count = 77};
    const size_t before = fixture->diags.count;
    assert_false(verifies(fixture, bytes, trust, &verified));
    assert_int_equal(verified.signature_count, 77);
    assert_string_equal(fixture->diags.items[before].code, code);
}

static void check_text(const char *found, const char *part)
{
    if (found == NULL || strstr(found, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", found == NULL ? "(nothing)" : found, part);
}

static const char *signature_name(struct fixture *fixture, const char *key)
{
    return arena_format(fixture->arena, "signatures/%s.sig", public_key_of(fixture, key).id);
}

static const char *chain_name(struct fixture *fixture, const char *key)
{
    return arena_format(fixture->arena, "signatures/%s.pem", public_key_of(fixture, key).id);
}

/* The small archive, signed by the key `leaf`, with another content for one member. */
static struct span signed_but(struct fixture *fixture, const char *chain, const char *member,
                              struct span content)
{
    const struct span bytes = sign_with(fixture, small_archive(fixture), "leaf.key", chain);
    struct draft draft = draft_of(fixture, bytes);
    draft_put(&draft, member, content);
    return draft_write(fixture, &draft);
}

/* A signature of the key `leaf`, over something else. */
static struct span wrong_signature(struct fixture *fixture)
{
    const struct private_key key = private_key_of(fixture, "leaf.key");
    struct signature *signature = ARENA_NEW(fixture->arena, struct signature);
    assert_true(signature_make(&key, span_of_text("else"), signature, &fixture->diags));
    return (struct span){signature->bytes, signature->byte_count};
}

/* ---- good archives ---- */

static void an_archive_without_signatures_is_trusted_by_nobody(void **state)
{
    struct fixture *fixture = *state;
    const struct span bytes = small_archive(fixture);
    const struct trust nobody = {.threshold = 0}, key = trust_in(fixture, "leaf.pub");
    const struct trust *const trusts[] = {NULL, &nobody, &key};
    for (size_t i = 0; i < COUNT(trusts); i++) {
        struct verified_archive verified;
        assert_true(verifies(fixture, bytes, trusts[i], &verified));
        assert_int_equal(verified.signature_count, 0);
        assert_int_equal(verified.trusted_count, 0);
        assert_false(verified.is_trusted);
        assert_int_equal(verified.archive.member_count, 4);
    }
    struct trust careless = key;
    careless.threshold = 0;
    struct verified_archive verified;
    assert_true(verifies(fixture, bytes, &careless, &verified));
    assert_false(verified.is_trusted);
}

static void a_trusted_key_signed(void **state)
{
    struct fixture *fixture = *state;
    static const char *const keys[] = {"leaf", "second", "leaf-p384"};
    for (size_t i = 0; i < COUNT(keys); i++) {
        const char *private = arena_format(fixture->arena, "%s.key", keys[i]);
        const char *public = arena_format(fixture->arena, "%s.pub", keys[i]);
        const struct span bytes = sign_with(fixture, small_archive(fixture), private, "");
        const struct trust trust = trust_in(fixture, public);
        const struct verified_signature signature = verify_one(fixture, bytes, &trust);
        assert_int_equal(signature.state, SIGNATURE_TRUSTED);
        assert_string_equal(signature.trusted_by, public);
        assert_string_equal(signature.key_id, public_key_of(fixture, public).id);
        assert_null(signature.subject);
    }
}

static void a_key_under_a_trusted_ca_signed(void **state)
{
    struct fixture *fixture = *state;
    static const char *const chains[][2] = {
        {"leaf", "root.pem"}, {"leaf root", "root.pem"}, {"leaf-of-inter inter", "root.pem"}};
    for (size_t i = 0; i < COUNT(chains); i++) {
        const struct span bytes =
            sign_with(fixture, small_archive(fixture), "leaf.key", chains[i][0]);
        const struct trust trust = trust_in(fixture, chains[i][1]);
        const struct verified_signature signature = verify_one(fixture, bytes, &trust);
        assert_int_equal(signature.state, SIGNATURE_TRUSTED);
        assert_string_equal(signature.trusted_by, "root.pem");
        assert_string_equal(signature.subject, "CN=Release Engineer,OU=Firmware,O=Example,C=DE");
    }
}

static void each_of_two_signers_is_told_with_its_own_anchor(void **state)
{
    struct fixture *fixture = *state;
    const struct trust trust = trust_in(fixture, "root.pem leaf.pub");
    const struct span once = sign_with(fixture, small_archive(fixture), "leaf.key", "leaf");
    const struct span bytes = sign_with(fixture, once, "leaf-p384.key", "leaf-p384");
    struct verified_archive verified;
    assert_true(verifies(fixture, bytes, &trust, &verified));
    assert_int_equal(verified.trusted_count, 2);
    for (size_t i = 0; i < verified.signature_count; i++)
        assert_string_equal(verified.signatures[i].trusted_by,
                            verified.signatures[i].key->kind == KEY_P384 ? "root.pem" : "leaf.pub");
}

/* Anybody can put a certificate for somebody's key beside the signature, with any name in it. */
static void a_name_that_no_ca_vouches_for_is_not_told_as_a_trusted_signers(void **state)
{
    struct fixture *fixture = *state;
    const struct span bytes =
        sign_with(fixture, small_archive(fixture), "other-leaf.key", "leaf-of-other");
    static const char *const anchors[] = {"other-leaf.pub", "other-leaf.pub root.pem",
                                          "root.pem other-leaf.pub"};
    for (size_t i = 0; i < COUNT(anchors); i++) {
        const struct trust trust = trust_in(fixture, anchors[i]);
        const struct verified_signature signature = verify_one(fixture, bytes, &trust);
        assert_int_equal(signature.state, SIGNATURE_TRUSTED);
        assert_string_equal(signature.trusted_by, "other-leaf.pub");
        assert_null(signature.subject);
    }
    const struct trust both = trust_in(fixture, "other-leaf.pub other.pem");
    check_text(verify_one(fixture, bytes, &both).subject, "Other Engineer");
}

static void a_good_signature_that_nobody_trusts(void **state)
{
    struct fixture *fixture = *state;
    const struct span bytes = small_archive(fixture);
    const struct span bare = sign_with(fixture, bytes, "leaf.key", "");
    const struct span with_chain = sign_with(fixture, bytes, "leaf.key", "leaf-expired");
    const struct trust other = trust_in(fixture, "second.pub"),
                       root = trust_in(fixture, "root.pem");
    struct verified_signature signature = verify_one(fixture, bare, &other);
    assert_int_equal(signature.state, SIGNATURE_UNKNOWN);
    assert_null(signature.key);
    check_text(signature.reason, "no certificate vouches for it");
    assert_int_equal(verify_one(fixture, bare, NULL).state, SIGNATURE_UNKNOWN);
    signature = verify_one(fixture, with_chain, &other);
    assert_int_equal(signature.state, SIGNATURE_UNTRUSTED);
    check_text(signature.reason, "neither its key nor a CA");
    check_text(signature.subject, "Release Engineer");
    signature = verify_one(fixture, with_chain, &root);
    assert_int_equal(signature.state, SIGNATURE_UNTRUSTED);
    check_text(signature.reason, "expired");
    signature = verify_one(fixture, with_chain, NULL);
    assert_int_equal(signature.state, SIGNATURE_UNTRUSTED);
    assert_string_equal(signature.reason, "nobody is trusted");
}

static void enough_signers_have_to_sign(void **state)
{
    struct fixture *fixture = *state;
    const struct span once = sign_with(fixture, small_archive(fixture), "leaf.key", "leaf");
    const struct span twice = sign_with(fixture, once, "leaf-p384.key", "leaf-p384");
    static const struct {
        const char *anchors;
        size_t once, twice;
    } cases[] = {{"leaf.pub", 1, 1},          {"root.pem", 1, 1},
                 {"leaf.pub root.pem", 1, 2}, {"root.pem leaf.pub", 1, 2},
                 {"second.pub", 0, 0},        {"leaf.pub leaf.pub", 1, 1},
                 {"root.pem root.pem", 1, 1}, {"leaf.pub leaf-p384.pub root.pem", 1, 2}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trust trust = trust_in(fixture, cases[i].anchors);
        struct verified_archive verified;
        for (trust.threshold = 1; trust.threshold <= 3; trust.threshold++) {
            assert_true(verifies(fixture, once, &trust, &verified));
            assert_int_equal(verified.trusted_count, cases[i].once);
            assert_int_equal(verified.is_trusted, cases[i].once >= trust.threshold);
            assert_true(verifies(fixture, twice, &trust, &verified));
            assert_int_equal(verified.signature_count, 2);
            assert_int_equal(verified.trusted_count, cases[i].twice);
            assert_int_equal(verified.is_trusted, cases[i].twice >= trust.threshold);
        }
    }
}

/* ---- bad signatures ---- */

static void a_bad_signature_of_somebody_trusted_is_damage(void **state)
{
    struct fixture *fixture = *state;
    const char *name = signature_name(fixture, "leaf.pub");
    const struct span wrong = wrong_signature(fixture), garbage = span_of_text("garbage");
    const struct trust key = trust_in(fixture, "leaf.pub"), root = trust_in(fixture, "root.pem");
    check_damaged(fixture, signed_but(fixture, "", name, wrong), &key, "signature-wrong");
    assert_string_equal(fixture->diags.items[0].pos.file,
                        arena_format(fixture->arena, "demo.zip/%s", name));
    check_damaged(fixture, signed_but(fixture, "", name, garbage), &key, "signature-form");
    check_damaged(fixture, signed_but(fixture, "", name, (struct span){NULL, 0}), &key,
                  "signature-form");
    check_damaged(fixture, signed_but(fixture, "leaf", name, wrong), &root, "signature-wrong");
    check_damaged(fixture, signed_but(fixture, "leaf-expired", name, wrong), &key,
                  "signature-wrong");
    struct trust named = key; /* trusted, although it does not count */
    static const char *const nobody[] = {"CN=Nobody"};
    named.identities = nobody;
    named.identity_count = 1;
    check_damaged(fixture, signed_but(fixture, "", name, wrong), &named, "signature-wrong");
}

/* Anybody can add one, so that it must not make a good archive unusable. */
static void a_bad_signature_of_somebody_else_is_listed(void **state)
{
    struct fixture *fixture = *state;
    const char *name = signature_name(fixture, "leaf.pub");
    const struct span wrong = wrong_signature(fixture);
    const struct trust other = trust_in(fixture, "other.pem second.pub"),
                       root = trust_in(fixture, "root.pem");
    assert_int_equal(verify_one(fixture, signed_but(fixture, "", name, wrong), &other).state,
                     SIGNATURE_UNKNOWN);
    struct verified_signature signature =
        verify_one(fixture, signed_but(fixture, "leaf", name, wrong), &other);
    assert_int_equal(signature.state, SIGNATURE_BAD);
    check_text(signature.subject, "Release Engineer");
    assert_non_null(signature.reason);
    signature = verify_one(fixture, signed_but(fixture, "leaf-expired", name, wrong), &root);
    assert_int_equal(signature.state, SIGNATURE_BAD);
    assert_int_equal(verify_one(fixture, signed_but(fixture, "leaf", name, wrong), NULL).state,
                     SIGNATURE_BAD);
    const struct span both =
        sign_with(fixture, signed_but(fixture, "leaf", name, wrong), "second.key", "");
    struct verified_archive verified;
    assert_true(verifies(fixture, both, &other, &verified));
    assert_true(verified.is_trusted);
    assert_int_equal(verified.trusted_count, 1);
}

static void signatures_of_other_archives_are_bad(void **state)
{
    struct fixture *fixture = *state;
    const struct trust trust = trust_in(fixture, "leaf.pub second.pub");
    struct draft draft =
        draft_of(fixture, sign_with(fixture, small_archive(fixture), "leaf.key", ""));
    draft_put(&draft, "more", span_of_text("more"));
    draft_sum(fixture, &draft);
    check_damaged(fixture, draft_write(fixture, &draft), &trust, "signature-wrong");
    /* under the name of another key */
    draft = draft_of(fixture, sign_with(fixture, small_archive(fixture), "leaf.key", ""));
    const struct span signature =
        archive_find(&(struct archive){.members = draft.members, .member_count = draft.count},
                     signature_name(fixture, "leaf.pub"))
            ->content;
    draft_put(&draft, signature_name(fixture, "second.pub"), signature);
    check_damaged(fixture, draft_write(fixture, &draft), &trust, "signature-wrong");
}

/* ---- chains that are of no use ---- */

static void a_chain_of_no_use_only_costs_its_own_trust(void **state)
{
    struct fixture *fixture = *state;
    const char *name = chain_name(fixture, "leaf.pub");
    const struct trust key = trust_in(fixture, "leaf.pub"), root = trust_in(fixture, "root.pem");
    const struct {
        struct span chain;
        const char *reason;
    } cases[] = {
        {bundle_of(fixture, "leaf-p384"), "is for key"},
        {bundle_of(fixture, "root leaf"), "not issued by"},
        {bundle_of(fixture, "leaf-critical"), "1.2.3.4"},
        {span_of_text("no certificate\n"), "cannot be used"},
        {{NULL, 0}, "cannot be used"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct span bytes = signed_but(fixture, "", name, cases[i].chain);
        assert_int_equal(verify_one(fixture, bytes, &key).state, SIGNATURE_TRUSTED);
        const struct verified_signature signature = verify_one(fixture, bytes, &root);
        assert_int_equal(signature.state, SIGNATURE_UNKNOWN);
        check_text(signature.reason, cases[i].reason);
    }
}

/* ---- other damage ---- */

static void nothing_else_belongs_into_signatures(void **state)
{
    struct fixture *fixture = *state;
    const struct trust trust = trust_in(fixture, "leaf.pub");
    static const char *const names[] = {
        "signatures/0123456789abcdef.pem", /* beside no signature */
        "signatures/ffffffffffffffff.pem",     "signatures/0123456789abcde.sig",
        "signatures/0123456789abcdef0.sig",    "signatures/0123456789abcdeF.sig",
        "signatures/0123456789abcdeg.sig",     "signatures/0123456789abcdef.SIG",
        "signatures/0123456789abcdef",         "signatures/a/0123456789abcde.sig",
        "signatures/0123456789abcdef.sig.bak", "signatures/README",
        "signatures/0123456789abcdef.crt"};
    for (size_t i = 0; i < COUNT(names); i++)
        check_damaged(fixture, signed_but(fixture, "leaf", names[i], span_of_text("x")), &trust,
                      "archive-signatures");
}

static struct span zeros(struct fixture *fixture, size_t bytes)
{
    return (struct span){arena_alloc(fixture->arena, bytes, 1), bytes};
}

static void signatures_are_bounded(void **state)
{
    struct fixture *fixture = *state;
    const struct trust trust = trust_in(fixture, "second.pub");
    const char *name = signature_name(fixture, "leaf.pub"), *pem = chain_name(fixture, "leaf.pub");
    check_damaged(fixture, signed_but(fixture, "", name, zeros(fixture, 513)), &trust,
                  "archive-signatures");
    verify_one(fixture, signed_but(fixture, "", name, zeros(fixture, 512)), &trust);
    check_damaged(fixture, signed_but(fixture, "leaf", pem, zeros(fixture, 65537)), &trust,
                  "archive-signatures");
    verify_one(fixture, signed_but(fixture, "leaf", pem, zeros(fixture, 65536)), &trust);
    struct draft draft = draft_of(fixture, small_archive(fixture));
    for (size_t i = 0; i < 64; i++)
        draft_put(&draft, arena_format(fixture->arena, "signatures/%016zx.sig", i),
                  span_of_text("x"));
    struct verified_archive verified;
    assert_true(verifies(fixture, draft_write(fixture, &draft), &trust, &verified));
    assert_int_equal(verified.signature_count, 64);
    draft_put(&draft, arena_format(fixture->arena, "signatures/%s.sig", wrong_id),
              span_of_text("x"));
    check_damaged(fixture, draft_write(fixture, &draft), &trust, "archive-signatures");
}

static void members_must_be_as_signed(void **state)
{
    struct fixture *fixture = *state;
    const struct trust trust = trust_in(fixture, "leaf.pub");
    const struct span good = sign_with(fixture, small_archive(fixture), "leaf.key", "");
    check_damaged(fixture, signed_but(fixture, "", "README.txt", span_of_text("x")), &trust,
                  "sums-digest");
    check_damaged(fixture, signed_but(fixture, "", "more", span_of_text("x")), &trust,
                  "sums-missing");
    struct draft draft = draft_of(fixture, good);
    draft_remove(&draft, "README.txt");
    check_damaged(fixture, draft_write(fixture, &draft), &trust, "sums-extra");
    draft = draft_of(fixture, good);
    draft_remove(&draft, ARCHIVE_SUMS_NAME);
    check_damaged(fixture, draft_write(fixture, &draft), &trust, "archive-no-sums");
    /* the signature is looked at before the grammar, and both are told of */
    const size_t before = fixture->diags.count;
    check_damaged(fixture, signed_but(fixture, "", ARCHIVE_SUMS_NAME, span_of_text("x")), &trust,
                  "signature-wrong");
    assert_string_equal(fixture->diags.items[before + 1].code, "sums-form");
}

static void members_cannot_be_renamed_or_swapped(void **state)
{
    struct fixture *fixture = *state;
    const struct trust trust = trust_in(fixture, "leaf.pub");
    const struct span good = sign_with(fixture, small_archive(fixture), "leaf.key", "");
    struct draft renamed = draft_of(fixture, good);
    draft_remove(&renamed, "README.txt");
    draft_put(&renamed, "README", span_of_text("How to verify this.\n"));
    check_damaged(fixture, draft_write(fixture, &renamed), &trust, "sums-missing");
    /* the firmware of another archive that the same key signed */
    struct draft other = draft_of(fixture, small_archive(fixture));
    draft_put(&other, "image/image.bin", span_of_text("old firmware"));
    draft_sum(fixture, &other);
    other = draft_of(fixture, sign_with(fixture, draft_write(fixture, &other), "leaf.key", ""));
    struct verified_archive verified;
    assert_true(verifies(fixture, draft_write(fixture, &other), &trust, &verified));
    assert_true(verified.is_trusted);
    check_damaged(fixture, signed_but(fixture, "", "image/image.bin", span_of_text("old firmware")),
                  &trust, "sums-digest");
    /* and all that is signed of one archive, around the firmware of the other one */
    draft_put(&other, "image/image.bin", span_of_text("firmware"));
    check_damaged(fixture, draft_write(fixture, &other), &trust, "sums-digest");
}

/* ---- every bit ---- */

/* Whether anything of it is trusted. */
static bool is_trusted(struct span bytes, const struct trust *trust)
{
    struct arena *arena = arena_create(out_of_memory);
    struct diag_list diags = diag_list_in(arena);
    struct verified_archive verified;
    const bool is = archive_verify(bytes, zip_file, trust, arena, &verified, &diags) &&
                    (verified.is_trusted || verified.trusted_count > 0);
    arena_destroy(arena);
    return is;
}

static bool is_damaged(struct span bytes, const struct trust *trust)
{
    struct arena *arena = arena_create(out_of_memory);
    struct diag_list diags = diag_list_in(arena);
    struct verified_archive verified;
    const bool is = !archive_verify(bytes, zip_file, trust, arena, &verified, &diags);
    arena_destroy(arena);
    return is;
}

static void every_flipped_bit_is_damage(void **state)
{
    struct fixture *fixture = *state;
    const struct trust trust = trust_in(fixture, "leaf.pub root.pem");
    const struct span bytes = sign_with(fixture, small_archive(fixture), "leaf.key", "leaf");
    uint8_t *flipped =
        (uint8_t *)arena_copy_text(fixture->arena, (const char *)bytes.data, bytes.bytes);
    assert_true(is_trusted(bytes, &trust));
    for (size_t bit = 0; bit < 8 * bytes.bytes; bit++) {
        flipped[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (!is_damaged((struct span){flipped, bytes.bytes}, &trust))
            fail_msg("bit %zu of byte %zu", bit % 8, bit / 8);
        flipped[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void every_truncation_is_damage(void **state)
{
    struct fixture *fixture = *state;
    const struct trust trust = trust_in(fixture, "leaf.pub root.pem");
    const struct span bytes = sign_with(fixture, small_archive(fixture), "leaf.key", "leaf");
    for (size_t cut = 1; cut <= bytes.bytes; cut++) {
        const struct span front = {bytes.data, bytes.bytes - cut};
        const struct span back = {bytes.data + cut, bytes.bytes - cut};
        if (!is_damaged(front, &trust) || !is_damaged(back, &trust))
            fail_msg("%zu bytes cut off", cut);
    }
}

/* Flips each `step`th bit of each member, and writes an archive in which all but that is right:
 * what an attacker would do, whom checksums do not stop. Odd steps come to each bit of a byte. */
static void flip_members(struct fixture *fixture, struct span bytes, const struct trust *trust,
                         size_t step, bool (*passes)(struct span, const struct trust *))
{
    const struct draft draft = draft_of(fixture, bytes);
    for (size_t i = 0; i < draft.count; i++) {
        const struct span content = draft.members[i].content;
        for (size_t bit = 0; bit < 8 * content.bytes; bit += step) {
            struct fixture *scratch;
            set_up((void **)&scratch);
            char *flipped =
                arena_copy_text(scratch->arena, (const char *)content.data, content.bytes);
            flipped[bit / 8] = (char)(flipped[bit / 8] ^ (1 << bit % 8));
            struct draft other = draft;
            other.members[i].content = (struct span){(const uint8_t *)flipped, content.bytes};
            if (passes(draft_write(scratch, &other), trust))
                fail_msg("bit %zu of %s", bit, draft.members[i].name);
            tear_down((void **)&scratch);
        }
    }
}

static bool is_whole(struct span bytes, const struct trust *trust)
{
    return !is_damaged(bytes, trust);
}

static void no_flipped_bit_of_a_member_passes_with_right_checksums(void **state)
{
    struct fixture *fixture = *state;
    const struct trust trust = trust_in(fixture, "leaf.pub");
    const struct span bytes = sign_with(fixture, small_archive(fixture), "leaf.key", "");
    flip_members(fixture, bytes, &trust, 3, is_whole);
}

/* Here a bit of the chain can be flipped so that it is of no use; but it never is of use. */
static void no_flipped_bit_is_trusted_under_a_ca(void **state)
{
    struct fixture *fixture = *state;
    const struct trust trust = trust_in(fixture, "root.pem");
    const struct span bytes = sign_with(fixture, small_archive(fixture), "leaf.key", "leaf");
    assert_true(is_trusted(bytes, &trust));
    flip_members(fixture, bytes, &trust, 11, is_trusted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_archive_without_signatures_is_trusted_by_nobody),
        TEST(a_trusted_key_signed),
        TEST(a_key_under_a_trusted_ca_signed),
        TEST(each_of_two_signers_is_told_with_its_own_anchor),
        TEST(a_name_that_no_ca_vouches_for_is_not_told_as_a_trusted_signers),
        TEST(a_good_signature_that_nobody_trusts),
        TEST(enough_signers_have_to_sign),
        TEST(a_bad_signature_of_somebody_trusted_is_damage),
        TEST(a_bad_signature_of_somebody_else_is_listed),
        TEST(signatures_of_other_archives_are_bad),
        TEST(a_chain_of_no_use_only_costs_its_own_trust),
        TEST(nothing_else_belongs_into_signatures),
        TEST(signatures_are_bounded),
        TEST(members_must_be_as_signed),
        TEST(members_cannot_be_renamed_or_swapped),
        TEST(every_flipped_bit_is_damage),
        TEST(every_truncation_is_damage),
        TEST(no_flipped_bit_of_a_member_passes_with_right_checksums),
        TEST(no_flipped_bit_is_trusted_under_a_ca),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
