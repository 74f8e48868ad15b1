/* Signing archives: nothing but signatures/ changes, and the order of signing does not matter. */
#include "tests/unit/sign/signed_archive.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TEST(name)   cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static struct archive read_archive(struct fixture *fixture, struct span bytes)
{
    struct archive archive;
    assert_true(archive_read(bytes, NOWHERE, fixture->arena, &archive, &fixture->diags));
    return archive;
}

static const char *last_code(const struct fixture *fixture)
{
    return fixture->diags.items[fixture->diags.count - 1].code;
}

/* Tries to add a signature of the key `leaf`. */
static bool add(struct fixture *fixture, struct span bytes, struct span chain, struct span *ret)
{
    const struct archive archive = read_archive(fixture, bytes);
    const struct private_key key = private_key_of(fixture, "leaf.key");
    struct signature signature;
    assert_true(signature_make(&key, archive_sign_message(&archive), &signature, &fixture->diags));
    return archive_sign_add(&archive, &key.public, &signature, chain, fixture->arena, ret,
                            &fixture->diags);
}

static void check_refused(struct fixture *fixture, struct span bytes, struct span chain,
                          const char *code)
{
    struct span result = {NULL, 77};
    assert_false(add(fixture, bytes, chain, &result));
    assert_int_equal(result.bytes, 77);
    assert_string_equal(last_code(fixture), code);
}

static void signing_adds_a_signature_and_changes_nothing_else(void **state)
{
    struct fixture *fixture = *state;
    const struct span bytes = small_archive(fixture);
    const struct archive before = read_archive(fixture, bytes);
    const struct public_key key = public_key_of(fixture, "leaf.pub");
    assert_false(archive_sign_is_signed(&before));
    assert_false(archive_sign_has(&before, &key, fixture->arena));
    const struct span signed_bytes = sign_with(fixture, bytes, "leaf.key", "leaf");
    const struct archive after = read_archive(fixture, signed_bytes);
    assert_true(archive_sign_is_signed(&after));
    assert_true(archive_sign_has(&after, &key, fixture->arena));
    assert_int_equal(after.member_count, before.member_count + 2);
    for (size_t i = 0; i < before.member_count; i++)
        assert_true(span_equal(archive_find(&after, before.members[i].name)->content,
                               before.members[i].content));
    const struct span message = archive_sign_message(&before);
    assert_true(span_equal(archive_find(&after, ARCHIVE_SUMS_NAME)->content, message));
    const char *name = arena_format(fixture->arena, "signatures/%s.sig", key.id);
    assert_true(signature_verify(&key, message, archive_find(&after, name)->content, NOWHERE,
                                 &fixture->diags));
    name = arena_format(fixture->arena, "signatures/%s.pem", key.id);
    assert_true(span_equal(archive_find(&after, name)->content, bundle_of(fixture, "leaf")));
}

static void signing_twice_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    const struct span once = sign_with(fixture, small_archive(fixture), "leaf.key", "leaf");
    assert_true(span_equal(sign_with(fixture, once, "leaf.key", "leaf"), once));
    assert_true(span_equal(sign_with(fixture, once, "leaf.key", ""), once));
}

/* What is there and good stays, even where somebody would now sign otherwise. */
static void a_good_signature_stays(void **state)
{
    struct fixture *fixture = *state;
    const struct span once = sign_with(fixture, small_archive(fixture), "leaf.key", "");
    const struct archive archive = read_archive(fixture, once);
    const struct public_key key = public_key_of(fixture, "leaf.pub");
    const struct signature other = {.bytes = {1}, .byte_count = 1};
    struct span again;
    assert_true(archive_sign_add(&archive, &key, &other, (struct span){NULL, 0}, fixture->arena,
                                 &again, &fixture->diags));
    assert_true(span_equal(again, once));
}

static void a_chain_can_come_later_or_anew(void **state)
{
    struct fixture *fixture = *state;
    const struct span bytes = small_archive(fixture);
    const struct span once = sign_with(fixture, bytes, "leaf.key", "");
    const struct span with_chain = sign_with(fixture, bytes, "leaf.key", "leaf root");
    assert_true(span_equal(sign_with(fixture, once, "leaf.key", "leaf root"), with_chain));
    const struct span renewed = sign_with(fixture, with_chain, "leaf.key", "leaf-no-basic");
    assert_true(span_equal(renewed, sign_with(fixture, bytes, "leaf.key", "leaf-no-basic")));
    assert_false(span_equal(renewed, with_chain));
}

static void the_order_of_signing_does_not_matter(void **state)
{
    struct fixture *fixture = *state;
    static const char *const keys[] = {"leaf.key", "second.key", "leaf-p384.key"};
    static const char *const chains[] = {"leaf", "", "leaf-p384 root"};
    static const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                       {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    struct span first = {NULL, 0};
    for (size_t i = 0; i < COUNT(orders); i++) {
        struct span bytes = small_archive(fixture);
        for (size_t k = 0; k < COUNT(keys); k++)
            bytes = sign_with(fixture, bytes, keys[orders[i][k]], chains[orders[i][k]]);
        if (i == 0)
            first = bytes;
        assert_true(span_equal(bytes, first));
    }
}

static void dropping_gives_the_archive_as_it_was(void **state)
{
    struct fixture *fixture = *state;
    const struct span bytes = small_archive(fixture);
    const struct span twice =
        sign_with(fixture, sign_with(fixture, bytes, "leaf.key", "leaf"), "second.key", "");
    const struct archive signed_archive = read_archive(fixture, twice);
    const struct archive unsigned_archive = read_archive(fixture, bytes);
    struct span dropped;
    assert_true(archive_sign_drop(&signed_archive, fixture->arena, &dropped, &fixture->diags));
    assert_true(span_equal(dropped, bytes));
    assert_true(archive_sign_drop(&unsigned_archive, fixture->arena, &dropped, &fixture->diags));
    assert_true(span_equal(dropped, bytes));
}

static void a_damaged_signature_is_not_replaced(void **state)
{
    struct fixture *fixture = *state;
    const struct span nothing = {NULL, 0};
    const struct public_key key = public_key_of(fixture, "leaf.pub");
    struct draft draft = draft_of(fixture, small_archive(fixture));
    draft_put(&draft, arena_format(fixture->arena, "signatures/%s.sig", key.id),
              span_of_text("no signature"));
    const struct span damaged = draft_write(fixture, &draft);
    const struct archive archive = read_archive(fixture, damaged);
    assert_false(archive_sign_has(&archive, &key, fixture->arena));
    assert_true(archive_sign_is_signed(&archive));
    check_refused(fixture, damaged, nothing, "sign-damaged-signature");
    assert_non_null(
        strstr(fixture->diags.items[fixture->diags.count - 1].hint, "--drop-signatures"));
}

static void chains_of_others_are_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct span bytes = small_archive(fixture);
    check_refused(fixture, bytes, bundle_of(fixture, "leaf-p384"), "key-not-in-chain");
    check_refused(fixture, bytes, bundle_of(fixture, "root leaf"), "chain-form");
    check_refused(fixture, bytes, span_of_text("leaf"), "chain-form");
    struct buffer with_key = buffer_in(fixture->arena);
    buffer_append_span(&with_key, bundle_of(fixture, "leaf"));
    buffer_append_span(&with_key, certificate_file(fixture, "leaf.key"));
    check_refused(fixture, bytes, buffer_span(&with_key), "key-is-private");
}

static void there_is_room_for_64_signatures(void **state)
{
    struct fixture *fixture = *state;
    const struct span nothing = {NULL, 0};
    struct draft draft = draft_of(fixture, small_archive(fixture));
    struct span result;
    for (size_t i = 0; i < 63; i++)
        draft_put(&draft, arena_format(fixture->arena, "signatures/%016zx.sig", i),
                  span_of_text("?"));
    assert_true(add(fixture, draft_write(fixture, &draft), nothing, &result));
    assert_true(add(fixture, result, nothing, &result)); /* has signed already */
    draft_put(&draft, "signatures/ffffffffffffffff.sig", span_of_text("?"));
    check_refused(fixture, draft_write(fixture, &draft), nothing, "sign-too-many");
    draft_put(&draft, "signatures/fffffffffffffffe.sig", span_of_text("?"));
    check_refused(fixture, draft_write(fixture, &draft), nothing, "archive-signatures");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(signing_adds_a_signature_and_changes_nothing_else),
        TEST(signing_twice_changes_nothing),
        TEST(a_good_signature_stays),
        TEST(a_chain_can_come_later_or_anew),
        TEST(the_order_of_signing_does_not_matter),
        TEST(dropping_gives_the_archive_as_it_was),
        TEST(a_damaged_signature_is_not_replaced),
        TEST(chains_of_others_are_refused),
        TEST(there_is_room_for_64_signatures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
