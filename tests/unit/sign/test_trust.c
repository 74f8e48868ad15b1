/* Whom trust trusts: anchors, chains under CAs, revocation lists, and how signers are counted. */
#include "tests/unit/sign/certificates.h"

#include "sign/keys/der.h"
#include "sign/keys/pem.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TEST(name)   cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct diag *last(const struct fixture *fixture)
{
    return &fixture->diags.items[fixture->diags.count - 1];
}

static void check_text(const char *found, const char *part, const char *of)
{
    if (found == NULL || strstr(found, part) == NULL)
        fail_msg("%s: \"%s\" does not say \"%s\"", of, found == NULL ? "(nothing)" : found, part);
}

/* ---- anchors ---- */

static void check_no_anchor(struct fixture *fixture, struct span pem, const char *code,
                            const char *says)
{
    const struct trust_anchor *anchor = NULL;
    const struct source_pos pos = {.file = "trusted.pem"};
    assert_false(trust_read_anchor(pem, pos, fixture->arena, &anchor, &fixture->diags));
    assert_null(anchor);
    assert_string_equal(last(fixture)->code, code);
    assert_string_equal(last(fixture)->pos.file, "trusted.pem");
    check_text(last(fixture)->message, says, code);
}

static void keys_and_cas_are_anchors(void **state)
{
    struct fixture *fixture = *state;
    const struct trust trust =
        trust_in(fixture, "leaf.pub root.pem inter.pem root.pem+other.pem weak.pem");
    const struct public_key key = public_key_of(fixture, "leaf.pub");
    assert_true(public_key_equal(trust_anchor_key(trust.anchors[0]), &key));
    for (size_t i = 1; i < trust.anchor_count; i++)
        assert_null(trust_anchor_key(trust.anchors[i]));
}

static void what_is_no_ca_is_no_anchor(void **state)
{
    struct fixture *fixture = *state;
    check_no_anchor(fixture, bundle_of(fixture, "leaf"), "trust-not-ca", "CA:TRUE");
    check_text(last(fixture)->hint, "openssl x509 -in trusted.pem -pubkey", "hint");
    check_no_anchor(fixture, bundle_of(fixture, "root-no-ca"), "trust-not-ca", "CA:TRUE");
    check_no_anchor(fixture, bundle_of(fixture, "root-no-usage"), "trust-not-ca", "keyCertSign");
    check_no_anchor(fixture, bundle_of(fixture, "root leaf"), "trust-not-ca", "Release Engineer");
    check_no_anchor(fixture, bundle_of(fixture, "leaf root"), "trust-not-ca", "Release Engineer");
    check_no_anchor(fixture, certificate_file(fixture, "leaf.key"), "key-is-private", "private");
    check_no_anchor(fixture, (struct span){NULL, 0}, "key-empty", "");
}

static void a_private_key_beside_certificates_is_named(void **state)
{
    struct fixture *fixture = *state;
    struct buffer both = buffer_in(fixture->arena);
    buffer_append_span(&both, bundle_of(fixture, "root"));
    buffer_append_span(&both, certificate_file(fixture, "leaf.key"));
    check_no_anchor(fixture, buffer_span(&both), "key-is-private", "private key");
    assert_int_equal(last(fixture)->pos.line, 0); /* no line of it must be shown */
}

/* Replaces one byte of a bundle of two. */
static struct span damaged(struct fixture *fixture, size_t offset, char byte)
{
    const struct span bundle = bundle_of(fixture, "root other");
    char *copy = arena_copy_text(fixture->arena, (const char *)bundle.data, bundle.bytes);
    copy[offset] = byte;
    return (struct span){(const uint8_t *)copy, bundle.bytes};
}

static void half_a_bundle_is_nothing(void **state)
{
    struct fixture *fixture = *state;
    const struct span bundle = bundle_of(fixture, "root other");
    const size_t second = bundle_of(fixture, "root").bytes;
    assert_non_null(anchor_of(fixture, bundle, "whole"));
    for (size_t bytes = second + 1; bytes < bundle.bytes - 1; bytes += 7)
        check_no_anchor(fixture, (struct span){bundle.data, bytes}, "trust-bundle", "");
    check_no_anchor(fixture, damaged(fixture, second, '+'), "trust-bundle", "");
    check_no_anchor(fixture, damaged(fixture, second + 12, 'c'), "trust-bundle", "");
    check_no_anchor(fixture, damaged(fixture, second + 40, '!'), "trust-bundle", "");
    check_no_anchor(fixture, damaged(fixture, second + 30, '\n'), "trust-bundle", "");
    check_no_anchor(fixture, damaged(fixture, 0, '+'), "trust-bundle", "");
    check_no_anchor(fixture, bundle_of(fixture, "root leaf-critical"), "trust-bundle",
                    "unknown critical extension, 1.2.3.4");
}

/* The block of one certificate, changed. */
static struct span changed_block(struct fixture *fixture, const char *headers, size_t bytes_more)
{
    struct chain chain = chain_of(fixture, "root");
    struct buffer der = buffer_in(fixture->arena);
    buffer_append_span(&der, chain.certificates[0].der);
    buffer_fill(&der, 0, bytes_more);
    const char *pem = pem_write("CERTIFICATE", buffer_span(&der), fixture->arena);
    const char *body = strchr(pem, '\n') + 1;
    return span_of_text(
        arena_format(fixture->arena, "%.*s%s%s", (int)(body - pem), pem, headers, body));
}

static void a_certificate_is_its_block_to_the_last_byte(void **state)
{
    struct fixture *fixture = *state;
    assert_non_null(anchor_of(fixture, changed_block(fixture, "", 0), "unchanged"));
    check_no_anchor(fixture, changed_block(fixture, "", 1), "trust-bundle", "cannot be read");
    check_no_anchor(fixture, changed_block(fixture, "A: b\n\n", 0), "trust-bundle", "headers");
}

static void what_stands_around_certificates_is_not_skipped(void **state)
{
    struct fixture *fixture = *state;
    static const char *const texts[] = {"text\n", "Certificate:\n    Data:\n", "MIIB\n", "----\n"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct buffer file = buffer_in(fixture->arena);
        buffer_append_text(&file, texts[i]);
        buffer_append_span(&file, bundle_of(fixture, "root"));
        check_no_anchor(fixture, buffer_span(&file), "trust-bundle", "line 1");
    }
    struct buffer file = buffer_in(fixture->arena);
    buffer_append_text(&file, "# our root\n\n");
    buffer_append_span(&file, bundle_of(fixture, "root"));
    assert_non_null(anchor_of(fixture, buffer_span(&file), "commented"));
}

/* ---- chains ---- */

static void check_no_chain(struct fixture *fixture, struct span pem, const char *code,
                           const char *says)
{
    struct chain chain = {.count = 77};
    const struct source_pos pos = {.file = "chain.pem"};
    assert_false(chain_read(pem, pos, fixture->arena, &chain, &fixture->diags));
    assert_int_equal(chain.count, 77);
    assert_string_equal(last(fixture)->code, code);
    check_text(last(fixture)->message, says, code);
}

static void chains_are_read(void **state)
{
    struct fixture *fixture = *state;
    const struct chain chain = chain_of(fixture, "leaf-of-inter inter root");
    const struct public_key key = public_key_of(fixture, "leaf.pub");
    assert_int_equal(chain.count, 3);
    assert_true(public_key_equal(&chain.key, &key));
    assert_string_equal(chain.certificates[0].subject_text,
                        "CN=Release Engineer,OU=Firmware,O=Example,C=DE");
    assert_int_equal(chain.certificates[0].valid_from, 1735689600);
    assert_int_equal(chain.certificates[0].valid_to, 2366841600);
    const struct chain leap = chain_of(fixture, "leaf-february");
    assert_int_equal(leap.certificates[0].valid_from, 1709208000); /* 2024-02-29T12:00:00Z */
    assert_int_equal(leap.certificates[0].valid_to, 4107542399);   /* 2100-02-28T23:59:59Z */
    const struct chain march = chain_of(fixture, "leaf-march");
    assert_int_equal(march.certificates[0].valid_from, 1709251200); /* 2024-03-01T00:00:00Z */
    assert_int_equal(march.certificates[0].valid_to, 2556143999);   /* 2050-12-31T23:59:59Z */
}

static void what_is_no_chain_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct span leaf = bundle_of(fixture, "leaf");
    check_no_chain(fixture, bundle_of(fixture, "root leaf"), "chain-form", "not issued by");
    check_no_chain(fixture, bundle_of(fixture, "leaf inter"), "chain-form", "not issued by");
    check_no_chain(fixture, bundle_of(fixture, "leaf-of-inter root"), "chain-form",
                   "certificate 1");
    check_no_chain(fixture, bundle_of(fixture, "leaf root root root root root root root root"),
                   "chain-form", "at most 8");
    const struct span many[] = {bundle_of(fixture, "leaf root root root root root root root"),
                                changed_block(fixture, "", 1)};
    check_no_chain(fixture, der_join(many, 2, fixture->arena), "chain-form", "at most 8");
    check_no_chain(fixture, bundle_of(fixture, "leaf-critical"), "chain-form", "1.2.3.4");
    check_no_chain(fixture, bundle_of(fixture, "leaf-p521"), "key-unsupported", "");
    check_no_chain(fixture, (struct span){leaf.data, leaf.bytes - 30}, "chain-form", "END");
    check_no_chain(fixture, (struct span){NULL, 0}, "chain-form", "no CERTIFICATE");
    check_no_chain(fixture, certificate_file(fixture, "leaf.key"), "key-is-private", "private");
    check_no_chain(fixture, certificate_file(fixture, "leaf.pub"), "chain-form", "PUBLIC KEY");
    uint8_t *long_file = arena_alloc(fixture->arena, CHAIN_BYTES_MOST + 1, 1);
    memset(long_file, '\n', CHAIN_BYTES_MOST + 1);
    memcpy(long_file, leaf.data, leaf.bytes);
    check_no_chain(fixture, (struct span){long_file, CHAIN_BYTES_MOST + 1}, "chain-form", "65536");
    struct chain chain;
    assert_true(chain_read((struct span){long_file, CHAIN_BYTES_MOST}, NOWHERE, fixture->arena,
                           &chain, &fixture->diags));
}

/* The text is openssl's: `openssl x509 -noout -subject -nameopt RFC2253`. */
static void names_are_printed_so_that_they_cannot_be_mistaken(void **state)
{
    struct fixture *fixture = *state;
    const struct chain chain = chain_of(fixture, "leaf-odd");
    assert_string_equal(chain.certificates[0].subject_text,
                        "CN=\\#\\<\\\"\\\\\\>\\ ,O=B\\C3\\A4r\\, S\\C3\\B6hne+OU=a\\+b\\;c,C=DE");
}

/* ---- chains under a CA ---- */

struct chain_case {
    const char *chain; /* ".pem" left out */
    const char *anchors;
    const char *reason; /* a part of it; NULL: it is trusted */
    const char *lists;  /* ".crl" left out; NULL: none */
};

static void check_case(struct fixture *fixture, const struct chain_case *expected)
{
    const struct chain chain = chain_of(fixture, expected->chain);
    struct trust trust = trust_in(fixture, expected->anchors);
    if (expected->lists != NULL)
        add_lists(fixture, &trust, expected->lists);
    const struct trust_verdict verdict = trust_judge(&trust, &chain.key, &chain, fixture->arena);
    if (expected->reason != NULL)
        check_text(verdict.reason, expected->reason, expected->chain);
    else if (verdict.reason != NULL)
        fail_msg("%s under %s: %s", expected->chain, expected->anchors, verdict.reason);
    assert_int_equal(verdict.trusted_by == NULL, expected->reason != NULL);
}

static void check_cases(void **state, const struct chain_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_case(*state, &cases[i]);
}

static void chains_that_are_trusted(void **state)
{
    static const struct chain_case cases[] = {
        {"leaf", "root.pem", NULL, NULL},
        {"leaf root", "root.pem", NULL, NULL},
        {"leaf", "other.pem root.pem", NULL, NULL},
        {"leaf", "other.pem+root.pem", NULL, NULL},
        {"leaf", "root-renewed.pem", NULL, NULL},
        {"leaf root-renewed", "root-renewed.pem", NULL, NULL},
        {"leaf root-renewed", "root.pem+root-renewed.pem", NULL, NULL},
        {"leaf", "root-no-lists.pem", NULL, NULL},
        {"leaf", "root-sha1.pem", NULL, NULL}, /* nobody needs the signature of a root */
        {"leaf", "root-pathlen0.pem", NULL, NULL},
        {"leaf-no-basic", "root.pem", NULL, NULL}, /* no basicConstraints: no CA */
        {"leaf-unknown", "root.pem", NULL, NULL},
        {"leaf-last-second", "root.pem", NULL, NULL},
        {"leaf-first-second", "root.pem", NULL, NULL},
        {"leaf-odd", "root.pem", NULL, NULL},
        {"leaf-p384", "root.pem", NULL, NULL},
        {"leaf-of-other", "other.pem", NULL, NULL},
        {"leaf-of-inter inter", "root.pem", NULL, NULL},
        {"leaf-of-inter inter root", "root.pem", NULL, NULL},
        {"leaf-of-inter inter-any", "root.pem", NULL, NULL},
        {"leaf-of-inter", "inter.pem", NULL, NULL},
        {"leaf-of-inter inter root", "inter.pem", NULL, NULL},
        {"leaf-of-deep deep inter-any", "root.pem", NULL, NULL},
    };
    check_cases(state, cases, COUNT(cases));
}

static void chains_that_are_not_trusted(void **state)
{
    static const struct chain_case cases[] = {
        {"leaf", "other.pem", "neither its key nor a CA", NULL},
        {"leaf", "second.pub", "neither its key nor a CA", NULL},
        {"leaf-of-inter", "root.pem", "neither its key nor a CA", NULL},
        {"leaf-expired", "root.pem",
         "Engineer,OU=Firmware,O=Example,C=DE expired at 2029-12-31T23:59:59Z", NULL},
        {"leaf-future", "root.pem", "not valid before 2030-01-01T00:00:01Z", NULL},
        {"leaf-ca", "root.pem", "is a CA certificate", NULL},
        {"leaf-no-usage", "root.pem", "lacks the keyUsage digitalSignature", NULL},
        {"leaf-wrong-usage", "root.pem", "lacks the keyUsage digitalSignature", NULL},
        {"leaf-no-purpose", "root.pem", "lacks the extKeyUsage codeSigning", NULL},
        {"leaf-client", "root.pem", "lacks the extKeyUsage codeSigning", NULL},
        {"leaf-any-purpose", "root.pem", "lacks the extKeyUsage codeSigning", NULL},
        {"leaf-sha1", "root.pem", "weaker than SHA-256", NULL},
        {"leaf-forged", "root.pem", "is not signed by its issuer's key", NULL},
        {"leaf", "root-impostor.pem", "is not signed by its issuer's key", NULL},
        {"leaf-of-weak", "weak.pem", "too weak", NULL},
        {"leaf-of-huge huge", "root.pem", "too large", NULL},
        {"leaf", "root-expired.pem", "Release Root,O=Example,C=DE expired at 2029-12-31", NULL},
        {"leaf", "root-mail.pem", "not meant for codeSigning", NULL},
        {"leaf-of-inter inter", "root-pathlen0.pem", "allows 0 CAs below it", NULL},
        {"leaf-of-deep deep inter", "root.pem", "allows 0 CAs below it", NULL},
        {"leaf-of-inter inter-expired", "root.pem", "Release CA 1,O=Example,C=DE expired", NULL},
        {"leaf-of-inter inter-no-ca", "root.pem", "not a CA certificate", NULL},
        {"leaf-of-inter inter-no-usage", "root.pem", "lacks the keyUsage keyCertSign", NULL},
        {"leaf-of-inter inter-mail", "root.pem", "not meant for codeSigning", NULL},
        {"leaf-of-inter inter-sha1", "root.pem",
         "Release CA 1,O=Example,C=DE is signed with a digest", NULL},
        {"leaf root-renewed", "root.pem", "another certificate of the trusted CA", NULL},
        {"leaf root", "root-renewed.pem", "with the same key", NULL},
        {"leaf root-impostor", "root.pem", "but another key", NULL},
        {"leaf-same-name", "root.pem", "two certificates of its chain are of CN=Example", NULL},
        {"leaf-of-inter inter root-renewed", "root.pem", "another certificate of the trusted CA",
         NULL},
        {"leaf-of-inter inter-any", "inter.pem", "another certificate of the trusted CA", NULL},
    };
    check_cases(state, cases, COUNT(cases));
}

/* The dates of these are past, or to come, by any clock that this test can run under. */
static void the_time_is_the_one_that_was_given(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *chain, *anchor;
        int64_t at_unix;
        bool is_trusted;
    } cases[] = {
        {"leaf-past", "root-expired.pem", 1609459199, false}, /* 2020-12-31T23:59:59Z */
        {"leaf-past", "root-expired.pem", 1609459200, true},
        {"leaf-past", "root-expired.pem", 1640995199, true}, /* 2021-12-31T23:59:59Z */
        {"leaf-past", "root-expired.pem", 1640995200, false},
        {"leaf-past", "root.pem", 1609459200, false}, /* the root is of 2025 */
        {"leaf-future", "root.pem", AT_2030, false},
        {"leaf-future", "root.pem", AT_2030 + 1, true},
        {"leaf", "root.pem", 0, false},
        {"leaf", "root.pem", INT64_MAX, false},
        {"leaf", "root.pem", INT64_MIN, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct chain chain = chain_of(fixture, cases[i].chain);
        struct trust trust = trust_in(fixture, cases[i].anchor);
        trust.at_unix = cases[i].at_unix;
        const struct trust_verdict verdict =
            trust_judge(&trust, &chain.key, &chain, fixture->arena);
        if ((verdict.trusted_by != NULL) != cases[i].is_trusted)
            fail_msg("%s as of %lld: %s", cases[i].chain, (long long)cases[i].at_unix,
                     verdict.reason == NULL ? "trusted" : verdict.reason);
    }
}

static void revocation_lists(void **state)
{
    static const struct chain_case cases[] = {
        {"leaf", "root.pem", NULL, "root"},
        {"leaf", "root.pem", NULL, "root-empty"},
        {"leaf", "root.pem", NULL, "root other inter"},
        {"leaf-of-inter inter", "root.pem", NULL, "root inter"},
        {"leaf-of-inter inter root", "inter.pem", NULL, "inter"},
        {"leaf", "root.pem", "was revoked by CN=Example Release Root", "root-revokes-leaf"},
        {"leaf", "root.pem", "was revoked", "root root-revokes-leaf"},
        {"leaf-of-inter inter", "root.pem", "Release CA 1,O=Example,C=DE was revoked",
         "inter root-revokes-inter"},
        {"leaf", "root.pem", "no revocation list of CN=Example Release Root", "other"},
        {"leaf-of-inter inter", "root.pem", "no revocation list of CN=Example Release CA 1",
         "root"},
        {"leaf-of-inter inter", "root.pem", "no revocation list of CN=Example Release Root",
         "inter"},
        {"leaf", "root.pem", "stale since 2029-12-31T23:59:59Z", "root-stale"},
        {"leaf", "root.pem", "stale since", "root root-stale"},
        {"leaf", "root.pem", "not valid before 2030-01-01T00:00:01Z", "root-future"},
        {"leaf", "root.pem", "not signed by its key, or too weakly", "root-sha1"},
        {"leaf", "root.pem", "not signed by its key", "root-forged"},
        {"leaf", "root-no-lists.pem", "lacks the keyUsage cRLSign", "root"},
    };
    check_cases(state, cases, COUNT(cases));
}

/* DER with a byte too many. */
static struct span longer_list(struct fixture *fixture)
{
    const struct revocation_list *list;
    size_t count;
    assert_true(revocation_read(certificate_file(fixture, "root.crl"), NOWHERE, fixture->arena,
                                &list, &count, &fixture->diags));
    struct buffer der = buffer_in(fixture->arena);
    buffer_append_span(&der, list->der);
    const struct trust_crl *crl;
    assert_true(trust_read_crl(buffer_span(&der), NOWHERE, fixture->arena, &crl, &fixture->diags));
    buffer_append_byte(&der, 0);
    return buffer_span(&der);
}

static void what_is_no_revocation_list_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct span good = certificate_file(fixture, "root.crl");
    const struct span bad[] = {certificate_file(fixture, "root.pem"),
                               certificate_file(fixture, "root-delta.crl"),
                               certificate_file(fixture, "root-no-next.crl"),
                               longer_list(fixture),
                               {good.data, good.bytes - 30},
                               {good.data + 1, good.bytes - 1},
                               {(const uint8_t *)"0", 1},
                               {NULL, 0}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const struct trust_crl *crl = NULL;
        assert_false(trust_read_crl(bad[i], NOWHERE, fixture->arena, &crl, &fixture->diags));
        assert_null(crl);
        assert_string_equal(last(fixture)->code, "crl-form");
    }
}

/* ---- keys and identities ---- */

static struct trust_verdict judge_leaf(struct fixture *fixture, const struct trust *trust)
{
    const struct chain chain = chain_of(fixture, "leaf");
    return trust_judge(trust, &chain.key, &chain, fixture->arena);
}

static void keys_are_trusted_as_they_are(void **state)
{
    struct fixture *fixture = *state;
    struct trust trust = trust_in(fixture, "other-leaf.pub leaf.pub");
    const struct public_key key = public_key_of(fixture, "leaf.pub");
    const struct public_key second = public_key_of(fixture, "second.pub");
    add_lists(fixture, &trust, "root-revokes-leaf"); /* says nothing of a key */
    assert_string_equal(trust_judge(&trust, &key, NULL, fixture->arena).trusted_by, "leaf.pub");
    assert_string_equal(judge_leaf(fixture, &trust).trusted_by, "leaf.pub");
    const struct trust both = trust_in(fixture, "root.pem leaf.pub");
    assert_string_equal(judge_leaf(fixture, &both).trusted_by, "root.pem"); /* the first one */
    const struct trust_verdict verdict = trust_judge(&trust, &second, NULL, fixture->arena);
    assert_null(verdict.trusted_by);
    assert_string_equal(verdict.reason, "its key is not trusted");
    const struct trust nobody = {.at_unix = AT_2030};
    assert_string_equal(trust_judge(&nobody, &key, NULL, fixture->arena).reason,
                        "nobody is trusted");
}

/* The id is no key: another key with the same id is not trusted. */
static void ids_are_not_trusted(void **state)
{
    struct fixture *fixture = *state;
    const struct trust trust = trust_in(fixture, "leaf.pub root.pem");
    const struct public_key key = public_key_of(fixture, "leaf.pub");
    struct public_key other = public_key_of(fixture, "second.pub");
    memcpy(other.id, key.id, sizeof other.id);
    assert_null(trust_judge(&trust, &other, NULL, fixture->arena).trusted_by);
    /* nor is a chain of another key than the one that signed */
    const struct chain chain = chain_of(fixture, "leaf");
    assert_null(trust_judge(&trust, &other, &chain, fixture->arena).trusted_by);
}

static void only_certain_subjects_may_sign(void **state)
{
    struct fixture *fixture = *state;
    static const char *const engineer[] = {"CN=Second Engineer",
                                           "CN=Release Engineer,OU=Firmware,O=Example,C=DE"};
    static const char *const others[] = {"CN=Release Engineer", "",
                                         "CN=Release Engineer,OU=Firmware,O=Example,C=D"};
    struct trust trust = trust_in(fixture, "root.pem");
    trust.identities = engineer;
    trust.identity_count = COUNT(engineer);
    assert_non_null(judge_leaf(fixture, &trust).trusted_by);
    trust.identities = others;
    trust.identity_count = COUNT(others);
    check_text(judge_leaf(fixture, &trust).reason, "is not one of those that may sign", "others");
    trust = trust_in(fixture, "leaf.pub");
    trust.identities = engineer;
    trust.identity_count = COUNT(engineer);
    check_text(judge_leaf(fixture, &trust).reason, "a bare key has no subject", "key");
}

/* ---- counting ---- */

static void anchors_that_share_a_key_are_one(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *anchors;
        size_t most;
    } cases[] = {
        {"", 0},
        {"leaf.pub", 1},
        {"leaf.pub leaf.pub", 1},
        {"leaf.pub second.pub", 2},
        {"leaf.pub root.pem", 2},
        {"root.pem root.pem", 1},
        {"root.pem root-renewed.pem", 1},
        {"root.pem root.pub", 1}, /* who holds the CA's key is one signer, not two */
        {"root.pem root-impostor.pem", 2},
        {"root.pem other.pem", 2},
        {"root.pem other.pem root.pem+other.pem", 1}, /* joined by the last one */
        {"root.pem+other.pem other.pem+weak.pem weak.pem+inter.pem leaf.pub", 2},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct trust trust = trust_in(fixture, cases[i].anchors);
        if (trust_most_signers(&trust, fixture->arena) != cases[i].most)
            fail_msg("%s: %zu", cases[i].anchors, trust_most_signers(&trust, fixture->arena));
    }
}

enum { SIGNERS_MOST = 4 };

/* Counts signers: chains separated by commas, their files by spaces. */
static size_t count_signers(struct fixture *fixture, const char *anchors, const char *chains)
{
    const struct trust trust = trust_in(fixture, anchors);
    struct trust_verdict verdicts[SIGNERS_MOST];
    size_t count = 0;
    for (const char *at = chains; *at != 0; count++) {
        const size_t bytes = strcspn(at, ",");
        const struct chain chain = chain_of(fixture, arena_copy_text(fixture->arena, at, bytes));
        verdicts[count] = trust_judge(&trust, &chain.key, &chain, fixture->arena);
        at += bytes + (at[bytes] == ',');
    }
    return trust_count(&trust, verdicts, count, fixture->arena);
}

/* Two that count do not count by the same. */
static void counted_signers_have_anchors_of_their_own(void **state)
{
    struct fixture *fixture = *state;
    static const char *const anchors[] = {"root.pem leaf.pub", "leaf.pub root.pem"};
    for (size_t i = 0; i < COUNT(anchors); i++) {
        const struct trust trust = trust_in(fixture, anchors[i]);
        const struct chain one = chain_of(fixture, "leaf"), other = chain_of(fixture, "leaf-p384");
        for (unsigned is_turned = 0; is_turned < 2; is_turned++) {
            struct trust_verdict verdicts[2];
            verdicts[is_turned] = trust_judge(&trust, &one.key, &one, fixture->arena);
            verdicts[!is_turned] = trust_judge(&trust, &other.key, &other, fixture->arena);
            assert_int_equal(trust_match(&trust, verdicts, 2, fixture->arena), 2);
            assert_string_equal(verdicts[is_turned].trusted_by, "leaf.pub");
            assert_string_equal(verdicts[!is_turned].trusted_by, "root.pem");
        }
    }
    const struct trust trust = trust_in(fixture, "root.pem");
    const struct chain one = chain_of(fixture, "leaf"), other = chain_of(fixture, "leaf-p384");
    struct trust_verdict verdicts[] = {trust_judge(&trust, &one.key, &one, fixture->arena),
                                       trust_judge(&trust, &other.key, &other, fixture->arena)};
    assert_int_equal(trust_match(&trust, verdicts, 2, fixture->arena), 1);
    assert_string_equal(verdicts[1].trusted_by, "root.pem"); /* vouched for, if not counted */
}

static void signers_are_counted_by_matching(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *anchors, *chains;
        size_t count;
    } cases[] = {
        {"", "leaf", 0},
        {"root.pem", "", 0},
        {"root.pem", "leaf", 1},
        {"root.pem", "leaf,leaf-p384", 1}, /* one anchor counts once */
        {"root.pem leaf.pub", "leaf", 1},  /* and one key too */
        {"root.pem leaf.pub", "leaf,leaf-p384", 2},
        {"leaf.pub root.pem", "leaf,leaf-p384", 2},
        {"root.pem leaf.pub", "leaf-p384,leaf", 2},
        {"leaf.pub root.pem", "leaf-p384,leaf", 2},
        {"leaf.pub leaf.pub root.pem", "leaf", 1},
        {"leaf.pub leaf.pub", "leaf,leaf-p384", 1},
        {"root.pem other.pem", "leaf,leaf-p384", 1},
        {"root.pem other.pem", "leaf,leaf-of-other", 2},
        {"root.pem root-renewed.pem", "leaf,leaf-p384", 1},
        {"root.pem+other.pem", "leaf,leaf-of-other", 1},
        {"root.pem inter.pem", "leaf-of-inter inter,leaf-p384", 2},
        {"inter.pem root.pem", "leaf-p384,leaf-of-inter inter", 2},
        {"root.pem other.pem leaf.pub", "leaf,leaf-p384,leaf-of-other", 3},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const size_t count = count_signers(fixture, cases[i].anchors, cases[i].chains);
        if (count != cases[i].count)
            fail_msg("%s signed by %s: %zu", cases[i].anchors, cases[i].chains, count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys_and_cas_are_anchors),
        TEST(what_is_no_ca_is_no_anchor),
        TEST(a_private_key_beside_certificates_is_named),
        TEST(half_a_bundle_is_nothing),
        TEST(a_certificate_is_its_block_to_the_last_byte),
        TEST(what_stands_around_certificates_is_not_skipped),
        TEST(chains_are_read),
        TEST(what_is_no_chain_is_refused),
        TEST(names_are_printed_so_that_they_cannot_be_mistaken),
        TEST(chains_that_are_trusted),
        TEST(chains_that_are_not_trusted),
        TEST(the_time_is_the_one_that_was_given),
        TEST(revocation_lists),
        TEST(what_is_no_revocation_list_is_refused),
        TEST(keys_are_trusted_as_they_are),
        TEST(ids_are_not_trusted),
        TEST(only_certain_subjects_may_sign),
        TEST(anchors_that_share_a_key_are_one),
        TEST(counted_signers_have_anchors_of_their_own),
        TEST(signers_are_counted_by_matching),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
