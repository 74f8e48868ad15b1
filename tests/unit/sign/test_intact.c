/* Archives that are whole: exactly one line of SHA256SUMS for each member, with its digest. */
#include "tests/unit/sign/signed_archive.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TEST(name)   cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct source_pos zip_file = {.file = "demo.zip"};

static struct draft small_draft(struct fixture *fixture)
{
    return draft_of(fixture, small_archive(fixture));
}

static bool is_intact(struct fixture *fixture, const struct draft *draft)
{
    struct archive archive;
    assert_true(archive_read(draft_write(fixture, draft), NOWHERE, fixture->arena, &archive,
                             &fixture->diags));
    const size_t before = fixture->diags.count;
    const bool is = intact_check(&archive, zip_file, fixture->arena, &fixture->diags);
    assert_int_equal(is, fixture->diags.count == before);
    return is;
}

/* `says`: a part of the message of one of the diagnostics with that code. */
static void check_broken(struct fixture *fixture, const struct draft *draft, const char *code,
                         const char *says)
{
    const size_t before = fixture->diags.count;
    assert_false(is_intact(fixture, draft));
    for (size_t i = before; i < fixture->diags.count; i++)
        if (strcmp(fixture->diags.items[i].code, code) == 0 &&
            strstr(fixture->diags.items[i].message, says) != NULL)
            return;
    fail_msg("no %s that says %s", code, says);
}

static void archives_are_intact(void **state)
{
    struct fixture *fixture = *state;
    struct draft draft = small_draft(fixture);
    assert_true(is_intact(fixture, &draft));
    draft_put(&draft, "signatures/0123456789abcdef.sig", span_of_text("?"));
    assert_true(is_intact(fixture, &draft)); /* says nothing of signatures */
    draft_put(&draft, "empty", (struct span){NULL, 0});
    draft_sum(fixture, &draft);
    assert_true(is_intact(fixture, &draft));
    const struct draft nothing = {.members = {{ARCHIVE_SUMS_NAME, {NULL, 0}}}, .count = 1};
    assert_true(is_intact(fixture, &nothing));
}

static void sums_must_be_there(void **state)
{
    struct fixture *fixture = *state;
    struct draft draft = small_draft(fixture);
    draft_remove(&draft, ARCHIVE_SUMS_NAME);
    check_broken(fixture, &draft, "archive-no-sums", "has no SHA256SUMS");
    draft_put(&draft, ARCHIVE_SUMS_NAME, span_of_text("\n"));
    check_broken(fixture, &draft, "sums-form", "");
    assert_string_equal(fixture->diags.items[fixture->diags.count - 1].pos.file,
                        "demo.zip/SHA256SUMS");
}

static void members_without_a_line(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"A",
                                        "b",
                                        "zzz",
                                        "image/other.bin",
                                        "signaturesX",
                                        "Signatures/0123456789abcdef.sig",
                                        "SHA256SUMS.old"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct draft draft = small_draft(fixture);
        draft_put(&draft, names[i], span_of_text("more"));
        check_broken(fixture, &draft, "sums-missing", names[i]);
    }
    struct draft draft = small_draft(fixture);
    draft_put(&draft, ARCHIVE_SUMS_NAME, (struct span){NULL, 0});
    check_broken(fixture, &draft, "sums-missing", "archive.json");
}

static void lines_without_a_member(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"README.txt", "image/image.bin", "archive.json"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct draft draft = small_draft(fixture);
        draft_remove(&draft, names[i]);
        check_broken(fixture, &draft, "sums-extra", names[i]);
        draft_put(&draft, "other", span_of_text("1"));
        check_broken(fixture, &draft, "sums-extra", names[i]);
    }
}

/* A line for SHA256SUMS itself, or for a signature, may not be there although the member is. */
static void lines_that_may_not_be(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {ARCHIVE_SUMS_NAME, "signatures/0123456789abcdef.sig"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct draft draft = {.count = 0};
        const struct sums_line line = {digest_of(span_of_text("")), names[i]};
        draft_put(&draft, names[i], span_of_text(""));
        draft_put(&draft, ARCHIVE_SUMS_NAME, sums_write(&line, 1, fixture->arena));
        check_broken(fixture, &draft, "sums-extra", names[i]);
    }
}

static void contents_that_are_others(void **state)
{
    struct fixture *fixture = *state;
    struct draft draft = small_draft(fixture);
    draft_put(&draft, "image/image.bin", span_of_text("Firmware"));
    draft_put(&draft, "README.txt", span_of_text(""));
    const size_t before = fixture->diags.count;
    check_broken(fixture, &draft, "sums-digest", "image/image.bin");
    assert_int_equal(fixture->diags.count, before + 2); /* all are told of */
    draft = small_draft(fixture);
    draft_put(&draft, "image/image.bin", span_of_text("How to verify this.\n"));
    draft_put(&draft, "README.txt", span_of_text("firmware")); /* swapped */
    check_broken(fixture, &draft, "sums-digest", "README.txt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(archives_are_intact),    TEST(sums_must_be_there),    TEST(members_without_a_line),
        TEST(lines_without_a_member), TEST(lines_that_may_not_be), TEST(contents_that_are_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
