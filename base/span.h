/* Bytes that somebody else owns. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
    const uint8_t *data; /* may be NULL when bytes is 0 */
    size_t bytes;
};

/* The bytes of a NUL-terminated string, without the NUL. */
struct span span_of_text(const char *text);

bool span_equal(struct span a, struct span b);

/* Order of unsigned bytes, a prefix first; like memcmp: negative, 0 or positive. */
int span_compare(struct span a, struct span b);

/* Sets *ret to the part [offset, offset + bytes); false, with *ret untouched, when it does not lie
 * inside. */
bool span_part(struct span whole, uint64_t offset, uint64_t bytes, struct span *ret);

/* Little-endian numbers at an offset; the caller has checked that they lie inside. */
uint16_t span_u16(struct span from, size_t offset);
uint32_t span_u32(struct span from, size_t offset);
uint64_t span_u64(struct span from, size_t offset);

#endif
