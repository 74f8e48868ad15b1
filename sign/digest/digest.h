/* SHA-256 digests. */
#ifndef SIGN_DIGEST_DIGEST_H
#define SIGN_DIGEST_DIGEST_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/span.h"

enum { DIGEST_BYTES = 32, DIGEST_HEX_BYTES = 2 * DIGEST_BYTES };

struct digest {
    uint8_t bytes[DIGEST_BYTES];
};

/* The digest of bytes that lie in one place.
 * Source: FIPS 180-4. */
struct digest digest_of(struct span content);

/* A digest in the making, of bytes that come in pieces. */
struct digest_stream;

struct digest_stream *digest_begin(struct arena *arena);
void digest_add(struct digest_stream *stream, struct span piece);
struct digest digest_end(struct digest_stream *stream);

bool digest_equal(const struct digest *a, const struct digest *b);

/* 64 lowercase hex digits. */
char *digest_hex(const struct digest *digest, struct arena *arena);

/* Reads what digest_hex writes and nothing else; false, with *ret untouched, for any other text. */
MUST_CHECK bool digest_parse_hex(struct span text, struct digest *ret);

#endif
