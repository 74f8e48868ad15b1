/* The info block ("caboose"): data that a release pipeline may write into a finished image.
 *
 *   block = 0xCAB0005E { chunk } { 0xFF } size        size: of the whole block, a u32 as the first
 * word chunk = tag[4] u32 length, u32 ~(tag * 0x6B329F69 + length), body, 0 to 3 bytes that pad it
 * to a multiple of 4, u32 CRC-32C of the body without the padding
 *
 * All numbers little-endian, the tag as a number too.
 * Source: the TLV-C format. */
#ifndef SIGN_IMAGE_INFO_BLOCK_H
#define SIGN_IMAGE_INFO_BLOCK_H

#include "base/diag.h"
#include "base/span.h"

enum { INFO_TAG_BYTES = 4, INFO_BLOCK_BYTES_LEAST = 8, INFO_CHUNKS_MOST = 256 };

struct info_chunk {
    uint8_t tag[INFO_TAG_BYTES]; /* any bytes but four 0xFF, often four letters */
    struct span body;
};

struct info_block {
    const struct info_chunk *chunks; /* as they stand in the block; tags unique */
    size_t chunk_count;
};

/* Makes a block of `block_bytes` bytes; no chunks make an empty one.
 * Shape:  block_bytes a multiple of 4 from INFO_BLOCK_BYTES_LEAST, below 2^32; tags unique.
 * Errors: info-no-room. *ret is untouched on failure. */
MUST_CHECK bool info_block_write(const struct info_chunk *chunks, size_t count, size_t block_bytes,
                                 struct arena *arena, struct span *ret, struct diag_list *diags);

/* Reads a block that anybody may have filled, and checks every byte but the padding of the bodies.
 * Shape:  ret->chunks point into `block`.
 * Errors: info-form (with the offset), info-checksum, info-duplicate. *ret is untouched on failure.
 */
MUST_CHECK bool info_block_read(struct span block, struct source_pos named_at, struct arena *arena,
                                struct info_block *ret, struct diag_list *diags);

/* The chunk with that tag, four characters; NULL when there is none. */
const struct info_chunk *info_block_find(const struct info_block *block, const char *tag);

#endif
