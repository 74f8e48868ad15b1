/* What the tests of keys and signatures share: files of tests/unit/sign/keys/, and diagnostics. */
#ifndef TESTS_UNIT_SIGN_KEY_FIXTURE_H
#define TESTS_UNIT_SIGN_KEY_FIXTURE_H

#include "fixture.h"
#include "sign/certificates/public_key_file.h"

#include "base/file.h"
#include "sign/keys/pem.h"
#include "sign/keys/signature.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TEST(name)   cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define UNUSED       __attribute__((unused))
#define PASSPHRASE   "opensesame"

UNUSED static struct span key_file(struct fixture *fixture, const char *name)
{
    struct span content;
    const char *path = arena_format(fixture->arena, "tests/unit/sign/keys/%s", name);
    if (!file_read(fixture->arena, path, 1 << 16, NOWHERE, &content, &fixture->diags))
        fail_msg("cannot read %s", path);
    return content;
}

/* The bytes of a file of hex digits and a newline. */
UNUSED static struct span hex_of(struct fixture *fixture, struct span text)
{
    const size_t bytes = text.bytes / 2;
    uint8_t *content = arena_alloc(fixture->arena, bytes, 1);
    for (size_t i = 0; i < bytes; i++) {
        const char digits[] = {(char)text.data[2 * i], (char)text.data[2 * i + 1], '\0'};
        content[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return (struct span){content, bytes};
}

UNUSED static struct span hex(struct fixture *fixture, const char *digits)
{
    return hex_of(fixture, span_of_text(digits));
}

UNUSED static struct span hex_file(struct fixture *fixture, const char *name)
{
    return hex_of(fixture, key_file(fixture, name));
}

/* The DER of the file's only block, in memory that may be changed. */
UNUSED static struct span der_of_file(struct fixture *fixture, const char *name)
{
    struct pem_file file;
    uint8_t *der = arena_alloc(fixture->arena, 1 << 13, 1);
    struct span ret = {der, 0};
    assert_true(pem_split(key_file(fixture, name), "key-form", NOWHERE, fixture->arena, &file,
                          &fixture->diags));
    assert_int_equal(file.block_count, 1);
    assert_true(pem_decode(&file.blocks[0], "key-form", NOWHERE, der, 1 << 13, &ret.bytes,
                           &fixture->diags));
    return ret;
}

UNUSED static struct span pem_of(struct fixture *fixture, const char *label, struct span der)
{
    return span_of_text(pem_write(label, der, fixture->arena));
}

/* A copy with `count` bytes at `at` changed to others. */
UNUSED static struct span replaced(struct fixture *fixture, struct span whole, size_t at,
                                   size_t count, struct span others)
{
    uint8_t *content = arena_alloc(fixture->arena, whole.bytes - count + others.bytes, 1);
    memcpy(content, whole.data, at);
    memcpy(content + at, others.data, others.bytes);
    memcpy(content + at + others.bytes, whole.data + at + count, whole.bytes - at - count);
    return (struct span){content, whole.bytes - count + others.bytes};
}

/* The file with a header line before the base64 of its first block. */
UNUSED static struct span with_header(struct fixture *fixture, const char *name)
{
    const struct span pem = key_file(fixture, name);
    const uint8_t *newline = pem.bytes == 0 ? NULL : memchr(pem.data, '\n', pem.bytes);
    if (newline == NULL)
        fail_msg("%s has no line", name);
    return replaced(fixture, pem, (size_t)(newline + 1 - pem.data), 0,
                    span_of_text("Name: text\n\n"));
}

/* Exactly one diagnostic was added, with this code and these words in its message; forgets it. No
 * position in a file of keys has a line, or the line would be shown. */
UNUSED static void take_diag(struct fixture *fixture, const char *code, const char *words)
{
    const struct diag_list *diags = &fixture->diags;
    if (diags->count != 1 || strcmp(diags->items[0].code, code) != 0 ||
        strstr(diags->items[0].message, words) == NULL || diags->items[0].pos.line != 0) {
        for (size_t i = 0; i < diags->count; i++)
            print_message("[%s] %s\n", diags->items[i].code, diags->items[i].message);
        fail_msg("%zu diagnostics instead of one %s: %s", diags->count, code, words);
    }
    fixture->diags = diag_list_in(fixture->arena);
}

UNUSED static struct public_key public_of(struct fixture *fixture, const char *name)
{
    struct public_key key;
    if (!public_key_file_read(key_file(fixture, name), NOWHERE, fixture->arena, &key,
                              &fixture->diags))
        fail_msg("%s: %s", name, fixture->diags.items[0].message);
    return key;
}

UNUSED static void private_of(struct fixture *fixture, const char *name, struct private_key *ret)
{
    if (!private_key_read(key_file(fixture, name), span_of_text(PASSPHRASE), NOWHERE,
                          fixture->arena, ret, &fixture->diags))
        fail_msg("%s: %s", name, fixture->diags.items[0].message);
}

#endif
