/* Bytes as text that is safe in names and URLs: an ID of 8 bytes is 11 characters. */
#ifndef SIGN_DIGEST_BASE64URL_H
#define SIGN_DIGEST_BASE64URL_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/span.h"

/* The text without padding.
 * Source: RFC 4648, section 5. */
char *base64url_encode(struct span bytes, struct arena *arena);

/* Reads the one text that stands for `bytes` bytes; false, with ret_bytes untouched, for any other:
 * a wrong length, a character outside the alphabet, or unused bits that are not zero. */
MUST_CHECK bool base64url_decode(struct span text, uint8_t *ret_bytes, size_t bytes);

#endif
