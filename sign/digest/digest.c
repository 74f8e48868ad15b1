#include "sign/digest/digest.h"

#include <mbedtls/sha256.h>
#include <mbedtls/version.h>

#include <stdlib.h>
#include <string.h>

#if MBEDTLS_VERSION_MAJOR < 3
#define sha256_starts mbedtls_sha256_starts_ret
#define sha256_update mbedtls_sha256_update_ret
#define sha256_finish mbedtls_sha256_finish_ret
#else
#define sha256_starts mbedtls_sha256_starts
#define sha256_update mbedtls_sha256_update
#define sha256_finish mbedtls_sha256_finish
#endif

enum { IS_SHA_256 = 0 }; /* and not SHA-224 */

struct digest_stream {
    mbedtls_sha256_context context; /* owns no memory of its own */
};

/* The software implementation cannot fail; one for special hardware might, and no wrong digest may
 * come of that. */
static void must_succeed(int status)
{
    if (status != 0)
        abort();
}

static void begin(struct digest_stream *stream)
{
    mbedtls_sha256_init(&stream->context);
    must_succeed(sha256_starts(&stream->context, IS_SHA_256));
}

struct digest_stream *digest_begin(struct arena *arena)
{
    struct digest_stream *stream = ARENA_NEW(arena, struct digest_stream);
    begin(stream);
    return stream;
}

void digest_add(struct digest_stream *stream, struct span piece)
{
    if (piece.bytes != 0)
        must_succeed(sha256_update(&stream->context, piece.data, piece.bytes));
}

struct digest digest_end(struct digest_stream *stream)
{
    struct digest digest;
    must_succeed(sha256_finish(&stream->context, digest.bytes));
    mbedtls_sha256_free(&stream->context);
    return digest;
}

struct digest digest_of(struct span content)
{
    struct digest_stream stream;
    begin(&stream);
    digest_add(&stream, content);
    return digest_end(&stream);
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, DIGEST_BYTES) == 0;
}

char *digest_hex(const struct digest *digest, struct arena *arena)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc(arena, DIGEST_HEX_BYTES + 1, 1);
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        text[2 * i] = digits[digest->bytes[i] >> 4];
        text[2 * i + 1] = digits[digest->bytes[i] & 15];
    }
    return text;
}

static bool parse_digit(uint8_t character, uint8_t *ret)
{
    if (character >= '0' && character <= '9')
        *ret = (uint8_t)(character - '0');
    else if (character >= 'a' && character <= 'f')
        *ret = (uint8_t)(character - 'a' + 10);
    else
        return false;
    return true;
}

bool digest_parse_hex(struct span text, struct digest *ret)
{
    struct digest digest;
    if (text.bytes != DIGEST_HEX_BYTES)
        return false;
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        uint8_t high, low;
        if (!parse_digit(text.data[2 * i], &high) || !parse_digit(text.data[2 * i + 1], &low))
            return false;
        digest.bytes[i] = (uint8_t)(high << 4 | low);
    }
    *ret = digest;
    return true;
}
