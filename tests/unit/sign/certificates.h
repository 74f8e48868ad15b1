/* The certificates and keys that certificates/make makes, and the time at which they are looked at.
 */
#ifndef TESTS_UNIT_SIGN_CERTIFICATES_H
#define TESTS_UNIT_SIGN_CERTIFICATES_H

#include "sign/certificates/public_key_file.h"
#include "tests/unit/sign/fixture.h"

#include "sign/certificates/trust.h"
#include "sign/keys/private_key.h"

#include "base/buffer.h"
#include "base/file.h"

#include <string.h>

#define UNUSED __attribute__((unused))

enum { AT_2030 = 1893456000 };

UNUSED static struct span certificate_file(struct fixture *fixture, const char *name)
{
    const char *path = arena_format(fixture->arena, "tests/unit/sign/certificates/%s", name);
    const struct source_pos pos = {.file = path};
    struct span content;
    if (!file_read(fixture->arena, path, KEY_FILE_BYTES_MOST, pos, &content, &fixture->diags))
        fail_msg("cannot read %s", path);
    return content;
}

/* Several files after each other: names separated by spaces, ".pem" left out. */
UNUSED static struct span bundle_of(struct fixture *fixture, const char *names)
{
    struct buffer bundle = buffer_in(fixture->arena);
    const char *at = names;
    while (*at != 0) {
        const size_t bytes = strcspn(at, " ");
        const char *name = arena_format(fixture->arena, "%.*s.pem", (int)bytes, at);
        buffer_append_span(&bundle, certificate_file(fixture, name));
        at += bytes + (at[bytes] == ' ');
    }
    return buffer_span(&bundle);
}

UNUSED static const struct trust_anchor *anchor_of(struct fixture *fixture, struct span pem,
                                                   const char *name)
{
    const struct trust_anchor *anchor;
    const struct source_pos pos = {.file = name};
    if (!trust_read_anchor(pem, pos, fixture->arena, &anchor, &fixture->diags))
        fail_msg("%s is no anchor: %s", name,
                 fixture->diags.items[fixture->diags.count - 1].message);
    return anchor;
}

/* Anchors of files: names separated by spaces, with their suffixes; "a.pem+b.pem" is one file. */
UNUSED static struct trust trust_in(struct fixture *fixture, const char *names)
{
    const struct trust_anchor **anchors =
        ARENA_ARRAY(fixture->arena, const struct trust_anchor *, strlen(names) + 1);
    struct trust trust = {.anchors = anchors, .threshold = 1, .at_unix = AT_2030};
    const char *at = names;
    while (*at != 0) {
        const size_t bytes = strcspn(at, " ");
        struct buffer content = buffer_in(fixture->arena);
        for (size_t i = 0; i < bytes; i += strcspn(at + i, "+ ") + 1)
            buffer_append_span(
                &content,
                certificate_file(fixture, arena_format(fixture->arena, "%.*s",
                                                       (int)strcspn(at + i, "+ "), at + i)));
        const char *name = arena_copy_text(fixture->arena, at, bytes);
        anchors[trust.anchor_count++] = anchor_of(fixture, buffer_span(&content), name);
        at += bytes + (at[bytes] == ' ');
    }
    return trust;
}

/* With revocation lists: names separated by spaces, ".crl" left out. */
UNUSED static void add_lists(struct fixture *fixture, struct trust *trust, const char *names)
{
    const struct trust_crl **crls =
        ARENA_ARRAY(fixture->arena, const struct trust_crl *, strlen(names) + 1);
    const char *at = names;
    while (*at != 0) {
        const size_t bytes = strcspn(at, " ");
        const char *name = arena_format(fixture->arena, "%.*s.crl", (int)bytes, at);
        const struct source_pos pos = {.file = name};
        if (!trust_read_crl(certificate_file(fixture, name), pos, fixture->arena,
                            &crls[trust->crl_count++], &fixture->diags))
            fail_msg("%s is no list", name);
        at += bytes + (at[bytes] == ' ');
    }
    trust->crls = crls;
}

UNUSED static struct chain chain_of(struct fixture *fixture, const char *names)
{
    struct chain chain;
    const struct source_pos pos = {.file = names};
    if (!chain_read(bundle_of(fixture, names), pos, fixture->arena, &chain, &fixture->diags))
        fail_msg("%s is no chain: %s", names,
                 fixture->diags.items[fixture->diags.count - 1].message);
    return chain;
}

UNUSED static struct public_key public_key_of(struct fixture *fixture, const char *name)
{
    struct public_key key;
    const struct source_pos pos = {.file = name};
    assert_true(public_key_file_read(certificate_file(fixture, name), pos, fixture->arena, &key,
                                     &fixture->diags));
    return key;
}

UNUSED static struct private_key private_key_of(struct fixture *fixture, const char *name)
{
    struct private_key key;
    const struct source_pos pos = {.file = name};
    const struct span nothing = {NULL, 0};
    assert_true(private_key_read(certificate_file(fixture, name), nothing, pos, fixture->arena,
                                 &key, &fixture->diags));
    return key;
}

#endif
