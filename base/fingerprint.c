#include "base/fingerprint.h"

#include <string.h>
#define XXH_STATIC_LINKING_ONLY /* the size of its state, which then lies in an arena */
#include <xxhash.h>

static struct fingerprint canonical(XXH128_hash_t hash)
{
    XXH128_canonical_t bytes;
    struct fingerprint fingerprint;
    XXH128_canonicalFromHash(&bytes, hash);
    memcpy(fingerprint.bytes, bytes.digest, sizeof fingerprint.bytes);
    return fingerprint;
}

struct fingerprint fingerprint_of(struct span bytes)
{
    return canonical(XXH3_128bits(bytes.data, bytes.bytes));
}

bool fingerprint_equal(const struct fingerprint *a, const struct fingerprint *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

const char *fingerprint_hex(const struct fingerprint *fingerprint, struct arena *arena)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc(arena, FINGERPRINT_DIGITS + 1, 1);
    for (size_t i = 0; i < FINGERPRINT_BYTES; i++) {
        text[2 * i] = digits[fingerprint->bytes[i] >> 4];
        text[2 * i + 1] = digits[fingerprint->bytes[i] & 15];
    }
    return text;
}

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool fingerprint_parse(const char *text, struct fingerprint *ret)
{
    struct fingerprint parsed;
    if (strlen(text) != FINGERPRINT_DIGITS)
        return false;
    for (size_t i = 0; i < FINGERPRINT_BYTES; i++) {
        const int high = digit_value(text[2 * i]), low = digit_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        parsed.bytes[i] = (uint8_t)(16 * high + low);
    }
    *ret = parsed;
    return true;
}

/* ---- many pieces ---- */

struct fingerprint_stream {
    XXH3_state_t *state; /* aligned as the library wants it */
};

struct fingerprint_stream *fingerprint_begin(struct arena *arena)
{
    enum { ALIGN_BYTES = 64 };
    struct fingerprint_stream *stream = ARENA_NEW(arena, struct fingerprint_stream);
    uint8_t *room = arena_alloc(arena, sizeof(XXH3_state_t) + ALIGN_BYTES, 1);
    const size_t past = (uintptr_t)room % ALIGN_BYTES;
    void *aligned = room + (past == 0 ? 0 : ALIGN_BYTES - past);
    stream->state = aligned;
    (void)XXH3_128bits_reset(stream->state);
    return stream;
}

void fingerprint_add(struct fingerprint_stream *stream, struct span piece)
{
    const uint64_t bytes = piece.bytes;
    (void)XXH3_128bits_update(stream->state, &bytes, sizeof bytes);
    (void)XXH3_128bits_update(stream->state, piece.data, piece.bytes);
}

void fingerprint_add_text(struct fingerprint_stream *stream, const char *text)
{
    fingerprint_add(stream, span_of_text(text));
}

struct fingerprint fingerprint_end(struct fingerprint_stream *stream)
{
    return canonical(XXH3_128bits_digest(stream->state));
}
