/* After a key was read, has signed, and was wiped, no byte of it is left anywhere in the process.
 *
 * The test looks through all memory that the process may write. So that it does not find itself, it
 * holds what it looks for only masked: each byte inverted. It makes that from files of keys/ in
 * a child process, of which it inherits nothing.
 *
 * Not with AddressSanitizer: it keeps memory that was freed, and copies of variables in memory of
 * its own.
 */
#include "key_fixture.h"

#include "sign/keys/key_parts.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#ifndef HAS_SANITIZER
#define HAS_SANITIZER 0
#endif

enum {
    SECRETS_MOST = 8,
    SECRET_BYTES_MOST = 512,
    PIECE_BYTES = 8, /* of a secret: one is enough to have found it */
    PIECES_MOST = 2 * SECRETS_MOST * SECRET_BYTES_MOST / PIECE_BYTES,
    RANGES_MOST = 256,
    MASK = 0xff,
    TEXT_AT = 64, /* in a PEM file: after its first line */
};

struct secret {
    char name[24];
    size_t bytes;
    uint8_t masked[SECRET_BYTES_MOST];
};

struct secrets {
    struct secret items[SECRETS_MOST];
    size_t count;
};

/* ---- what is looked for ---- */

static void add_secret(struct secrets *secrets, const char *name, struct span bytes)
{
    assert_true(secrets->count < SECRETS_MOST && bytes.bytes <= SECRET_BYTES_MOST);
    struct secret *secret = &secrets->items[secrets->count++];
    snprintf(secret->name, sizeof secret->name, "%s", name);
    secret->bytes = bytes.bytes;
    for (size_t i = 0; i < bytes.bytes; i++)
        secret->masked[i] = bytes.data[i] ^ MASK;
}

static void add_key_secrets(struct secrets *secrets, const struct private_key *key)
{
    const struct span der = {key->der, key->der_bytes};
    struct ec_private_parts ec;
    struct rsa_private_parts rsa;
    if (key_parts_ec_private(der, &ec)) {
        add_secret(secrets, "scalar", ec.scalar);
    } else {
        assert_true(key_parts_rsa_private(der, &rsa));
        add_secret(secrets, "d", rsa.d);
        add_secret(secrets, "p", rsa.p);
        add_secret(secrets, "q", rsa.q);
        add_secret(secrets, "dP", rsa.dp);
        add_secret(secrets, "dQ", rsa.dq);
        add_secret(secrets, "qInv", rsa.qp);
    }
}

/* Collects the secrets in a child, which alone sees them, and sends them masked. */
static void collect(const char *key_name, struct secrets *ret)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        void *state;
        static struct secrets secrets;
        struct private_key key;
        set_up(&state);
        struct fixture *fixture = state;
        private_of(fixture, key_name, &key);
        add_key_secrets(&secrets, &key);
        add_secret(&secrets, "passphrase", span_of_text(PASSPHRASE));
        const struct span text = key_file(fixture, key_name);
        add_secret(&secrets, "text of the file", (struct span){text.data + TEXT_AT, TEXT_AT});
        const bool ok = write(ends[1], &secrets, sizeof secrets) == (ssize_t)sizeof secrets;
        _exit(ok ? 0 : 1);
    }
    close(ends[1]);
    size_t bytes = 0;
    ssize_t got;
    while ((got = read(ends[0], (uint8_t *)ret + bytes, sizeof *ret - bytes)) > 0)
        bytes += (size_t)got;
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(bytes, sizeof *ret);
}

/* ---- looking ---- */

struct piece {
    uint64_t masked;
    uint32_t secret;
};

struct pieces {
    struct piece items[PIECES_MOST];
    size_t count;
};

struct range {
    uintptr_t start, end;
};

static int compare_pieces(const void *left, const void *right)
{
    const struct piece *a = left;
    const struct piece *b = right;
    return (a->masked > b->masked) - (a->masked < b->masked);
}

static void add_piece(struct pieces *pieces, const uint8_t *masked, uint32_t secret)
{
    assert_true(pieces->count < PIECES_MOST);
    struct piece *piece = &pieces->items[pieces->count++];
    memcpy(&piece->masked, masked, PIECE_BYTES);
    piece->secret = secret;
}

/* Pieces of each secret as it is, and as the library's numbers lie in memory: last byte first. */
static void cut(const struct secrets *secrets, struct pieces *ret)
{
    for (uint32_t i = 0; i < secrets->count; i++) {
        const struct secret *secret = &secrets->items[i];
        uint8_t reversed[SECRET_BYTES_MOST];
        for (size_t at = 0; at < secret->bytes; at++)
            reversed[at] = secret->masked[secret->bytes - 1 - at];
        for (size_t at = 0; at + PIECE_BYTES <= secret->bytes; at += PIECE_BYTES) {
            add_piece(ret, secret->masked + at, i);
            add_piece(ret, reversed + at, i);
        }
    }
    qsort(ret->items, ret->count, sizeof *ret->items, compare_pieces);
}

/* All memory that the process may read and write. */
static size_t list_ranges(struct range *ret)
{
    size_t count = 0;
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long start, end;
        char rights[5];
        assert_int_equal(sscanf(line, "%lx-%lx %4s", &start, &end, rights), 3);
        if (rights[0] != 'r' || rights[1] != 'w')
            continue;
        assert_true(count < RANGES_MOST);
        ret[count++] = (struct range){start, end};
    }
    fclose(maps);
    assert_true(count > 0);
    return count;
}

static void look_in(struct range range, const struct pieces *pieces, bool *ret_found)
{
    for (uintptr_t at = range.start; at + PIECE_BYTES <= range.end; at++) {
        struct piece here = {0};
        memcpy(&here.masked, (const void *)at, PIECE_BYTES);
        here.masked = ~here.masked;
        const struct piece *found =
            bsearch(&here, pieces->items, pieces->count, sizeof *pieces->items, compare_pieces);
        if (found != NULL)
            ret_found[found->secret] = true;
    }
}

/* Which of the secrets stand anywhere in memory. */
static void look(const struct secrets *secrets, bool *ret_found)
{
    static struct pieces pieces;
    static struct range ranges[RANGES_MOST];
    pieces.count = 0;
    cut(secrets, &pieces);
    memset(ret_found, 0, SECRETS_MOST * sizeof *ret_found);
    const size_t count = list_ranges(ranges);
    for (size_t i = 0; i < count; i++)
        look_in(ranges[i], &pieces, ret_found);
}

/* ---- the test ---- */

/* The passphrase, made of what a program's text may show. */
static size_t unmask_passphrase(const struct secrets *secrets, uint8_t *ret)
{
    for (size_t i = 0; i < secrets->count; i++) {
        const struct secret *secret = &secrets->items[i];
        if (strcmp(secret->name, "passphrase") != 0)
            continue;
        for (size_t at = 0; at < secret->bytes; at++)
            ret[at] = secret->masked[at] ^ MASK;
        return secret->bytes;
    }
    return 0;
}

/* What a program does that signs: reads key and passphrase to buffers, signs, and wipes them. */
static void sign_and_wipe(struct fixture *fixture, const char *key_name,
                          const struct secrets *secrets, bool *ret_found_before)
{
    uint8_t text[PRIVATE_KEY_FILE_BYTES_MOST], passphrase[PASSPHRASE_BYTES_MOST];
    struct private_key key;
    struct signature signature;
    size_t text_bytes = 0;
    const char *path = arena_format(fixture->arena, "tests/unit/sign/keys/%s", key_name);
    const size_t passphrase_bytes = unmask_passphrase(secrets, passphrase);
    assert_true(file_read_secret(path, text, sizeof text, NOWHERE, &text_bytes, &fixture->diags));
    assert_true(private_key_read((struct span){text, text_bytes},
                                 (struct span){passphrase, passphrase_bytes}, NOWHERE,
                                 fixture->arena, &key, &fixture->diags));
    assert_true(signature_make(&key, span_of_text("sample"), &signature, &fixture->diags));
    look(secrets, ret_found_before);
    secret_wipe(text, sizeof text);
    secret_wipe(passphrase, sizeof passphrase);
    private_key_wipe(&key);
}

static void check_key(struct fixture *fixture, const char *key_name)
{
    static struct secrets secrets;
    bool before[SECRETS_MOST], after[SECRETS_MOST];
    collect(key_name, &secrets);
    sign_and_wipe(fixture, key_name, &secrets, before);
    look(&secrets, after);
    for (size_t i = 0; i < secrets.count; i++) {
        if (!before[i])
            fail_msg("%s: %s was not found while it had to be there", key_name,
                     secrets.items[i].name);
        if (after[i])
            fail_msg("%s: %s is left in memory", key_name, secrets.items[i].name);
    }
}

static void nothing_of_a_key_is_left_in_memory(void **state)
{
    static const char *const names[] = {
        "p256.pem",          "p256-sec1.pem", "p256-aes256.pem",   "p384-aes-256-SHA512.pem",
        "rsa3072-pkcs1.pem", "rsa3072.pem",   "rsa4096-aes256.pem"};
    if (HAS_SANITIZER)
        skip();
    for (size_t i = 0; i < COUNT(names); i++)
        check_key(*state, names[i]);
}

/* A key that is refused is secret too. */
static void nothing_of_a_refused_key_is_left_in_memory(void **state)
{
    struct fixture *fixture = *state;
    static struct secrets secrets;
    uint8_t text[PRIVATE_KEY_FILE_BYTES_MOST];
    bool found[SECRETS_MOST];
    struct private_key key;
    size_t bytes = 0;
    if (HAS_SANITIZER)
        skip();
    collect("p256-sec1.pem", &secrets);
    assert_true(file_read_secret("tests/unit/sign/keys/p256-sec1.pem", text, sizeof text, NOWHERE,
                                 &bytes, &fixture->diags));
    text[bytes - 40] ^= 1; /* in the last line of base64: the public key */
    assert_false(private_key_read((struct span){text, bytes}, (struct span){NULL, 0}, NOWHERE,
                                  fixture->arena, &key, &fixture->diags));
    secret_wipe(text, sizeof text);
    look(&secrets, found);
    for (size_t i = 0; i < secrets.count; i++) {
        if (found[i])
            fail_msg("%s is left in memory", secrets.items[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_of_a_key_is_left_in_memory),
        TEST(nothing_of_a_refused_key_is_left_in_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
