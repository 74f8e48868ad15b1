/* DER: the one encoding of each value. mbedTLS reads BER as well, with lengths that are longer than
 * they need be and the like; what is compared or hashed as bytes must have one form only.
 *
 *   element = tag length content         tag: one byte
 *   length  = one byte below 0x80, or 0x81 to 0x84 and as many bytes as the low digit says:
 *             big-endian, no more than needed
 *
 * Source: ITU-T X.690, 8.1, 10.1.
 */
#ifndef SIGN_KEYS_DER_H
#define SIGN_KEYS_DER_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/span.h"

enum der_tag {
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_SEQUENCE = 0x30,
    DER_CONTEXT_0 = 0xa0, /* [0], constructed */
    DER_CONTEXT_1 = 0xa1,
    DER_CONTEXT_1_STRING = 0x81 /* [1] IMPLICIT BIT STRING */
};

/* Cuts the next element off *rest; false, with all untouched, unless it has this tag. */
MUST_CHECK bool der_take(struct span *rest, enum der_tag tag, struct span *ret_content);

/* The same for an element that may be missing: false when the next one has another tag. */
bool der_is_next(struct span rest, enum der_tag tag);

/* The content of an element that is all of the bytes. */
MUST_CHECK bool der_whole(struct span bytes, enum der_tag tag, struct span *ret_content);

/* Whether the bytes are the element NULL and nothing else. */
bool der_is_null(struct span bytes);

/* Takes an INTEGER that is not negative: its big-endian bytes without zeros in front; no byte for
 * 0. */
MUST_CHECK bool der_take_number(struct span *rest, struct span *ret);

/* Takes an INTEGER from 0 to UINT32_MAX. */
MUST_CHECK bool der_take_u32(struct span *rest, uint32_t *ret);

/* Takes a BIT STRING of whole bytes: these. */
MUST_CHECK bool der_take_bytes_of_bits(struct span *rest, struct span *ret);

/* An element with this content. */
struct span der_wrap(enum der_tag tag, struct span content, struct arena *arena);

/* An INTEGER; `number` is big-endian, zeros in front are left out. */
struct span der_number(struct span number, struct arena *arena);

/* One span after the other. */
struct span der_join(const struct span *parts, size_t count, struct arena *arena);

/* The number without zeros in front. */
struct span der_trim(struct span number);

#endif
