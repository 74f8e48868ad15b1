/* Fingerprints: whether bytes are those of before. They are quick and tell accidents apart, not
 * attackers: whatever trust rests on takes a digest (sign/digest). */
#ifndef BASE_FINGERPRINT_H
#define BASE_FINGERPRINT_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/span.h"

enum { FINGERPRINT_BYTES = 16, FINGERPRINT_DIGITS = 2 * FINGERPRINT_BYTES };

/* XXH3 with 128 bits, canonical byte order. */
struct fingerprint {
    uint8_t bytes[FINGERPRINT_BYTES];
};

struct fingerprint fingerprint_of(struct span bytes);

bool fingerprint_equal(const struct fingerprint *a, const struct fingerprint *b);

/* 32 hexadecimal digits. */
const char *fingerprint_hex(const struct fingerprint *fingerprint, struct arena *arena);

/* The opposite. False when the text is not 32 lower-case digits; *ret is untouched then. */
MUST_CHECK bool fingerprint_parse(const char *text, struct fingerprint *ret);

/* One fingerprint over many pieces, each with its length: pieces cannot run into each other. */
struct fingerprint_stream;

struct fingerprint_stream *fingerprint_begin(struct arena *arena);
void fingerprint_add(struct fingerprint_stream *stream, struct span piece);
void fingerprint_add_text(struct fingerprint_stream *stream, const char *text);
struct fingerprint fingerprint_end(struct fingerprint_stream *stream);

#endif
